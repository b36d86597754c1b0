"""The page that sends recording, slides and feedback after a session."""

from html import unescape

import pytest
import time_machine
from django.urls import reverse

from registrations import services
from registrations.models import BulkJob, HistoryEntry
from registrations.services.sessions.follow_up import FollowUp
from tests.pages import drawn_on, was_changed
from tests.registrations.desk.reading import messages, words
from tests.registrations.factories import (
    ENDS,
    NOW,
    approve,
    carry_out,
    kinds,
    make_attendance,
    make_registration,
)

pytestmark = pytest.mark.usefixtures("signed_in")

LINKS = {
    "recording_url": "https://files.example/r",
    "slides_url": "",
    "feedback_url": "https://files.example/f",
}
NOTHING = dict.fromkeys(("recording_url", "slides_url", "feedback_url"), "")


@pytest.fixture(autouse=True)
def _the_session_is_over(at_the_moment):
    """Open every page when the session has just ended."""
    with time_machine.travel(ENDS, tick=False):
        yield


@pytest.fixture
def participant(webinar, session, editor):
    return approve(make_registration(webinar, [session]), editor)


def url(session):
    return reverse("admin:registrations_webinarsession_follow-up", args=[session.pk])


def links_of(session):
    session.refresh_from_db()
    return services.sessions.follow_up_of(session)


def test_follow_up_page_shows_the_mail_and_how_many_get_it(session, participant, client):
    response = client.get(url(session), LINKS)

    page = words(response)
    assert "1 person with a place gets this mail:" in page
    assert "After the session: Supply chains" in page
    assert "The recording: https://files.example/r" in page
    assert "The slides" not in page
    assert (links_of(session), BulkJob.objects.filter(kind="follow_up").count()) == (FollowUp(), 0)


def test_follow_up_page_sends(session, participant, client):
    response = client.post(url(session), LINKS, follow=True)

    carry_out(ENDS)
    assert messages(response) == ["The links are saved. This page says when everybody with a place is told."]
    assert (links_of(session), kinds(participant)) == (FollowUp(**LINKS), ["invitation", "follow_up"])


def test_job_in_its_window_says_who_would_be_told_and_what_stays(session, participant, client):
    response = client.post(url(session), LINKS, follow=True)

    assert response.context["preview"].mails == {"follow-up": 1}
    assert "The links stay on people's pages, and nobody is mailed." in unescape(words(response))


def test_follow_up_page_only_saves(session, participant, client):
    response = client.post(url(session), LINKS | {"save": "Save"}, follow=True)

    carry_out(ENDS)
    assert messages(response) == ["The links are saved; nobody was told by mail."]
    assert (links_of(session), kinds(participant)) == (FollowUp(**LINKS), ["invitation"])
    assert HistoryEntry.objects.filter(action="follow_up_edited").count() == 1


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"recording_url": "http://files.example/r"}, "Enter an address with https://."),
        ({"recording_url": "https://a b"}, "Enter an address with https://."),
        (
            {"recording_url": f"https://files.example/{'x' * 500}"},
            "Ensure this value has at most 500 characters (it has 522).",
        ),
    ],
    ids=["http", "no address", "too long"],
)
def test_link_that_cannot_be_is_refused_and_kept_to_be_corrected(
    session, participant, client, change, message, method
):
    response = getattr(client, method)(url(session), LINKS | change)

    assert response.context["form"].errors["recording_url"] == [message]
    assert response.context["form"]["recording_url"].value() == change["recording_url"]
    assert (links_of(session), BulkJob.objects.filter(kind="follow_up").count()) == (FollowUp(), 0)


def test_sending_the_same_links_again_is_refused(session, participant, client):
    client.post(url(session), LINKS)

    response = client.post(url(session), LINKS)

    assert response.context["form"].non_field_errors() == [
        "These links were sent already. Change one to send them again."
    ]


def test_sending_nothing_is_refused(session, participant, client):
    response = client.post(url(session), NOTHING)

    assert response.context["form"].non_field_errors() == ["Give at least one link."]


def test_links_a_colleague_changed_meanwhile_are_shown_first(session, participant, editor, client):
    before = drawn_on(client, url(session), LINKS)
    links = FollowUp(slides_url="https://files.example/s")
    services.sessions.edit_follow_up(session.pk, links=links, by=editor, now=ENDS)

    response = client.post(url(session), LINKS | before)

    assert messages(response) == [was_changed("editor", "follow-up links changed", "28 April 2020, 12:30")]
    assert (links_of(session), kinds(participant)) == (links, ["invitation"])


def test_follow_up_page_before_the_end_says_when(session, participant, client):
    with time_machine.travel(NOW, tick=False):
        client.force_login(participant.seats.get().decided_by)
        page = words(client.get(url(session), LINKS))
        response = client.post(url(session), LINKS)

    assert "This is possible once the session is over." in page
    assert "gets this mail" not in page
    assert (response.status_code, links_of(session)) == (200, FollowUp())


def test_follow_up_page_of_a_session_that_is_not_there_is_not_found(editor, client):
    address = reverse("admin:registrations_webinarsession_follow-up", args=[4711])

    assert client.get(address).status_code == 404


def test_follow_up_page_offers_to_reach_who_attended_once_a_report_says_so(
    webinar, session, participant, editor, client
):
    before = client.get(url(session)).text
    approve(make_registration(webinar, [session]), editor)
    make_attendance(session, by=editor, state="matched", match="hand", seat=participant.seats.get())

    asked = words(client.get(url(session)))
    shown = words(client.get(url(session), LINKS | {"whom": "attended"}))
    client.post(url(session), LINKS | {"whom": "attended"})
    carry_out(ENDS)

    assert "Who gets the mail" not in before
    assert "those who attended (1)" in asked
    assert "those who did not attend (1)" in asked
    assert "1 person with a place gets this mail:" in shown
    assert "Thank you for taking part in this session:" in shown
    assert kinds().count("follow_up") == 1
    assert kinds(participant) == ["invitation", "follow_up"]


def test_follow_up_page_refuses_to_reach_anybody_else(session, participant, editor, client):
    make_attendance(session, by=editor, state="matched", match="hand", seat=participant.seats.get())

    response = client.post(url(session), LINKS | {"whom": "the world"})

    assert response.context["form"].errors == {
        "whom": ["Select a valid choice. the world is not one of the available choices."]
    }
