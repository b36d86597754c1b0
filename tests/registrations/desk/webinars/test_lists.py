"""Webinars in the admin."""

from datetime import timedelta

import pytest
from django.urls import reverse

from registrations.models import Webinar
from tests.registrations.desk.admin_reading import buttons, form_of
from tests.registrations.factories import (
    NOW,
    make_registration,
)

DAYS = timedelta(days=30)


@pytest.fixture
def editor_client(sign_in):
    return sign_in("somebody", "Editors")


def test_editor_makes_a_webinar(editor_client, webinar):
    url = reverse("admin:registrations_webinar_add")
    answers = {
        "title": "\u202eSec\u200bond",
        "slug": "second",
        "organiser": "DG GROW",
        "signature": "Us",
        "contact_email": "Us <mailto:us@example.eu>, ",
        "purpose": "Why.",
        "recording_notice": "None.",
        "audience": webinar.audience_id,
        "language": "en",
    }

    editor_client.post(url, answers)

    made = Webinar.objects.get(slug="second")
    assert (made.title, made.contact_email) == ("Second", "us@example.eu")


def test_editing_a_webinar_neither_opens_nor_closes_registration_nor_turns_the_switch(editor_client, webinar):
    url = reverse("admin:registrations_webinar_change", args=[webinar.pk])
    form = form_of(editor_client.get(url))

    editor_client.post(
        url, form | {"purpose": "Another reason.", "registration_open": "", "auto_approve": "on"}
    )

    webinar.refresh_from_db()
    assert (webinar.registration_open, webinar.auto_approve, webinar.purpose) == (
        True,
        False,
        "Another reason.",
    )


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "open"),
        ({"registration_closes_at": NOW + DAYS}, "open until 20 May 2020, 10:00"),
        ({"registration_opens_at": NOW + DAYS}, "opens on 20 May 2020, 10:00"),
        ({"registration_open": False}, "closed"),
        ({"registration_closes_at": NOW}, "closed"),
    ],
)
def test_list_says_whether_registration_is_open(fields, words, editor_client, webinar):
    Webinar.objects.update(**fields)

    response = editor_client.get(reverse("admin:registrations_webinar_changelist"))

    assert f'<td class="field-registration">{words}</td>' in response.content.decode()


def test_address_of_a_webinar_stays(editor_client, webinar):
    url = reverse("admin:registrations_webinar_change", args=[webinar.pk])

    editor_client.post(url, form_of(editor_client.get(url)) | {"slug": "elsewhere"})

    assert Webinar.objects.get(pk=webinar.pk).slug == "clusters"


@pytest.mark.parametrize(("registered", "day"), [(False, "2020-04-28"), (True, None)])
def test_day_of_the_lists_stays_once_somebody_was_judged(registered, day, editor_client, webinar, session):
    if registered:
        make_registration(webinar, [session])
    url = reverse("admin:registrations_webinar_change", args=[webinar.pk])

    editor_client.post(url, form_of(editor_client.get(url)) | {"lists_as_of": "2020-04-28"})

    lists_as_of = Webinar.objects.get(pk=webinar.pk).lists_as_of
    assert (lists_as_of and lists_as_of.isoformat()) == day


def test_webinar_page_shows_its_sessions_and_its_buttons(editor_client, webinar, session):
    response = editor_client.get(reverse("admin:registrations_webinar_change", args=[webinar.pk]))

    assert buttons(response) == [
        "Add a session",
        "Publish agenda",
        "Mail texts",
        "Ready to open?",
        "Open or close registration",
        "Copy",
        "History",
        "View on site",
    ]
    assert "Tuesday 28 April 2020, 10:30 to 12:30" in response.content.decode()


def test_webinar_page_of_a_reader_has_only_what_is_read(sign_in, webinar, session):
    response = sign_in("reader", "Auditors").get(
        reverse("admin:registrations_webinar_change", args=[webinar.pk])
    )

    assert buttons(response) == ["Numbers", "What happened", "View on site"]
