"""What Editors do to sessions, and how it reaches people."""

from datetime import datetime, time, timedelta

import pytest

from registrations import services
from registrations.ical import BRUSSELS_ZONE
from registrations.models import HistoryEntry, MailKind, OutgoingMail
from registrations.services.decisions import undecided
from registrations.services.sessions.changes import MovedAlong
from registrations.states import Move
from tests.registrations import at_sight
from tests.registrations.factories import (
    ENDS,
    NOW,
    STARTS,
    approve,
    calendar_mails,
    carry_out,
    kinds,
    make_agenda_item,
    make_registration,
    make_session,
)

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def approved(webinar, session, approver):
    return approve(make_registration(webinar, [session]), approver)


def move(session, editor, by=DAY):
    services.sessions.reschedule_session(
        session.pk, starts_at=STARTS + by, ends_at=ENDS + by, by=editor, now=NOW
    )
    carry_out()


def agenda_of(session):
    return [
        str(time) if time else ""
        for time in session.agenda_items.order_by("pk").values_list("starts_at", flat=True)
    ]


def test_working_agenda_moves_along_where_that_is_wanted_and_comes_back_when_the_move_is_stopped(
    session, editor
):
    for starts_at in (time(10, 30), None, time(12, 0)):
        make_agenda_item(session, starts_at=starts_at)
    by = timedelta(days=1, hours=12, minutes=15)
    new = {"starts_at": STARTS + by, "ends_at": ENDS + by, "by": editor, "now": NOW}

    services.sessions.reschedule_session(session.pk, **new, moved_along=MovedAlong(agenda=True))
    moved = agenda_of(session)
    services.jobs.stop_job(session.jobs.get().pk, by=editor, now=NOW)
    stopped = agenda_of(session)
    services.sessions.reschedule_session(session.pk, **new)

    assert moved == ["22:45:00", "", "00:15:00"]
    assert stopped == ["10:30:00", "", "12:00:00"]
    assert agenda_of(session) == stopped
    assert HistoryEntry.objects.filter(action="rescheduled").last().facts["agenda_minutes"] == 735


def test_reschedule_moves_the_session_of_the_approved_only(webinar, session, approved, editor):
    waiting = make_registration(webinar, [session])

    move(session, editor)

    assert calendar_mails(approved)[1:] == [(MailKind.SESSION_CHANGED, "REQUEST", 2)]
    assert kinds(waiting) == []
    assert approved.seats.get().told["starts_at"] == (STARTS + DAY).isoformat()


def test_reschedule_keeps_the_uid(session, approved, editor):
    move(session, editor)

    uids = {mail.facts["calendar"]["uid"] for mail in OutgoingMail.objects.filter(registration=approved)}
    assert len(uids) == 1


def test_reschedule_records_what_was_and_what_is(session, approved, editor):
    move(session, editor)

    entry = HistoryEntry.objects.get(action="rescheduled")
    assert entry.by == editor
    assert entry.facts["was"]["starts_at"] == "2020-04-28T08:30:00Z"
    assert entry.facts["now"]["starts_at"] == "2020-04-29T08:30:00Z"


def test_reschedule_to_the_same_time_tells_nobody(session, approved, editor):
    move(session, editor, by=timedelta(0))

    assert kinds(approved) == [MailKind.INVITATION]


def test_two_moves_before_the_worker_comes_are_told_once(session, approved, editor):
    for days in (1, 2):
        services.sessions.reschedule_session(
            session.pk, starts_at=STARTS + days * DAY, ends_at=ENDS + days * DAY, by=editor, now=NOW
        )

    carry_out()

    assert calendar_mails(approved)[1:] == [(MailKind.SESSION_CHANGED, "REQUEST", 3)]
    assert approved.seats.get().told["starts_at"] == (STARTS + 2 * DAY).isoformat()


def test_somebody_approved_before_the_worker_comes_is_told_once(webinar, session, approver, editor):
    registration = make_registration(webinar, [session])
    services.sessions.reschedule_session(
        session.pk, starts_at=STARTS + DAY, ends_at=ENDS + DAY, by=editor, now=NOW
    )
    approve(registration, approver)

    carry_out()

    assert calendar_mails(registration) == [(MailKind.INVITATION, "REQUEST", 2)]


def test_fixing_the_date_invites_exactly_the_approved(webinar, later_session, approver, editor):
    kept = approve(make_registration(webinar, [later_session]), approver)
    waiting = make_registration(webinar, [later_session])

    services.sessions.reschedule_session(later_session.pk, starts_at=STARTS, ends_at=ENDS, by=editor, now=NOW)
    carry_out()

    assert calendar_mails(kept) == [(MailKind.PLACE_KEPT, "", -1), (MailKind.SESSION_CHANGED, "REQUEST", 1)]
    assert kinds(waiting) == []


@pytest.mark.parametrize("end", ["withdrawn", "rejected", "cancelled"])
def test_fixing_the_date_does_not_invite_who_lost_the_place(end, webinar, later_session, approver, editor):
    person = approve(make_registration(webinar, [later_session]), approver)
    if end == "withdrawn":
        services.people.withdraw(person.pk, now=NOW)
    else:
        move_ = Move.REJECT if end == "rejected" else Move.CANCEL
        decision = services.decisions.Decision(move=move_, by=approver, now=NOW, reason="No.")
        at_sight.decide_seats(person.pk, seat_ids=[person.seats.get().pk], decision=decision)

    move(later_session, editor)

    assert kinds(person) == [MailKind.PLACE_KEPT, end]


def test_a_date_fixed_and_taken_back_leaves_no_entry_and_keeps_the_place(
    webinar, later_session, approver, editor
):
    person = approve(make_registration(webinar, [later_session]), approver)

    move(later_session, editor)
    services.sessions.reschedule_session(later_session.pk, starts_at=None, ends_at=None, by=editor, now=NOW)
    carry_out()

    assert calendar_mails(person)[1:] == [
        (MailKind.SESSION_CHANGED, "REQUEST", 1),
        (MailKind.DATE_WITHDRAWN, "CANCEL", 2),
    ]
    assert person.seats.get().state == "approved"


def test_taking_the_date_back_cancels_and_fixing_it_again_invites(webinar, session, approved, editor):
    services.sessions.reschedule_session(session.pk, starts_at=None, ends_at=None, by=editor, now=NOW)
    carry_out()
    move(session, editor)

    assert calendar_mails(approved)[1:] == [
        (MailKind.DATE_WITHDRAWN, "CANCEL", 2),
        (MailKind.SESSION_CHANGED, "REQUEST", 3),
    ]


@pytest.mark.parametrize(
    ("starts_at", "ends_at", "message"),
    [
        (STARTS, None, "Give both a start and an end"),
        (None, ENDS, "Give both a start and an end"),
        (STARTS, STARTS, "has to end after it starts"),
        (ENDS, STARTS, "has to end after it starts"),
        (NOW, ENDS, "in the future"),
    ],
    ids=["no end", "no start", "0 minutes", "ends before it starts", "not in the future"],
)
def test_reschedule_refuses_times_that_make_no_meeting(session, editor, starts_at, ends_at, message):
    with pytest.raises(services.errors.BadTimes, match=message):
        services.sessions.reschedule_session(
            session.pk, starts_at=starts_at, ends_at=ends_at, by=editor, now=NOW
        )


def test_a_new_day_is_judged_anew_and_flags_whom_the_lists_no_longer_admit(
    webinar, session, approved, editor
):
    new_day = STARTS.replace(year=2021)

    services.sessions.reschedule_session(
        session.pk, starts_at=new_day, ends_at=new_day + DAY, by=editor, now=NOW
    )
    carry_out()

    seat = approved.seats.get()
    assert (seat.state, seat.outcome, seat.judged_as_of, seat.flagged_at) == (
        "approved",
        "review",
        new_day.date(),
        NOW,
    )
    assert calendar_mails(approved)[-1] == (MailKind.SESSION_CHANGED, "REQUEST", 2)


def test_retitle_moves_the_calendar_entry(session, approved, editor):
    services.sessions.retitle_session(session.pk, title="Supply", place="WebEx Meetings", by=editor, now=NOW)
    carry_out()

    assert calendar_mails(approved)[1:] == [(MailKind.SESSION_CHANGED, "REQUEST", 2)]
    assert approved.seats.get().told["title"] == "Supply"


def test_retitle_to_the_same_tells_nobody(session, approved, editor):
    services.sessions.retitle_session(
        session.pk, title=session.title, place=session.place, by=editor, now=NOW
    )
    carry_out()

    assert kinds(approved) == [MailKind.INVITATION]


def test_retitle_of_an_undated_session_writes_no_calendar(webinar, later_session, approver, editor):
    registration = approve(make_registration(webinar, [later_session]), approver)

    services.sessions.retitle_session(
        later_session.pk, title="New", place=later_session.place, by=editor, now=NOW
    )
    carry_out()

    assert kinds(registration) == [MailKind.PLACE_KEPT]


def test_cancel_session_tells_everybody_and_ends_their_seats(webinar, session, approved, approver, editor):
    waiting = make_registration(webinar, [session])
    rejected = make_registration(webinar, [session])
    ids = [rejected.seats.get().pk]
    no = services.decisions.Decision(move=Move.REJECT, by=approver, now=NOW, reason="No.")
    at_sight.decide_seats(rejected.pk, seat_ids=ids, decision=no)

    services.sessions.cancel_session(session.pk, reason="The speakers are ill.", by=editor, now=NOW)
    carry_out()

    assert calendar_mails(approved)[1:] == [(MailKind.SESSION_CANCELLED, "CANCEL", 2)]
    assert calendar_mails(waiting) == [(MailKind.SESSION_CANCELLED, "", -1)]
    assert kinds(rejected) == [MailKind.REJECTED]
    assert [r.seats.get().state for r in (approved, waiting, rejected)] == [
        "cancelled",
        "cancelled",
        "rejected",
    ]


def test_session_moved_away_and_back_before_anybody_was_told_is_told_to_nobody(session, approved, editor):
    for by in (DAY, timedelta(0)):
        services.sessions.reschedule_session(
            session.pk, starts_at=STARTS + by, ends_at=ENDS + by, by=editor, now=NOW
        )
    carry_out(NOW)

    assert kinds(approved) == [MailKind.INVITATION]


def test_cancelled_session_is_told_to_whom_an_edit_had_put_back_before(webinar, session, approved, editor):
    services.sessions.cancel_session(session.pk, reason="Ill.", by=editor, now=NOW)
    answers = services.people.Submission(
        first_name=approved.first_name,
        last_name=approved.last_name,
        email=approved.email,
        organisation=approved.organisation,
        organisation_type=approved.organisation_type,
        country="US",
        sessions=(session.pk,),
        ask_review=True,
    )
    services.people.edit(approved.pk, submission=answers, now=NOW)
    carry_out(NOW)

    assert calendar_mails(approved)[1:] == [
        (MailKind.PUT_BACK, "CANCEL", 3),
        (MailKind.SESSION_CANCELLED, "", -1),
    ]
    assert approved.seats.get().state == "cancelled"


def test_cancel_session_needs_a_reason(session, editor):
    with pytest.raises(services.errors.ReasonNeeded):
        services.sessions.cancel_session(session.pk, reason="", by=editor, now=NOW)


def test_a_cancelled_session_does_not_change_any_more(session, editor):
    services.sessions.cancel_session(session.pk, reason="Ill.", by=editor, now=NOW)

    with pytest.raises(services.errors.SessionIsCancelled):
        services.sessions.reschedule_session(
            session.pk, starts_at=STARTS + DAY, ends_at=ENDS + DAY, by=editor, now=NOW
        )
    with pytest.raises(services.errors.SessionIsCancelled):
        services.sessions.retitle_session(session.pk, title="x", place="y", by=editor, now=NOW)


@pytest.mark.parametrize(
    "change",
    [
        lambda pk, by: services.sessions.reschedule_session(
            pk, starts_at=STARTS + DAY, ends_at=ENDS + DAY, by=by, now=ENDS
        ),
        lambda pk, by: services.sessions.reschedule_session(
            pk, starts_at=None, ends_at=None, by=by, now=ENDS
        ),
        lambda pk, by: services.sessions.retitle_session(
            pk, title="Else", place="Elsewhere", by=by, now=ENDS
        ),
        lambda pk, by: services.sessions.cancel_session(pk, reason="Nobody came.", by=by, now=ENDS),
    ],
    ids=["moved", "date taken back", "renamed", "cancelled"],
)
def test_a_session_that_is_over_does_not_change_any_more(change, session, approved, editor):
    session.refresh_from_db()

    with pytest.raises(services.errors.SessionIsOver, match=r"This session is over\."):
        change(session.pk, editor)

    unchanged = (session.title, session.starts_at, session.state, session.sequence)
    session.refresh_from_db()
    assert (session.title, session.starts_at, session.state, session.sequence) == unchanged
    assert not session.jobs.exists()


def test_a_session_that_is_running_can_still_be_called_off_and_postponed(session, approved, editor):
    services.sessions.reschedule_session(
        session.pk, starts_at=STARTS + DAY, ends_at=ENDS + DAY, by=editor, now=STARTS + timedelta(minutes=5)
    )

    session.refresh_from_db()
    assert session.starts_at == STARTS + DAY


def test_cancel_session_twice_tells_once(session, approved, editor):
    for _time in range(2):
        services.sessions.cancel_session(session.pk, reason="Ill.", by=editor, now=NOW)
        carry_out()

    assert kinds(approved) == [MailKind.INVITATION, MailKind.SESSION_CANCELLED]


def test_undecided_seats_stay_open_where_the_session_got_its_later_day_back_before_they_were_told(
    webinar, editor, settings
):
    settings.BULK_STOP_WINDOW = 30 * 24 * 60 * 60
    session = make_session(webinar, starts_at=STARTS + DAY, ends_at=ENDS + DAY)
    waiting = make_registration(webinar, [session])
    services.sessions.reschedule_session(session.pk, starts_at=STARTS, ends_at=ENDS, by=editor, now=NOW)
    undecided.close_ended_sessions(ENDS)
    services.jobs.stop_job(session.jobs.get(kind="session_change").pk, by=editor, now=ENDS)

    services.sweep.run(ENDS)

    assert (waiting.seats.get().state, kinds(waiting)) == ("requested", [])


def test_undecided_seats_of_a_session_cancelled_just_before_its_end_are_told_of_that(
    webinar, session, editor
):
    waiting = make_registration(webinar, [session])
    just_before = ENDS - timedelta(minutes=2)
    services.sessions.cancel_session(session.pk, reason="The speaker is ill.", by=editor, now=just_before)

    services.sweep.run(ENDS)
    carry_out(ENDS)

    assert kinds(waiting) == [MailKind.SESSION_CANCELLED]


def test_undecided_seats_are_closed_with_a_mail_when_the_session_ends(webinar, session, approved):
    waiting = make_registration(webinar, [session])

    services.sweep.run(ENDS - timedelta(seconds=1))
    before = kinds(waiting)
    services.sweep.run(ENDS)
    services.sweep.run(ENDS)

    assert before == []
    assert kinds(waiting) == [MailKind.UNDECIDED]
    assert (waiting.seats.get().state, approved.seats.get().state) == ("cancelled", "approved")
    assert list(HistoryEntry.objects.filter(action="undecided").values_list("registration", flat=True)) == [
        waiting.pk
    ]


@pytest.mark.parametrize(
    ("starts_at", "ends_at"),
    [
        pytest.param(
            "2020-10-25T00:30+00:00", "2020-10-25T03:00+00:00", id="starts in the hour's first turn"
        ),
        pytest.param(
            "2020-10-25T01:30+00:00", "2020-10-25T03:00+00:00", id="starts in the hour's second turn"
        ),
        pytest.param("2020-10-24T22:00+00:00", "2020-10-25T00:30+00:00", id="ends in the hour's first turn"),
        pytest.param("2020-10-24T22:00+00:00", "2020-10-25T01:59+00:00", id="ends in the hour's second turn"),
    ],
)
def test_reschedule_refuses_the_hour_that_comes_twice(session, editor, starts_at, ends_at):
    starts_at, ends_at = datetime.fromisoformat(starts_at), datetime.fromisoformat(ends_at)

    with pytest.raises(services.errors.BadTimes, match="the hour in which the clocks change"):
        services.sessions.reschedule_session(
            session.pk, starts_at=starts_at, ends_at=ends_at, by=editor, now=NOW
        )


def test_reschedule_refuses_a_time_that_is_left_out(session, editor):
    starts_at = datetime(2021, 3, 28, 2, 30, tzinfo=BRUSSELS_ZONE)

    with pytest.raises(services.errors.BadTimes, match="the hour in which the clocks change"):
        services.sessions.reschedule_session(
            session.pk, starts_at=starts_at, ends_at=starts_at + 3 * DAY, by=editor, now=NOW
        )


@pytest.mark.parametrize(
    ("starts_at", "ends_at"),
    [
        pytest.param("2020-10-24T23:59+00:00", "2020-10-25T02:00+00:00", id="over the hour that comes twice"),
        pytest.param("2021-03-28T00:59+00:00", "2021-03-28T01:00+00:00", id="over the hour that is left out"),
    ],
)
def test_reschedule_takes_a_session_over_the_change_of_the_clocks(session, editor, starts_at, ends_at):
    starts_at, ends_at = datetime.fromisoformat(starts_at), datetime.fromisoformat(ends_at)

    moved = services.sessions.reschedule_session(
        session.pk, starts_at=starts_at, ends_at=ends_at, by=editor, now=NOW
    )

    assert (moved.starts_at, moved.ends_at) == (starts_at, ends_at)
