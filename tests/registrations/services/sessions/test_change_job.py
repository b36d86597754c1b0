"""A session's change: what stopping it takes back, who is told, and what a release lets go."""

from datetime import timedelta

import pytest

from registrations import services
from registrations.models import (
    BulkJob,
    HistoryEntry,
    MailKind,
    WebinarSession,
)
from tests.registrations.factories import (
    ENDS,
    MINUTE,
    NOW,
    STARTS,
    approve,
    calendar_mails,
    carry_out,
    kinds,
    make_registration,
    release,
    would_be_mailed,
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

    services.jobs.release_job(job.pk, by=editor, now=NOW + MINUTE)
    services.sweep.run(NOW + MINUTE)

    assert kinds(approved)[-1] == MailKind.SESSION_CHANGED
    entry = HistoryEntry.objects.get(action="bulk_released")
    assert (entry.by, entry.session, entry.facts) == (editor, session, named(job))


def test_stopping_a_move_takes_it_back_and_tells_nobody(session, approved, editor, approver):
    job = move(session, editor)

    stopped = services.jobs.stop_job(job.pk, by=approver, now=NOW + MINUTE)
    services.sweep.run(NOW + WINDOW)

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

    services.jobs.stop_job(job.pk, by=editor, now=NOW + 2 * MINUTE)
    services.sweep.run(NOW + 2 * MINUTE)

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
    assessed = newcomer.seats.get().outcome

    services.jobs.stop_job(job.pk, by=editor, now=NOW)
    services.sweep.run(NOW)

    seat = newcomer.seats.get()
    assert (assessed, seat.outcome, seat.judged_as_of) == ("review", "eligible", STARTS.date())


def test_stopping_take_date_back_gives_the_date_back(webinar, session, approved, approver, editor):
    newcomer = make_registration(webinar, [session])
    services.sessions.reschedule_session(session.pk, starts_at=None, ends_at=None, by=editor, now=NOW)
    job = newest_job()
    approve(newcomer, approver)

    services.jobs.stop_job(job.pk, by=editor, now=NOW)
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

    services.jobs.stop_job(job.pk, by=editor, now=NOW)
    carry_out()

    assert now_is(later_session)[1:3] == (None, None)
    assert kinds(kept) == [MailKind.PLACE_KEPT]
    assert calendar_mails(newcomer) == [
        (MailKind.INVITATION, "REQUEST", 2),
        (MailKind.DATE_WITHDRAWN, "CANCEL", 3),
    ]


def test_stopping_a_new_title_gives_title_and_place_back(session, approved, editor):
    services.sessions.retitle_session(session.pk, title="Chains", place="Room 1", by=editor, now=NOW)

    services.jobs.stop_job(newest_job().pk, by=editor, now=NOW)
    carry_out()

    assert now_is(session) == ("planned", STARTS, ENDS, "Supply chains", PLACE, 3)
    assert kinds(approved) == [MailKind.INVITATION]


def test_stopping_a_cancellation_keeps_the_session_and_everybodys_seats(webinar, session, approved, editor):
    waiting = make_registration(webinar, [session])
    services.sessions.cancel_session(session.pk, reason="Ill.", by=editor, now=NOW)

    services.jobs.stop_job(newest_job().pk, by=editor, now=NOW)
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

    services.sweep.run(NOW + 8 * MINUTE)
    before = kinds(approved)
    services.sweep.run(NOW + 9 * MINUTE)

    assert before == [MailKind.INVITATION]
    assert calendar_mails(approved)[1:] == [(MailKind.SESSION_CHANGED, "REQUEST", 3)]
    told = approved.seats.get().told
    assert (told["title"], told["starts_at"]) == ("Chains", (STARTS + DAY).isoformat())


@pytest.mark.parametrize("act", [services.jobs.stop_job, services.jobs.release_job])
def test_the_earlier_of_two_changes_is_not_stopped_or_released_alone(act, session, approved, editor):
    first = move(session, editor)
    second = move(session, editor, days=2)

    with pytest.raises(services.errors.LaterChangeWaits):
        act(first.pk, by=editor, now=NOW)

    assert services.jobs.waits_for(first, NOW) == second
    assert services.jobs.waits_for(second, NOW) is None
    assert now_is(session)[1] == STARTS + 2 * DAY


def test_stopping_the_later_of_two_changes_leaves_the_earlier_one_to_be_told(
    webinar, session, approved, approver, editor
):
    newcomer = make_registration(webinar, [session])
    first = move(session, editor)
    second = move(session, editor, days=2)
    approve(newcomer, approver)

    services.jobs.stop_job(second.pk, by=editor, now=NOW)
    services.sweep.run(NOW)
    before = kinds(approved) + kinds(newcomer)
    services.jobs.release_job(first.pk, by=editor, now=NOW)
    services.sweep.run(NOW)

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
        services.jobs.stop_job(job.pk, by=editor, now=NOW)
    services.sweep.run(NOW)

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
        services.jobs.stop_job(job.pk, by=editor, now=NOW)

    job.refresh_from_db()
    assert (job.state, now_is(session)[1]) == ("waiting", STARTS + DAY)


def test_a_stopped_or_finished_change_stays_as_it_is(session, approved, editor):
    stopped = services.jobs.stop_job(move(session, editor).pk, by=editor, now=NOW)
    done = move(session, editor, days=2)
    carry_out()

    again = [services.jobs.stop_job(job.pk, by=editor, now=NOW + MINUTE) for job in (stopped, done)]

    assert [(job.state, job.finished_at) for job in again] == [("stopped", NOW), ("done", NOW)]
    assert now_is(session)[1] == STARTS + 2 * DAY


def test_preview_counts_whose_calendar_would_change(webinar, session, approved, approver, editor):
    newcomer, _waiting = (make_registration(webinar, [session]) for _number in range(2))
    gone = approve(make_registration(webinar, [session]), approver)
    services.people.withdraw(gone.pk, now=NOW)
    moved = move(session, editor)
    approve(newcomer, approver)
    before = would_be_mailed(moved)

    services.sessions.cancel_session(session.pk, reason="Ill.", by=editor, now=NOW)

    assert (
        before,
        would_be_mailed(newest_job()),
        would_be_mailed(moved),
    ) == (
        1,
        3,
        0,
    )


@pytest.mark.parametrize("people", [1, 3])
def test_preview_takes_two_queries(people, webinar, session, approver, editor, django_assert_num_queries):
    for _number in range(people):
        approve(make_registration(webinar, [session]), approver)
    job = move(session, editor)

    with django_assert_num_queries(2):
        assert would_be_mailed(job) == people
