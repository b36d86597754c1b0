"""Stopping bulk work within its window: what is taken back, who is told, and what a release lets go."""

from datetime import timedelta

import pytest

from registrations import services
from registrations.models import BulkJob, HistoryEntry, MailKind, WebinarSession
from registrations.states import Move
from tests.registrations import at_sight
from tests.registrations.factories import (
    ENDS,
    MINUTE,
    NOW,
    STARTS,
    approve,
    calendar_mails,
    carry_out,
    kinds,
    make_agenda_item,
    make_registration,
    release,
)

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
WINDOW = 5 * MINUTE


@pytest.fixture
def approved(webinar, session, approver):
    return approve(make_registration(webinar, [session]), approver)


def named(job):
    """Return what history keeps of a moved session's job, to name it by."""
    return {"job": job.pk, "kind": "session_change", "seats": 1, "action": "rescheduled"}


def move(session, editor, days=1, at=NOW):
    """Move a session from its first day on; return the job that will tell."""
    starts_at, ends_at = STARTS + days * DAY, ENDS + days * DAY
    services.sessions.reschedule_session(session.pk, starts_at=starts_at, ends_at=ends_at, by=editor, now=at)
    return newest_job()


def newest_job():
    return BulkJob.objects.latest("pk")


def now_is(session):
    """Return what a session is: state, start, title, place, SEQUENCE."""
    columns = ("state", "starts_at", "ends_at", "title", "place", "sequence")
    return WebinarSession.objects.filter(pk=session.pk).values_list(*columns).get()


PLACE = "WebEx Training (online)"


def test_a_released_job_goes_at_once(session, approved, editor):
    job = move(session, editor)

    services.control.release_job(job.pk, by=editor, now=NOW + MINUTE)
    services.runner.sweep(NOW + MINUTE)

    assert kinds(approved)[-1] == MailKind.SESSION_CHANGED
    entry = HistoryEntry.objects.get(action="bulk_released")
    assert (entry.by, entry.session, entry.facts) == (editor, session, named(job))


@pytest.mark.parametrize("kind", ["session", "agenda"])
def test_releasing_what_is_released_or_ended_changes_nothing(kind, webinar, session, editor):
    if kind == "session":
        job = move(session, editor)
    else:
        make_agenda_item(session)
        services.agenda.publish_agenda(webinar.pk, by=editor, now=NOW)
        job = newest_job()
    released = services.control.release_job(job.pk, by=editor, now=NOW).due_at
    again = services.control.release_job(job.pk, by=editor, now=NOW + MINUTE).due_at
    services.runner.sweep(NOW)

    ended = services.control.release_job(job.pk, by=editor, now=NOW)

    assert (released, again, ended.due_at, ended.state) == (NOW, NOW, None, "done")
    assert HistoryEntry.objects.filter(action="bulk_released").count() == 1


def test_stopping_a_move_takes_it_back_and_tells_nobody(session, approved, editor, approver):
    job = move(session, editor)

    stopped = services.control.stop_job(job.pk, by=approver, now=NOW + MINUTE)
    services.runner.sweep(NOW + WINDOW)

    session.refresh_from_db()
    assert (stopped.state, stopped.due_at, stopped.finished_at) == ("stopped", None, NOW + MINUTE)
    assert now_is(session) == ("planned", STARTS, ENDS, "Supply chains", PLACE, 3)
    assert session.changed_at == NOW + MINUTE  # a page that a colleague has open is shown again
    assert kinds(approved) == [MailKind.INVITATION]
    entry = HistoryEntry.objects.get(action="bulk_stopped")
    assert (entry.by, entry.session, entry.webinar) == (approver, session, session.webinar)
    assert entry.facts == {
        **named(job),
        "done": 0,
        "given_back": {
            "starts_at": "2020-04-28T08:30:00Z",
            "ends_at": "2020-04-28T10:30:00Z",
            "closed_at": None,
        },
    }


def test_whoever_was_told_meanwhile_is_told_again_at_once(webinar, session, approved, approver, editor):
    newcomer = make_registration(webinar, [session])
    job = move(session, editor)
    approve(newcomer, approver, now=NOW + MINUTE)

    services.control.stop_job(job.pk, by=editor, now=NOW + 2 * MINUTE)
    services.runner.sweep(NOW + 2 * MINUTE)

    assert calendar_mails(newcomer) == [
        (MailKind.INVITATION, "REQUEST", 3),
        (MailKind.SESSION_CHANGED, "REQUEST", 4),
    ]
    assert newcomer.seats.get().told["starts_at"] == STARTS.isoformat()
    assert kinds(approved) == [MailKind.INVITATION]
    assert newest_job().facts == {"action": "bulk_stopped", "reason": "", "stopped": job.pk}


def test_whoever_came_meanwhile_is_judged_by_the_former_day_again(webinar, session, editor):
    job = move(session, editor, days=365)
    session.refresh_from_db()
    newcomer = make_registration(webinar, [session])
    judged = newcomer.seats.get().outcome

    services.control.stop_job(job.pk, by=editor, now=NOW)
    services.runner.sweep(NOW)

    seat = newcomer.seats.get()
    assert (judged, seat.outcome, seat.judged_as_of) == ("review", "eligible", STARTS.date())


def test_stopping_take_date_back_gives_the_date_back(webinar, session, approved, approver, editor):
    newcomer = make_registration(webinar, [session])
    services.sessions.reschedule_session(session.pk, starts_at=None, ends_at=None, by=editor, now=NOW)
    job = newest_job()
    approve(newcomer, approver)

    services.control.stop_job(job.pk, by=editor, now=NOW)
    carry_out()

    assert now_is(session) == ("planned", STARTS, ENDS, "Supply chains", PLACE, 3)
    assert kinds(approved) == [MailKind.INVITATION]
    assert calendar_mails(newcomer) == [
        (MailKind.PLACE_KEPT, "", -1),
        (MailKind.SESSION_CHANGED, "REQUEST", 3),
    ]


def test_stopping_a_first_date_takes_it_back_from_whoever_has_it(webinar, later_session, approver, editor):
    kept = approve(make_registration(webinar, [later_session]), approver)
    newcomer = make_registration(webinar, [later_session])
    job = move(later_session, editor)
    approve(newcomer, approver)

    services.control.stop_job(job.pk, by=editor, now=NOW)
    carry_out()

    assert now_is(later_session)[1:3] == (None, None)
    assert kinds(kept) == [MailKind.PLACE_KEPT]
    assert calendar_mails(newcomer) == [
        (MailKind.INVITATION, "REQUEST", 2),
        (MailKind.DATE_WITHDRAWN, "CANCEL", 3),
    ]


def test_stopping_a_new_title_gives_title_and_place_back(session, approved, editor):
    services.sessions.retitle_session(session.pk, title="Chains", place="Room 1", by=editor, now=NOW)

    services.control.stop_job(newest_job().pk, by=editor, now=NOW)
    carry_out()

    assert now_is(session) == ("planned", STARTS, ENDS, "Supply chains", PLACE, 3)
    assert kinds(approved) == [MailKind.INVITATION]


def test_stopping_a_cancellation_keeps_the_session_and_everybodys_seats(webinar, session, approved, editor):
    waiting = make_registration(webinar, [session])
    services.sessions.cancel_session(session.pk, reason="Ill.", by=editor, now=NOW)

    services.control.stop_job(newest_job().pk, by=editor, now=NOW)
    carry_out()

    assert now_is(session) == ("planned", STARTS, ENDS, "Supply chains", PLACE, 3)
    assert [person.seats.get().state for person in (approved, waiting)] == ["approved", "requested"]
    assert (kinds(approved), kinds(waiting)) == ([MailKind.INVITATION], [])


def test_a_session_moved_there_and_back_within_the_window_tells_nobody(session, approved, editor):
    move(session, editor)
    move(session, editor, days=0, at=NOW + MINUTE)

    carry_out(NOW + MINUTE)

    assert kinds(approved) == [MailKind.INVITATION]
    assert [job.state for job in BulkJob.objects.all()] == ["done", "done"]


def test_two_changes_within_the_window_are_told_once_when_the_later_one_is_released(
    session, approved, editor
):
    move(session, editor)
    services.sessions.retitle_session(
        session.pk, title="Chains", place=PLACE, by=editor, now=NOW + 4 * MINUTE
    )

    services.runner.sweep(NOW + 8 * MINUTE)
    before = kinds(approved)
    services.runner.sweep(NOW + 9 * MINUTE)

    assert before == [MailKind.INVITATION]
    assert calendar_mails(approved)[1:] == [(MailKind.SESSION_CHANGED, "REQUEST", 3)]
    told = approved.seats.get().told
    assert (told["title"], told["starts_at"]) == ("Chains", (STARTS + DAY).isoformat())


@pytest.mark.parametrize("act", [services.control.stop_job, services.control.release_job])
def test_the_earlier_of_two_changes_is_not_stopped_or_released_alone(act, session, approved, editor):
    first = move(session, editor)
    second = move(session, editor, days=2)

    with pytest.raises(services.errors.LaterChangeWaits):
        act(first.pk, by=editor, now=NOW)

    assert services.control.waits_for(first, NOW) == second
    assert services.control.waits_for(second, NOW) is None
    assert now_is(session)[1] == STARTS + 2 * DAY


def test_stopping_the_later_of_two_changes_leaves_the_earlier_one_to_be_told(
    webinar, session, approved, approver, editor
):
    newcomer = make_registration(webinar, [session])
    first = move(session, editor)
    second = move(session, editor, days=2)
    approve(newcomer, approver)

    services.control.stop_job(second.pk, by=editor, now=NOW)
    services.runner.sweep(NOW)
    before = kinds(approved) + kinds(newcomer)
    services.control.release_job(first.pk, by=editor, now=NOW)
    services.runner.sweep(NOW)

    assert before == [MailKind.INVITATION] * 2
    assert BulkJob.objects.count() == 2
    for person in (approved, newcomer):
        assert calendar_mails(person)[1:] == [(MailKind.SESSION_CHANGED, "REQUEST", 5)]
        assert person.seats.get().told["starts_at"] == (STARTS + DAY).isoformat()


def test_stopping_both_changes_one_after_the_other_tells_only_who_was_told(
    webinar, session, approved, approver, editor
):
    newcomer = make_registration(webinar, [session])
    first = move(session, editor)
    second = move(session, editor, days=2)
    approve(newcomer, approver)

    for job in (second, first):
        services.control.stop_job(job.pk, by=editor, now=NOW)
    services.runner.sweep(NOW)

    assert now_is(session)[1] == STARTS
    assert kinds(approved) == [MailKind.INVITATION]
    assert kinds(newcomer) == [MailKind.INVITATION, MailKind.SESSION_CHANGED]
    assert newcomer.seats.get().told["starts_at"] == STARTS.isoformat()


def test_a_cancellation_behind_a_move_tells_its_reason(session, approved, editor):
    move(session, editor)
    services.sessions.cancel_session(session.pk, reason="The speaker is ill.", by=editor, now=NOW)

    carry_out()

    assert kinds(approved) == [MailKind.INVITATION, MailKind.SESSION_CANCELLED]
    assert approved.seats.get().reason == "The speaker is ill."


def test_a_released_change_cannot_be_stopped(session, approved, editor):
    job = move(session, editor)
    release()

    with pytest.raises(services.errors.ChangeIsReleased, match="cannot be stopped half-way"):
        services.control.stop_job(job.pk, by=editor, now=NOW)

    job.refresh_from_db()
    assert (job.state, now_is(session)[1]) == ("waiting", STARTS + DAY)


def test_a_stopped_or_finished_change_stays_as_it_is(session, approved, editor):
    stopped = services.control.stop_job(move(session, editor).pk, by=editor, now=NOW)
    done = move(session, editor, days=2)
    carry_out()

    again = [services.control.stop_job(job.pk, by=editor, now=NOW + MINUTE) for job in (stopped, done)]

    assert [(job.state, job.finished_at) for job in again] == [("stopped", NOW), ("done", NOW)]
    assert now_is(session)[1] == STARTS + 2 * DAY


def test_a_stopped_bulk_decision_decides_nothing(webinar, session, approver):
    seat = make_registration(webinar, [session]).seats.get()
    decision = services.decisions.Decision(move=Move.APPROVE, by=approver, now=NOW)
    job = at_sight.start_bulk_decision([seat.pk], decision=decision)

    services.control.stop_job(job.pk, by=approver, now=NOW)
    services.runner.sweep(NOW + WINDOW)

    seat.refresh_from_db()
    assert (seat.state, kinds()) == ("requested", [])


def test_count_reached_counts_whose_calendar_would_change(webinar, session, approved, approver, editor):
    newcomer, _waiting = (make_registration(webinar, [session]) for _number in range(2))
    gone = approve(make_registration(webinar, [session]), approver)
    services.people.withdraw(gone.pk, now=NOW)
    moved = move(session, editor)
    approve(newcomer, approver)
    before = services.control.count_reached(moved, NOW)

    services.sessions.cancel_session(session.pk, reason="Ill.", by=editor, now=NOW)

    assert (
        before,
        services.control.count_reached(newest_job(), NOW),
        services.control.count_reached(moved, NOW),
    ) == (
        1,
        3,
        0,
    )


@pytest.mark.parametrize("people", [1, 3])
def test_count_reached_takes_two_queries(
    people, webinar, session, approver, editor, django_assert_num_queries
):
    for _number in range(people):
        approve(make_registration(webinar, [session]), approver)
    job = move(session, editor)

    with django_assert_num_queries(2):
        assert services.control.count_reached(job, NOW) == people


def test_count_reached_counts_who_has_not_seen_the_agenda(webinar, session, editor):
    make_registration(webinar, [session])
    make_registration(webinar, [session], agenda_seen=1)
    make_registration(webinar, [session], state="withdrawn")
    make_agenda_item(session)
    services.agenda.publish_agenda(webinar.pk, by=editor, now=NOW)

    assert services.control.count_reached(newest_job(), NOW) == 1


def test_count_reached_leaves_out_whose_agenda_is_the_same_again(webinar, session, editor):
    item = make_agenda_item(session)
    for title in ("Welcome", "Cases", "Welcome"):
        item.title = title
        item.save()
        services.agenda.publish_agenda(webinar.pk, by=editor, now=NOW)
    for seen in (0, 1, 2, 2):
        make_registration(webinar, [session], agenda_seen=seen)

    reached = services.control.count_reached(newest_job(), NOW)
    release()
    services.runner.sweep(NOW)

    assert (reached, kinds()) == (3, [MailKind.AGENDA] * 3)
