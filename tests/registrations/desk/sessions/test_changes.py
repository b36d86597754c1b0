"""Moving, renaming and cancelling a session."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from registrations import services
from registrations.models import BulkJob, Webinar, WebinarSession
from tests.pages import drawn_on, was_changed
from tests.registrations.desk.reading import messages, words
from tests.registrations.factories import (
    ENDS,
    NOW,
    STARTS,
    approve,
    carry_out,
    kinds,
    make_agenda_item,
    make_registration,
    make_session,
)

pytestmark = pytest.mark.usefixtures("signed_in")

NEW = {"day": "2020-04-29", "starts": "14:00", "ends": "16:00"}


def url(session, change):
    return reverse(f"admin:registrations_webinarsession_{change}", args=[session.pk])


def times(session):
    return WebinarSession.objects.filter(pk=session.pk).values_list("starts_at", "ends_at").get()


@pytest.fixture
def participant(webinar, session, later_session, editor):
    return approve(make_registration(webinar, [session, later_session]), editor)


def test_time_page_starts_from_the_times_in_brussels(session, editor, client):
    response = client.get(url(session, "change-time"))

    form = response.context["form"]
    assert [form[name].value().isoformat() for name in ("day", "starts", "ends")] == [
        "2020-04-28",
        "10:30:00",
        "12:30:00",
    ]
    assert response.context["ready"] is False


@pytest.mark.parametrize("day", ["0001-01-01", "1999-12-31", "2100-01-01", "9999-12-31"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_time_page_refuses_a_day_no_time_zone_is_reckoned_for(session, participant, client, method, day):
    before = times(session)

    response = getattr(client, method)(
        url(session, "change-time"), {"day": day, "starts": "00:00", "ends": "23:59"}
    )

    assert response.context["form"].errors["day"] == ["Choose a day in the years 2000 to 2099."]
    assert times(session) == before


@pytest.mark.parametrize(
    ("times", "is_offered"),
    [((), False), (("",), False), (("10:30", "12:00"), True), (("10:30", "14:00"), False)],
    ids=["no agenda", "an agenda without times", "within the session", "outside the session"],
)
def test_time_page_offers_to_move_the_agenda_along_where_it_lies_in_the_session(
    session, editor, client, times, is_offered
):
    for clock in times:
        make_agenda_item(session, starts_at=clock or None)

    response = client.get(url(session, "change-time"))

    form = response.context["form"]
    assert ("with_agenda" in form.fields) is is_offered
    assert not is_offered or form["with_agenda"].value() is True
    assert [str(item.starts_at) for item in response.context["outside"]] == (
        ["14:00:00"] if "14:00" in times else []
    )


@pytest.mark.parametrize(("ticked", "clock"), [({"with_agenda": "on"}, "14:30:00"), ({}, "11:00:00")])
def test_time_page_moves_the_agenda_along_where_that_is_ticked(session, participant, client, ticked, clock):
    item = make_agenda_item(session, starts_at="11:00")
    page = client.get(url(session, "change-time"), NEW | ticked)
    hidden = re.search(r'name="with_agenda"(?: value="(\w+)")?', page.text.partition("<h2>")[2])

    sent = {"with_agenda": hidden[1]} if hidden[1] else {}
    client.post(url(session, "change-time"), NEW | sent)

    item.refresh_from_db()
    assert str(item.starts_at) == clock


@pytest.mark.parametrize(
    ("closes_at", "offered"),
    [
        (None, None),
        (NOW, None),
        (STARTS - timedelta(days=1), True),
        (ENDS, True),
        (ENDS + timedelta(days=1), False),
    ],
    ids=["open end", "closed by now", "before", "at the end", "after the session"],
)
def test_time_page_offers_to_move_the_close_of_registration_along(
    session, editor, client, closes_at, offered
):
    Webinar.objects.update(registration_closes_at=closes_at)

    form = client.get(url(session, "change-time")).context["form"]

    assert (form["with_closing"].value() if "with_closing" in form.fields else None) is offered


@pytest.mark.parametrize("ticked", [True, False])
def test_time_page_moves_the_close_of_registration_along_where_that_is_ticked(
    session, participant, client, ticked
):
    Webinar.objects.update(registration_closes_at=STARTS - timedelta(days=2))
    tick = {"with_closing": "on"} if ticked else {}

    page = words(client.get(url(session, "change-time"), NEW | tick))
    client.post(url(session, "change-time"), NEW | tick)

    assert ("26 April 2020, 10:30 → 27 April 2020, 14:00" in page) is ticked
    moved = datetime(2020, 4, 27, 12, 0, tzinfo=UTC) if ticked else STARTS - timedelta(days=2)
    assert Webinar.objects.get().registration_closes_at == moved


def test_time_page_shows_was_and_now_and_how_many_are_told(session, participant, client):
    response = client.get(url(session, "change-time"), NEW)

    page = words(response)
    assert "Tuesday 28 April 2020, 10:30 to 12:30 (Brussels time, CEST, UTC+2)" in page
    assert "Wednesday 29 April 2020, 14:00 to 16:00 (Brussels time, CEST, UTC+2)" in page
    assert "1 person with a place is told by mail, and the session moves in their calendar." in page
    assert "The next page says until when the change can be stopped and taken back" in page
    assert times(session) == (STARTS, ENDS)


def test_time_page_moves_the_session_and_everybody_is_told(session, participant, client):
    response = client.post(url(session, "change-time"), NEW, follow=True)

    carry_out()
    assert messages(response) == ["The session is changed. This page says when everybody concerned is told."]
    assert times(session) == (
        datetime(2020, 4, 29, 12, 0, tzinfo=UTC),
        datetime(2020, 4, 29, 14, 0, tzinfo=UTC),
    )
    assert kinds(participant) == ["invitation", "place_kept", "session_changed"]


every_change = pytest.mark.parametrize(
    ("change", "answers"),
    [
        ("change-time", NEW),
        ("take-date-back", {}),
        ("change-title", {"title": "Chains", "place": "Room 1"}),
        ("cancel", {"reason": "The speaker is ill."}),
    ],
    ids=["time", "date", "title", "cancel"],
)


@every_change
def test_every_change_leads_to_the_job_that_tells(change, answers, session, editor, client):
    response = client.post(url(session, change), answers)

    job = BulkJob.objects.get()
    assert response["Location"] == reverse("admin:registrations_bulkjob_change", args=[job.pk])
    assert job.is_held(NOW)


def test_page_opened_before_a_change_was_stopped_is_shown_again(session, editor, client):
    client.post(url(session, "change-time"), NEW, follow=True)
    before = drawn_on(client, url(session, "cancel"))
    later = NOW.replace(minute=1)
    services.jobs.stop_job(BulkJob.objects.get().pk, by=editor, now=later)

    response = client.post(url(session, "cancel"), {"reason": "The speaker is ill."} | before)

    assert messages(response) == [was_changed("editor", "bulk job stopped", "20 April 2020, 10:01")]
    assert WebinarSession.objects.get(pk=session.pk).state == "planned"


def test_time_page_gives_a_date_to_a_session_without_one(later_session, participant, client):
    page = words(client.get(url(later_session, "change-time"), NEW))

    client.post(url(later_session, "change-time"), NEW)

    assert "date to be confirmed" in page
    assert times(later_session)[0] == datetime(2020, 4, 29, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize(
    ("change", "field", "message"),
    [
        ({"ends": "13:00"}, "ends", "The session has to end after it starts."),
        ({"ends": "14:00"}, "ends", "The session has to end after it starts."),
        (
            {"day": "2021-03-28", "starts": "02:30", "ends": "04:00"},
            "starts",
            "There is no such time on this day: the clocks go forward over it.",
        ),
        (
            {"day": "2021-03-28", "starts": "01:00", "ends": "02:00"},
            "ends",
            "There is no such time on this day: the clocks go forward over it.",
        ),
        (
            {"day": "2020-10-25", "starts": "02:30", "ends": "04:00"},
            "starts",
            "This time comes twice on this day: the clocks go back over it. Choose another.",
        ),
        ({"day": "2020-02-30"}, "day", "Enter a valid date."),
        ({"starts": "25:00"}, "starts", "Enter a valid time."),
        ({"ends": ""}, "ends", "This field is required."),
        (
            {"day": "2020-04-28", "starts": "10:30", "ends": "12:30"},
            "__all__",
            "These are the times the session has.",
        ),
    ],
    ids=[
        "end before start",
        "no duration",
        "start in the spring gap",
        "end in the spring gap",
        "start in the autumn hour",
        "no such day",
        "no such hour",
        "no end",
        "unchanged",
    ],
)
def test_times_that_make_no_sense_are_refused(change, field, message, method, session, editor, client):
    answers = NEW | change

    response = getattr(client, method)(url(session, "change-time"), answers)

    assert response.context["form"].errors == {field: [message]}
    assert (response.context["ready"], times(session)) == (False, (STARTS, ENDS))
    assert response.context["form"]["day"].value() == answers["day"]


@pytest.mark.parametrize(
    ("day", "starts", "ends", "hours"),
    [
        ("2021-03-28", "01:30", "03:30", 1),
        ("2020-10-25", "01:30", "03:30", 3),
        ("2020-12-01", "10:30", "12:30", 2),
    ],
    ids=["over the spring change", "over the autumn change", "in winter"],
)
def test_times_around_the_changes_of_the_clock_are_what_brussels_reads(
    day, starts, ends, hours, session, editor, client
):
    client.post(url(session, "change-time"), {"day": day, "starts": starts, "ends": ends})

    starts_at, ends_at = times(session)
    assert (ends_at - starts_at).total_seconds() / 3600 == hours


@pytest.mark.parametrize("method", ["get", "post"])
def test_time_in_the_past_is_refused_before_the_preview_and_keeps_what_was_typed(
    method, session, editor, client
):
    answers = NEW | {"day": "2020-04-19"}

    response = getattr(client, method)(url(session, "change-time"), answers)

    assert response.context["form"].errors == {"starts": ["The session has to start in the future."]}
    assert response.context["form"]["day"].value() == "2020-04-19"
    assert (response.context["ready"], times(session)) == (False, (STARTS, ENDS))


def test_date_is_taken_back(session, participant, client):
    page = words(client.get(url(session, "take-date-back")))

    client.post(url(session, "take-date-back"))

    carry_out()
    assert "1 person with a place is told by mail that the date no longer holds" in page
    assert times(session) == (None, None)
    assert kinds(participant) == ["invitation", "place_kept", "date_withdrawn"]


def test_date_that_is_not_there_cannot_be_taken_back(later_session, editor, client):
    response = client.post(url(later_session, "take-date-back"))

    assert response.context["form"].non_field_errors() == ["This session has no date."]
    assert BulkJob.objects.count() == 0


def test_title_page_shows_was_and_now(session, participant, client):
    page = words(client.get(url(session, "change-title"), {"title": "Chains", "place": "Room 1"}))

    assert "Supply chains<br>WebEx Training (online)" in page
    assert "Chains<br>Room 1" in page
    assert "1 person with a place is told by mail, and the entry in their calendar changes." in page


def test_title_page_says_that_nobody_is_told_of_a_session_without_date(later_session, participant, client):
    page = words(client.get(url(later_session, "change-title"), {"title": "Chains", "place": "Room 1"}))

    assert "Nobody is mailed" in page


def test_title_and_place_change(session, participant, client):
    client.post(url(session, "change-title"), {"title": "Chains", "place": "Room 1"})

    carry_out()
    session.refresh_from_db()
    assert (session.title, session.place) == ("Chains", "Room 1")
    assert kinds(participant)[-1] == "session_changed"


@pytest.mark.parametrize(
    ("answers", "errors"),
    [
        ({"title": ""}, {"title": ["This field is required."]}),
        ({"title": "Two\tcells"}, {"title": ["Write this on one line, without control characters."]}),
        ({"place": "x" * 121}, {"place": ["Ensure this value has at most 120 characters (it has 121)."]}),
        ({"title": "Supply chains"}, {"__all__": ["The session has this title and venue already."]}),
    ],
    ids=["empty", "control character", "too long", "unchanged"],
)
def test_title_that_cannot_be_is_refused(answers, errors, session, editor, client):
    form = {"title": "Chains", "place": "WebEx Training (online)"} | answers

    response = client.post(url(session, "change-title"), form)

    assert response.context["form"].errors == errors
    assert WebinarSession.objects.get().title == "Supply chains"


def test_session_is_cancelled_with_a_reason(session, participant, client):
    page = words(client.get(url(session, "cancel")))

    client.post(url(session, "cancel"), {"reason": "The speaker is ill."})

    carry_out()
    assert "1 person with a place or a request is told by mail" in page
    assert WebinarSession.objects.get(pk=session.pk).state == "cancelled"
    assert kinds(participant)[-1] == "session_cancelled"


def test_cancel_page_counts_requests_too(webinar, session, participant, client):
    make_registration(webinar, [session])

    response = client.get(url(session, "cancel"))

    assert response.context["told"] == 2


def test_cancelling_needs_a_reason(session, editor, client):
    response = client.post(url(session, "cancel"), {"reason": ""})

    assert response.context["form"].errors == {"reason": ["This field is required."]}
    assert WebinarSession.objects.get().state == "planned"


@pytest.mark.parametrize("change", ["change-time", "take-date-back", "change-title", "cancel"])
def test_cancelled_session_changes_no_more(change, webinar, editor, client):
    session = make_session(webinar, state="cancelled")

    responses = [getattr(client, method)(url(session, change), follow=True) for method in ("get", "post")]

    assert [messages(response) for response in responses] == [["This session is cancelled."]] * 2


@pytest.mark.parametrize("change", ["change-time", "take-date-back", "change-title", "cancel"])
def test_session_that_is_over_changes_no_more(change, webinar, editor, client):
    session = make_session(webinar, starts_at=STARTS - timedelta(days=9), ends_at=NOW)

    responses = [getattr(client, method)(url(session, change), follow=True) for method in ("get", "post")]

    assert [messages(response) for response in responses] == [["This session is over."]] * 2


@every_change
def test_what_a_colleague_changed_meanwhile_is_shown_first(change, answers, session, editor, client):
    before = drawn_on(client, url(session, change))
    before |= drawn_on(client, url(session, change), answers | before)
    services.sessions.retitle_session(
        session.pk, title="Other", place="Elsewhere", by=editor, now=NOW.replace(hour=9)
    )
    jobs = BulkJob.objects.count()

    response = client.post(url(session, change), answers | before)

    assert messages(response) == [was_changed("editor", "title or venue changed", "20 April 2020, 11:00")]
    assert (BulkJob.objects.count(), "Elsewhere" in words(response)) == (jobs, True)
    assert client.post(url(session, change), answers).status_code == 302


def test_session_that_is_not_there_is_not_found(editor, client):
    response = client.get(reverse("admin:registrations_webinarsession_cancel", args=[4711]))

    assert response.status_code == 404
