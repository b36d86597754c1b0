"""Two pages sent at the same moment: nothing both compare changes in between; on SQLite and PostgreSQL."""

import pytest
from django.test import Client
from django.urls import reverse

from registrations.models import Registration, Webinar
from tests.registrations.desk.role_forms import Filled
from tests.registrations.factories import at_once, make_registration, make_user

pytestmark = pytest.mark.django_db(transaction=True)


def editor(name):
    browser = Client()
    browser.force_login(make_user(name, "Editors"))
    return browser


def filled_in(browser, url, **touched):
    """Return what sends a page that was opened and touched."""
    page = Filled(f'<main id="content">{browser.get(url).text}').sent | touched
    return lambda: browser.post(url, page).status_code


def test_two_fields_changed_at_once_are_both_kept(webinar):
    url = reverse("admin:registrations_webinar_change", args=[webinar.pk])
    sends = [
        filled_in(editor("one"), url, series="Spring"),
        filled_in(editor("two"), url, notice="Moved."),
    ]

    answers = at_once(*sends)

    webinar.refresh_from_db()
    assert (answers, webinar.series, webinar.notice) == ([302, 302], "Spring", "Moved.")


def test_one_field_changed_at_once_is_changed_by_one(webinar):
    url = reverse("admin:registrations_webinar_change", args=[webinar.pk])
    sends = [filled_in(editor(name), url, series=name) for name in ("one", "two")]

    answers = at_once(*sends)

    winner = ("one", "two")[answers.index(302)]
    assert (sorted(answers), Webinar.objects.get().series) == ([200, 302], winner)


def test_one_of_two_buttons_pressed_at_once_acts(webinar, session):
    url = reverse("admin:registrations_webinar_opening", args=[webinar.pk])
    sends = [
        filled_in(editor("one"), url, act="close"),
        filled_in(editor("two"), url, act="open", closes_at="2099-05-01T10:00"),
    ]

    answers = at_once(*sends)

    assert sorted(answers) == [200, 302]
    assert Webinar.objects.get().registration_open is (answers[1] == 302)


def test_two_windows_of_one_person_keep_both_answers(webinar, session):
    registration = make_registration(webinar, [session])
    url = reverse("registrations:edit", args=[registration.manage_token])
    sends = [
        filled_in(Client(), url, organisation="Cluster Süd"),
        filled_in(Client(), url, position="Director"),
    ]

    answers = at_once(*sends)

    found = Registration.objects.get()
    assert (answers, found.organisation, found.position) == ([302, 302], "Cluster Süd", "Director")
