"""Reminders: when they are due, who gets them, and that nobody gets one twice."""

from datetime import timedelta

import pytest

from registrations import services
from registrations.models import BulkJob, MailKind, OutgoingMail, Reminder
from registrations.services.jobs import runner
from registrations.services.sessions import reminder_job
from registrations.states import Move
from tests.registrations import at_sight
from tests.registrations.factories import (
    NOW,
    STARTS,
    approve,
    carry_out,
    drain,
    kinds,
    make_registration,
    make_undated_session,
)

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
DAY = 24 * HOUR


@pytest.fixture
def reminders(session):
    services.sessions.add_usual_reminders(session.pk, now=NOW)


@pytest.fixture
def approved(webinar, session, reminders, approver):
    return approve(make_registration(webinar, [session]), approver)


def due(session):
    """Return when each reminder of a session goes out, by its hours."""
    return dict(Reminder.objects.filter(session=session).values_list("hours_before", "due_at"))


def reminded():
    """Return who was reminded, and under which key, in order."""
    mails = OutgoingMail.objects.filter(kind=MailKind.REMINDER).order_by("id")
    return list(mails.values_list("recipient", "dedupe_key"))


def key(registration, hours, starts_at=STARTS):
    return (registration.email, f"reminder:{registration.seats.get().pk}:{hours}:{starts_at:%Y%m%dT%H%M}")


def move(session, editor, starts_at, now=NOW):
    ends_at = starts_at and starts_at + 2 * HOUR
    services.sessions.reschedule_session(session.pk, starts_at=starts_at, ends_at=ends_at, by=editor, now=now)


def test_usual_reminders_are_a_day_and_an_hour_before(session, reminders):
    assert due(session) == {24: STARTS - DAY, 1: STARTS - HOUR}


def test_usual_reminders_are_added_once(session, reminders):
    services.sessions.add_usual_reminders(session.pk, now=NOW)

    assert len(due(session)) == 2


def test_reminders_follow_a_session_that_moves(session, reminders, editor):
    move(session, editor, STARTS + DAY)

    assert due(session) == {24: STARTS, 1: STARTS + DAY - HOUR}


def test_reminder_that_fell_into_a_stopped_move_goes_out_late(session, approved, editor):
    before = STARTS - HOUR - timedelta(minutes=2)
    move(session, editor, STARTS + DAY, now=before)
    services.sweep.run(STARTS - HOUR)
    during = reminded()

    stopped_at = STARTS - HOUR + timedelta(minutes=2)
    services.jobs.stop_job(BulkJob.objects.get(kind="session_change").pk, by=editor, now=stopped_at)
    services.sweep.run(stopped_at)

    assert (during, reminded()) == ([], [key(approved, 1)])


def test_reminder_that_was_sent_before_a_stopped_move_is_not_sent_again(session, approved, editor):
    services.sweep.run(STARTS - DAY)
    move(session, editor, STARTS + DAY, now=STARTS - DAY + timedelta(minutes=1))

    stopped_at = STARTS - DAY + timedelta(minutes=2)
    services.jobs.stop_job(BulkJob.objects.get(kind="session_change").pk, by=editor, now=stopped_at)
    services.sweep.run(stopped_at)

    assert reminded() == [key(approved, 24)]
    assert due(session) == {24: None, 1: STARTS - HOUR}


def test_reminder_that_is_due_survives_a_new_title(session, reminders, editor):
    just_after = STARTS - HOUR + timedelta(seconds=5)

    services.sessions.retitle_session(session.pk, title="Chains", place="Room 1", by=editor, now=just_after)

    assert due(session) == {24: STARTS - DAY, 1: STARTS - HOUR}


def test_reminders_follow_a_date_that_is_fixed_and_taken_back(webinar, editor):
    session = make_undated_session(webinar)
    services.sessions.add_usual_reminders(session.pk, now=NOW)
    undated = due(session)

    move(session, editor, STARTS)
    dated = due(session)
    move(session, editor, None)

    assert (undated, dated) == ({24: None, 1: None}, {24: STARTS - DAY, 1: STARTS - HOUR})
    assert due(session) == {24: None, 1: None}


def test_nobody_is_reminded_of_a_cancelled_session(session, approved, editor):
    services.sessions.cancel_session(session.pk, reason="Ill.", by=editor, now=NOW)
    services.sweep.run(STARTS - HOUR)

    assert due(session) == {24: None, 1: None}
    assert reminded() == []


def test_a_moment_that_has_passed_when_the_session_moves_is_left_out(session, approved, editor):
    move(session, editor, NOW + HOUR / 2)
    services.sweep.run(NOW + HOUR / 4)

    assert due(session) == {24: None, 1: None}
    assert reminded() == []


def test_a_moment_that_is_still_to_come_when_the_session_moves_is_kept(session, reminders, editor):
    move(session, editor, NOW + 2 * HOUR)

    assert due(session) == {24: None, 1: NOW + HOUR}


@pytest.mark.parametrize("hours", [24, 1])
def test_sweep_reminds_at_the_moment_and_not_before(session, approved, hours):
    moment = STARTS - hours * HOUR
    Reminder.objects.exclude(hours_before=hours).delete()

    services.sweep.run(moment - timedelta(seconds=1))
    before = reminded()
    services.sweep.run(moment)
    services.sweep.run(moment + timedelta(seconds=10))

    job = BulkJob.objects.get(kind="reminder")
    assert (before, reminded()) == ([], [key(approved, hours)])
    assert (job.session, job.webinar, job.state, job.total, job.changed, job.created_by) == (
        session,
        session.webinar,
        "done",
        1,
        1,
        None,
    )
    assert due(session)[hours] is None


def test_only_people_with_a_place_are_reminded(webinar, session, approved, approver):
    make_registration(webinar, [session])
    withdrawn = approve(make_registration(webinar, [session]), approver)
    services.people.withdraw(withdrawn.pk, now=NOW)
    rejected = make_registration(webinar, [session])
    decision = services.decisions.Decision(move=Move.REJECT, by=approver, now=NOW, reason="Full.")
    at_sight.decide_seats(rejected.pk, seat_ids=[rejected.seats.get().pk], decision=decision)

    services.sweep.run(STARTS - DAY)

    assert reminded() == [key(approved, 24)]


def test_the_mail_has_the_joining_link_and_no_calendar_and_is_of_no_use_after_the_next_one(session, approved):
    services.sweep.run(STARTS - DAY)

    mail = OutgoingMail.objects.get(kind=MailKind.REMINDER)
    assert mail.facts["join_url"].endswith(f"/join/{approved.seats.get().join_token}/")
    assert "calendar" not in mail.facts
    assert (mail.expires_at, mail.job) == (STARTS - HOUR, BulkJob.objects.get(kind="reminder"))
    assert approved.seats.get().told_sequence == 1  # as the invitation left it


def test_a_late_reminder_is_sent_as_long_as_no_nearer_one_is_due(session, approved):
    services.sweep.run(STARTS - 5 * HOUR)

    assert reminded() == [key(approved, 24)]
    assert due(session) == {24: None, 1: STARTS - HOUR}


def test_of_two_late_reminders_only_the_nearer_is_sent(session, approved):
    services.sweep.run(STARTS - HOUR / 2)

    assert reminded() == [key(approved, 1)]
    assert due(session) == {24: None, 1: None}


def test_nobody_is_reminded_once_the_session_has_begun(session, approved):
    services.sweep.run(STARTS)

    assert reminded() == []
    assert due(session) == {24: None, 1: None}
    assert not BulkJob.objects.filter(kind="reminder").exists()


def test_nobody_is_reminded_twice_and_late_comers_get_their_invitation(webinar, session, approved, approver):
    services.sweep.run(STARTS - DAY)
    late = approve(make_registration(webinar, [session]), approver, now=STARTS - DAY + HOUR)
    services.sweep.run(STARTS - DAY + HOUR)

    assert reminded() == [key(approved, 24)]
    assert kinds(late) == ["invitation"]

    services.sweep.run(STARTS - HOUR)

    assert reminded()[1:] == [key(approved, 1), key(late, 1)]


def test_a_session_that_moves_after_its_reminder_is_reminded_of_again(session, approved, editor):
    services.sweep.run(STARTS - DAY)
    move(session, editor, STARTS + 7 * DAY, now=STARTS - DAY + HOUR)
    services.sweep.run(STARTS + 6 * DAY)

    assert reminded() == [key(approved, 24), key(approved, 24, STARTS + 7 * DAY)]


def test_a_job_whose_session_moved_before_it_was_done_tells_nobody(session, approved, editor):
    reminder_job.start_due_reminders(STARTS - HOUR)
    move(session, editor, STARTS + DAY, now=STARTS - HOUR)

    services.sweep.run(STARTS - HOUR)

    job = BulkJob.objects.get(kind="reminder")
    assert (reminded(), job.state, job.changed, job.skipped) == ([], "done", 0, 1)


def test_a_job_that_is_done_after_the_start_tells_nobody(session, approved):
    reminder_job.start_due_reminders(STARTS - HOUR)

    services.sweep.run(STARTS)

    assert reminded() == []


def test_a_job_that_is_done_when_a_nearer_reminder_is_due_tells_nobody(session, approved):
    reminder_job.start_due_reminders(STARTS - DAY)

    services.sweep.run(STARTS - HOUR)

    assert reminded() == [key(approved, 1)]


def test_a_reminder_still_in_the_queue_when_the_session_begins_is_not_sent(
    session, approved, mailoutbox, time_machine
):
    OutgoingMail.objects.update(due_at=None)  # what was told before
    services.sweep.run(STARTS - HOUR)

    time_machine.move_to(STARTS, tick=False)
    drain()

    mail = OutgoingMail.objects.get(kind=MailKind.REMINDER)
    assert (mail.state, mail.due_at, mail.reply, mailoutbox) == (
        "dropped",
        None,
        "Not sent: it came too late to be of use.",
        [],
    )


def in_the_queue():
    """Let a reminder of the hour before wait in the queue, alone."""
    OutgoingMail.objects.update(due_at=None)  # what was told before
    services.sweep.run(STARTS - HOUR)


def became():
    drain()
    return OutgoingMail.objects.filter(kind=MailKind.REMINDER).values_list("state", "reply").get()


def test_a_reminder_still_in_the_queue_waits_for_a_move_and_goes_when_it_is_stopped(
    session, approved, editor, time_machine, mailoutbox
):
    now = STARTS - HOUR
    time_machine.move_to(now, tick=False)
    in_the_queue()
    move(session, editor, STARTS + DAY, now=now)
    waits = became()
    services.jobs.stop_job(BulkJob.objects.get(kind="session_change").pk, by=editor, now=now)
    OutgoingMail.objects.filter(state="waiting").update(due_at=now)

    assert waits == ("waiting", "The session has changed; the mail that says so is being written.")
    assert became() == ("sent", "")


def test_a_reminder_still_in_the_queue_when_the_session_has_moved_is_not_sent(
    session, approved, editor, time_machine
):
    time_machine.move_to(STARTS - HOUR, tick=False)
    in_the_queue()
    move(session, editor, STARTS + DAY, now=STARTS - HOUR)
    carry_out(STARTS - HOUR)

    assert became() == ("dropped", "The session has moved or is called off.")


@pytest.mark.parametrize("what", ["place", "person", "address"])
def test_a_reminder_still_in_the_queue_is_not_sent_where_something_is_gone(what, approved, time_machine):
    time_machine.move_to(STARTS - HOUR, tick=False)
    in_the_queue()
    if what == "place":
        approved.seats.update(state="cancelled")
    elif what == "person":
        approved.state = "withdrawn"
    else:
        approved.email = "elsewhere@example.org"
    approved.save()

    assert became() == ("dropped", "The place or the address has changed since.")


def test_a_reminder_is_not_sent_again_when_its_time_has_passed(session, approved, approver, time_machine):
    time_machine.move_to(STARTS - HOUR, tick=False)
    in_the_queue()
    sent = became()
    mail = OutgoingMail.objects.get(kind=MailKind.REMINDER)
    again = services.mail.resend_mail(mail.pk, by=approver, now=STARTS - HOUR)
    OutgoingMail.objects.update(due_at=None)

    with pytest.raises(services.errors.MailNotResendable, match="its time has passed"):
        services.mail.resend_mail(mail.pk, by=approver, now=STARTS)
    assert (sent, again.expires_at) == (("sent", ""), STARTS)


def test_changed_reminders_are_planned_and_a_late_one_beside_them_is_kept(session, reminders):
    now = STARTS - DAY + timedelta(seconds=3)  # the sweep has not come by yet
    new = session.reminders.create(hours_before=2)
    passed = session.reminders.create(hours_before=48)

    services.sessions.plan_changed_reminders(session.pk, ids=[new.pk, passed.pk], now=now)

    assert due(session) == {48: None, 24: STARTS - DAY, 2: STARTS - 2 * HOUR, 1: STARTS - HOUR}


@pytest.mark.parametrize("count", [1, 3])
def test_reminding_takes_a_fixed_number_of_queries(
    webinar, session, reminders, approver, count, django_assert_num_queries
):
    for _number in range(count):
        approve(make_registration(webinar, [session]), approver)

    with django_assert_num_queries(9):
        reminder_job.start_due_reminders(STARTS - HOUR)
    with django_assert_num_queries(14):
        runner.work_one_chunk(STARTS - HOUR)

    assert len(reminded()) == count


def test_looking_for_reminders_takes_one_query(session, reminders, django_assert_num_queries):
    with django_assert_num_queries(1):
        reminder_job.start_due_reminders(NOW)
