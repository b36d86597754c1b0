"""Stopping a bulk job, and releasing it before its window is over."""

import re
from datetime import timedelta
from html import unescape

import pytest
import time_machine
from django.urls import reverse

from registrations import services
from registrations.models import BulkJob, Seat
from registrations.services.jobs.runner import work_one_chunk
from registrations.states import Move
from tests.registrations import at_sight
from tests.registrations.desk.reading import messages, words
from tests.registrations.factories import (
    ENDS,
    NOW,
    STARTS,
    approve,
    carry_out,
    make_agenda_item,
    make_registration,
    make_user,
)

pytestmark = pytest.mark.usefixtures("signed_in")


@pytest.fixture
def job(webinar, session, approver):
    seat = make_registration(webinar, [session]).seats.get()
    decision = services.decisions.Decision(move=Move.APPROVE, by=approver, now=NOW)
    return at_sight.start_bulk_decision([seat.pk], decision=decision)


def stop(client, job):
    return client.post(reverse("admin:registrations_bulkjob_stop", args=[job.pk]), follow=True)


def let_go(client, job):
    return client.post(reverse("admin:registrations_bulkjob_release", args=[job.pk]), follow=True)


def job_page(client, job):
    return client.get(reverse("admin:registrations_bulkjob_change", args=[job.pk]))


def buttons(response):
    return re.findall(r"<button type=\"submit\" class=\"button\">([^<]+)</button>", response.text)


def skipped(page):
    """Return which seats the page of a job that waits names as skipped, and why."""
    return [(each.seat, str(each.note)) for each in page.context["preview"].named]


def move(session, by, hours=1):
    later = timedelta(hours=hours)
    services.sessions.reschedule_session(
        session.pk, starts_at=STARTS + later, ends_at=ENDS + later, by=by, now=NOW
    )
    return BulkJob.objects.latest("pk")


@pytest.fixture
def change(webinar, session, approver, editor):
    """Return a move of a session with one participant; an editor is signed in."""
    approve(make_registration(webinar, [session]), approver)
    return move(session, editor)


def test_stopped_job_does_nothing_more(job, client):
    response = stop(client, job)

    carry_out()
    assert messages(response) == ["The job is stopped. What was done stays done."]
    assert (BulkJob.objects.get().state, Seat.objects.get().state) == ("stopped", "requested")


def test_job_that_has_ended_is_not_stopped(job, client):
    carry_out()
    BulkJob.objects.update(finished_at=NOW.replace(hour=7))

    response = stop(client, job)

    assert messages(response) == ["The job had already ended."]
    assert BulkJob.objects.get().state == "done"


@pytest.mark.parametrize("act", ["stop", "release"])
def test_job_that_is_not_there_is_not_found(act, approver, client):
    assert client.post(reverse(f"admin:registrations_bulkjob_{act}", args=[4711])).status_code == 404


@pytest.mark.parametrize("act", ["stop", "release"])
def test_opening_the_address_of_a_button_changes_nothing(act, job, client):
    response = client.get(reverse(f"admin:registrations_bulkjob_{act}", args=[job.pk]))

    job.refresh_from_db()
    assert (response.status_code, job.is_held(NOW)) == (405, True)


def test_released_job_goes_at_once(job, client):
    response = let_go(client, job)

    services.sweep.run(NOW)
    assert messages(response) == ["The job is released. This page shows how far it is."]
    assert Seat.objects.get().state == "approved"


def test_job_that_is_released_already_is_not_released_again(job, client):
    let_go(client, job)

    assert messages(let_go(client, job)) == ["The job was released already, or has ended."]


def test_stopped_change_says_that_it_is_taken_back(change, session, client):
    response = stop(client, change)

    session.refresh_from_db()
    assert messages(response) == ["The change is taken back: the session is what it was before."]
    assert (session.starts_at, buttons(response)) == (STARTS, [])


def test_stopped_agenda_says_that_it_stays_published(webinar, session, editor, client):
    make_agenda_item(session)
    services.agenda.publish_agenda(webinar.pk, by=editor, now=NOW)

    response = stop(client, BulkJob.objects.get())

    assert messages(response) == ["The mails are stopped. The agenda stays published."]


def test_released_change_is_not_stopped_half_way(change, session, client):
    let_go(client, change)
    page = job_page(client, change)

    response = stop(client, change)

    session.refresh_from_db()
    assert "it cannot be stopped half-way. To undo it, change the session again." in words(page)
    assert (buttons(page), session.starts_at) == ([], STARTS + timedelta(hours=1))
    assert messages(response) == [
        "This change is released, and calendars follow it already: it cannot be stopped half-way. "
        "Change the session again instead."
    ]


@pytest.mark.parametrize("act", [stop, let_go])
def test_earlier_of_two_changes_is_refused_with_the_reason(act, change, session, editor, client):
    later = move(session, editor, hours=2)

    response = act(client, change)

    assert messages(response) == [
        "A later change of this session waits too, and both are released together. Begin with that one."
    ]
    assert buttons(response) == []
    assert (
        f'<a href="/admin/registrations/bulkjob/{later.pk}/change/">Time changed · session 1 · 1 place</a>'
        in words(response)
    )


def test_page_of_a_waiting_move_says_when_whom_and_what_stopping_does(change, editor, client):
    page = job_page(client, change)

    assert "To be released at 10:05:00 (Brussels time)" in words(page)
    assert "<li>1 \N{MULTIPLICATION SIGN} session changed</li>" in words(page)
    assert "<li>Tuesday 28 April 2020, 10:30 to 12:30 (Brussels time, CEST, UTC+2)</li>" in words(page)
    assert buttons(page) == ["Stop", "Release now"]


def test_page_of_other_changes_names_their_mail_and_what_is_given_back(
    webinar, session, approver, editor, client
):
    approve(make_registration(webinar, [session]), approver)
    client.force_login(editor)
    shown = []
    for change, values in (
        (services.sessions.retitle_session, {"title": "Chains", "place": "Room 1"}),
        (services.sessions.reschedule_session, {"starts_at": None, "ends_at": None}),
        (services.sessions.cancel_session, {"reason": "Ill."}),
    ):
        change(session.pk, by=editor, now=NOW, **values)
        job = BulkJob.objects.latest("pk")
        context = job_page(client, job).context
        shown.append((context["preview"].mails, context["given_back"]))
        services.jobs.stop_job(job.pk, by=editor, now=NOW)

    assert shown == [
        ({"session changed": 1}, ["Supply chains", "WebEx Training (online)"]),
        (
            {"date no longer holds": 1},
            ["Tuesday 28 April 2020, 10:30 to 12:30 (Brussels time, CEST, UTC+2)"],
        ),
        ({"session cancelled": 1}, ["planned"]),
    ]


def test_page_of_a_waiting_decision_says_who_would_be_told(job, client):
    page = job_page(client, job)

    assert "<li>1 \N{MULTIPLICATION SIGN} invitation, which puts the session into the calendar</li>" in words(
        page
    )
    assert "Nothing is decided, and nobody is told." in words(page)
    assert buttons(page) == ["Stop", "Release now"]


def test_page_of_a_waiting_agenda_says_who_would_be_told(webinar, session, editor, client):
    make_registration(webinar, [session])
    make_agenda_item(session)
    services.agenda.publish_agenda(webinar.pk, by=editor, now=NOW)

    page = words(job_page(client, BulkJob.objects.get()))

    assert "<li>1 \N{MULTIPLICATION SIGN} agenda</li>" in page
    assert "The agenda stays published, without a mail." in page


LINKS = services.sessions.FollowUp(recording_url="https://files.example/r")


def follow_up_job(session, editor):
    services.sessions.send_follow_up(session.pk, links=LINKS, by=editor, now=ENDS)
    return BulkJob.objects.latest("pk")


def test_page_of_a_waiting_follow_up_says_who_would_be_told(webinar, session, approver, editor, client):
    approve(make_registration(webinar, [session]), approver)
    make_registration(webinar, [session])
    with time_machine.travel(ENDS, tick=False):
        client.force_login(editor)
        page = words(job_page(client, follow_up_job(session, editor)))

    assert "<li>1 \N{MULTIPLICATION SIGN} follow-up</li>" in page
    assert "The links stay on people's pages, and nobody is mailed." in unescape(page)


def test_page_of_a_follow_up_that_goes_on_counts_who_was_not_told(
    webinar, session, approver, editor, client, monkeypatch
):
    for _number in range(3):
        approve(make_registration(webinar, [session]), approver)
    monkeypatch.setattr("registrations.services.jobs.runner.CHUNK", 1)
    shown = []
    with time_machine.travel(ENDS, tick=False):
        client.force_login(editor)
        for _round in range(3):
            job = follow_up_job(session, editor)
            shown.append(job_page(client, job).context["preview"].mails)
            services.jobs.release_job(job.pk, by=editor, now=ENDS)
            while BulkJob.objects.get(pk=job.pk).changed < len(shown):
                work_one_chunk(ENDS)
            services.jobs.stop_job(job.pk, by=editor, now=ENDS)

    assert shown == [{"follow-up": 3}, {"follow-up": 2}, {"follow-up": 1}]


def test_page_of_waiting_overrides_says_who_would_be_told(
    webinar, session, approver, second_approver, client
):
    seats = [make_registration(webinar, [session], country="CH").seats.get() for _number in "ab"]
    batch = at_sight.request_overrides([seat.pk for seat in seats], by=approver, reason="Speaks.", now=NOW)
    job = at_sight.start_confirming(batch, by=second_approver, now=NOW)
    client.force_login(second_approver)

    page = words(job_page(client, job))

    assert "<li>2 \N{MULTIPLICATION SIGN} invitation, which puts the session into the calendar</li>" in page


def test_page_says_when_nobody_would_be_told(change, session, editor, client):
    page = job_page(client, move(session, editor, hours=0))

    assert "Nobody: there is nothing new for anybody now." in words(page)


def test_waiting_job_shows_no_buttons_to_those_who_may_not(change, client):
    client.force_login(make_user("auditor", "Auditors"))

    page = job_page(client, change)

    assert ("To be released at" in words(page), buttons(page)) == (True, [])


@pytest.mark.parametrize("people", [1, 3])
def test_page_of_a_waiting_job_takes_the_same_queries(
    people, webinar, session, approver, editor, client, django_assert_num_queries
):
    for _number in range(people):
        approve(make_registration(webinar, [session]), approver)
    client.force_login(editor)
    job = move(session, editor)
    job_page(client, job)  # what is the same for all pages is kept from now on

    with django_assert_num_queries(15):
        job_page(client, job)


def test_page_of_a_waiting_decision_names_whom_it_would_skip_now_and_why(
    webinar, session, approver, second_approver, client
):
    """Row 2 of stale-pages.md."""
    people = [make_registration(webinar, [session]) for _number in range(2)]
    seats = [person.seats.get() for person in people]
    decision = services.decisions.Decision(
        move=Move.REJECT, by=second_approver, now=NOW, reason="No cluster."
    )
    job = at_sight.start_bulk_decision([seat.pk for seat in seats], decision=decision)
    approve(people[1], approver)

    waiting = job_page(client, job)
    let_go(client, job)
    services.sweep.run(NOW)
    done = job_page(client, job)

    note = "Decided meanwhile by approver, at Monday 20 April 2020, 10:00 (Brussels time): now “approved”."
    assert "1 place would be skipped now" in words(waiting)
    assert skipped(waiting) == [(seats[1], note)]
    assert f"{people[1].full_name}</a>, Cluster Nord: 1. Supply chains. {note}" in words(waiting)
    assert "<li>1 \N{MULTIPLICATION SIGN} not admitted</li>" in words(waiting)
    assert done.context["reasons"] == [("Decided meanwhile by approver", 1)]
    assert [why for _row, why in done.context["left_alone"]] == [note]
    assert list(Seat.objects.order_by("pk").values_list("state", flat=True)) == ["rejected", "approved"]


def test_page_of_a_waiting_decision_names_fifty_and_counts_the_rest(
    webinar, session, approver, client, monkeypatch
):
    monkeypatch.setattr("registrations.services.jobs.results.LISTED", 1)
    people = [make_registration(webinar, [session]) for _number in range(3)]
    decision = services.decisions.Decision(move=Move.REJECT, by=approver, now=NOW, reason="No cluster.")
    job = at_sight.start_bulk_decision([person.seats.get().pk for person in people], decision=decision)
    for person in people:
        services.people.withdraw(person.pk, now=NOW)

    page = job_page(client, job)

    assert "3 places would be skipped now" in words(page)
    assert (len(skipped(page)), "and 2 more places" in words(page)) == (1, True)


def test_page_of_a_waiting_decision_names_nobody_to_those_who_may_not_see_people(
    job, approver, second_approver, editor, client
):
    registration = Seat.objects.get().registration
    services.people.withdraw(registration.pk, now=NOW)
    client.force_login(editor)

    page = words(job_page(client, job))

    assert "1. Supply chains. The person has withdrawn meanwhile." in page
    assert registration.full_name not in page


def test_page_of_waiting_overrides_names_whom_it_would_skip(
    webinar, session, approver, second_approver, client
):
    seats = [make_registration(webinar, [session], country="CH").seats.get() for _number in "ab"]
    batch = at_sight.request_overrides([seat.pk for seat in seats], by=approver, reason="Speaks.", now=NOW)
    job = at_sight.start_confirming(batch, by=second_approver, now=NOW)
    services.people.withdraw(seats[0].registration_id, now=NOW)

    page = job_page(client, job)

    assert skipped(page) == [(seats[0], "The person has withdrawn meanwhile.")]


@pytest.mark.parametrize("count", [1, 3])
def test_page_of_a_waiting_decision_takes_the_same_queries(
    count, webinar, session, approver, client, django_assert_num_queries
):
    people = [make_registration(webinar, [session]) for _number in range(count)]
    decision = services.decisions.Decision(move=Move.REJECT, by=approver, now=NOW, reason="No cluster.")
    job = at_sight.start_bulk_decision([person.seats.get().pk for person in people], decision=decision)
    for person in people:
        approve(person, approver)
    job_page(client, job)  # what is the same for all pages is kept from now on

    with django_assert_num_queries(15):
        job_page(client, job)
