"""The page that tells what happened around a webinar, and its file."""

import csv
import io

import pytest
from django.urls import reverse

from registrations.models import HistoryEntry
from tests.registrations.desk.reading import words
from tests.registrations.factories import approve, make_registration, make_user

pytestmark = pytest.mark.usefixtures("signed_in")


def page_of(webinar):
    return reverse("admin:registrations_webinar_happened", args=[webinar.pk])


def file_of(webinar):
    return reverse("admin:registrations_webinar_export_history", args=[webinar.pk])


@pytest.fixture
def person(webinar, session, approver):
    return approve(make_registration(webinar, [session]), approver)


@pytest.fixture
def auditor(client, person):
    auditor = make_user("auditor", "Auditors")
    client.force_login(auditor)
    return auditor


def test_page_tells_what_happened_and_names_nobody(client, webinar, person, auditor):
    page = client.get(page_of(webinar))

    text = words(page)
    assert text.index("Mail: invitation (waiting)") < text.index(">approved</a>")
    assert person.reference in text
    assert person.last_name not in text


def test_webinars_page_leads_there(client, webinar, auditor):
    page = client.get(reverse("admin:registrations_webinar_change", args=[webinar.pk]))

    assert f'<a href="{page_of(webinar)}">What happened</a>' in page.text


def test_page_leads_on_to_what_was_earlier(client, webinar, auditor, monkeypatch):
    monkeypatch.setattr("registrations.desk.history.timeline.ON_A_PAGE", 1)

    first = client.get(page_of(webinar))
    second = client.get(page_of(webinar), {"below": str(first.context["next"])})

    assert [event.what for event in first.context["events"]] == ["Mail: invitation (waiting)"]
    assert [event.what for event in second.context["events"]] == ["approved"]
    assert (">Earlier<" in first.text, ">Newest<" in first.text) == (True, False)
    assert (">Earlier<" in second.text, ">Newest<" in second.text) == (False, True)


def test_page_from_a_place_that_is_none_shows_the_newest(client, webinar, auditor):
    page = client.get(page_of(webinar), {"below": "nowhere"})

    assert len(page.context["events"]) == 2


@pytest.mark.parametrize("count", [1, 3])
def test_page_takes_a_fixed_number_of_queries(
    client, webinar, session, approver, count, django_assert_num_queries
):
    for _number in range(count):
        approve(make_registration(webinar, [session]), approver)

    with django_assert_num_queries(7):
        client.get(page_of(webinar))


def test_auditors_take_it_out_as_a_file(client, webinar, person, auditor):
    response = client.post(file_of(webinar))

    text = b"".join(response.streaming_content).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert response.headers["Content-Disposition"] == (
        f'attachment; filename="history-{webinar.slug}-2020-04-20.csv"'
    )
    assert [row[2] for row in rows] == ["What", "Mail: invitation (waiting)", "approved"]
    assert HistoryEntry.objects.latest("pk").by == auditor


def test_the_file_is_a_permission_of_its_own(client, webinar, approver):
    assert "Download as CSV" not in words(client.get(page_of(webinar)))
    assert client.post(file_of(webinar)).status_code == 403


def test_opening_the_file_by_address_takes_nothing(client, webinar, auditor):
    assert client.get(file_of(webinar)).status_code == 405
    assert not HistoryEntry.objects.filter(action="exported").exists()
