"""What delivery does with a calendar mail whose session has moved on, and with one that is not sound."""

from datetime import timedelta

import pytest
from django.utils import timezone

from registrations import delivery, mails, services
from registrations.delivery import Delivered
from registrations.models import BulkJob, OutgoingMail, Seat, WebinarSession
from registrations.states import Move
from tests.registrations.factories import (
    ENDS,
    NOW,
    STARTS,
    approve,
    calendar_mails,
    carry_out,
    decide,
    drain,
    make_registration,
)

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _delivered_at_the_moment(at_the_moment, mail_server):
    """Deliver to a real server, at the moment the factories speak of."""


@pytest.fixture
def invited(webinar, session, approver):
    """Return somebody whose invitation waits."""
    return approve(make_registration(webinar, [session]), approver)


def move(session, editor, days=1):
    services.sessions.reschedule_session(
        session.pk, starts_at=STARTS + days * DAY, ends_at=ENDS + days * DAY, by=editor, now=NOW
    )


def became(*columns):
    """Return what became of every mail, in the order they were written."""
    return list(OutgoingMail.objects.order_by("pk").values_list("kind", "state", *columns))


def test_invitation_to_a_session_that_stands_is_sent(invited):
    assert drain() == Delivered(sent=1)


def test_request_is_dropped_once_a_later_one_for_the_seat_is_written(invited, session, editor, mail_server):
    move(session, editor)
    carry_out(NOW)

    assert drain() == Delivered(sent=1, dropped=1)

    assert became("reply", "due_at", "claim") == [
        ("invitation", "dropped", "A later calendar mail tells it.", None, None),
        ("session_changed", "sent", "", None, None),
    ]
    assert len(mail_server.received) == 1


def test_request_is_dropped_once_a_cancellation_for_the_seat_is_written(invited, approver):
    decide(invited, approver, Move.REJECT)

    assert drain() == Delivered(sent=1, dropped=1)

    assert became() == [("invitation", "dropped"), ("rejected", "sent")]


def test_cancellation_is_sent_though_a_later_invitation_is_written(invited, approver):
    drain()
    decide(invited, approver, Move.REJECT)
    decide(invited, approver, Move.APPROVE)

    assert drain() == Delivered(sent=2)

    assert calendar_mails(invited) == [
        ("invitation", "REQUEST", 1),
        ("rejected", "CANCEL", 2),
        ("invitation", "REQUEST", 3),
    ]


@pytest.mark.parametrize("change", ["time", "date taken back", "title", "place", "cancelled"])
def test_request_waits_uncounted_while_a_change_is_not_told_yet(change, invited, session, editor):
    acts = {
        "time": lambda: move(session, editor),
        "date taken back": lambda: services.sessions.reschedule_session(
            session.pk, starts_at=None, ends_at=None, by=editor, now=NOW
        ),
        "title": lambda: services.sessions.retitle_session(
            session.pk, title="Chains", place=session.place, by=editor, now=NOW
        ),
        "place": lambda: services.sessions.retitle_session(
            session.pk, title=session.title, place="Brussels", by=editor, now=NOW
        ),
        "cancelled": lambda: services.sessions.cancel_session(
            session.pk, reason="A strike.", by=editor, now=NOW
        ),
    }
    acts[change]()

    assert drain() == Delivered(postponed=1)

    assert became("attempts", "due_at", "claim", "reply") == [
        (
            "invitation",
            "waiting",
            0,
            NOW + timedelta(minutes=1),
            None,
            "The session has changed; the mail that says so is being written.",
        )
    ]


def test_request_that_waited_is_dropped_once_the_change_is_told(invited, session, editor):
    move(session, editor)
    drain()
    carry_out(NOW)
    OutgoingMail.objects.update(due_at=NOW)

    assert drain() == Delivered(sent=1, dropped=1)

    assert became() == [("invitation", "dropped"), ("session_changed", "sent")]


def test_request_with_equal_content_is_sent_under_a_sequence_that_others_raised(
    invited, webinar, session, approver
):
    approve(make_registration(webinar, [session]), approver)

    assert drain() == Delivered(sent=2)

    assert calendar_mails(invited) == [("invitation", "REQUEST", 1)]
    assert WebinarSession.objects.get(pk=session.pk).sequence == 2


def test_request_is_sent_when_a_change_was_taken_back(invited, session, editor):
    move(session, editor)
    move(session, editor, days=0)

    assert drain() == Delivered(sent=1)


def test_request_is_sent_when_the_change_was_stopped_and_so_taken_back(invited, session, editor):
    move(session, editor)
    services.jobs.stop_job(BulkJob.objects.get().pk, by=editor, now=NOW)

    assert drain() == Delivered(sent=1)


def end_jobs():
    """Let every job be over, as nothing on the site would do it."""
    BulkJob.objects.update(state=BulkJob.State.STOPPED, due_at=None)


def test_request_is_held_back_when_nothing_will_tell_the_change(invited, session, editor, caplog):
    move(session, editor)
    end_jobs()

    assert drain() == Delivered(failed=1)

    assert became("reply") == [
        (
            "invitation",
            "failed",
            "Held back: DTSTART is not the session's; DTEND is not the session's.",
        )
    ]
    logged = [record.getMessage() for record in caplog.records if record.name == delivery.__name__]
    assert logged == [f"Mail {OutgoingMail.objects.get().pk} does not say what it should and is held back."]


def test_request_is_held_back_when_nothing_will_tell_that_the_date_is_gone(invited, session, editor):
    services.sessions.reschedule_session(session.pk, starts_at=None, ends_at=None, by=editor, now=NOW)
    end_jobs()

    drain()

    assert became("reply") == [
        ("invitation", "failed", "Held back: the session has no date or is cancelled.")
    ]


def test_request_is_dropped_when_the_job_ends_while_it_is_looked_at(invited, session, editor, monkeypatch):
    move(session, editor)
    exists = type(BulkJob.objects.all()).exists

    def finish_first(queryset):
        if queryset.model is BulkJob:
            carry_out(NOW)
        return exists(queryset)

    monkeypatch.setattr("django.db.models.query.QuerySet.exists", finish_first)

    assert drain() == Delivered(sent=1, dropped=1)


def damage(mail, **calendar):
    """Change what a mail's frozen appointment says."""
    mail.facts["calendar"] |= calendar
    mail.save()


@pytest.mark.parametrize(
    ("calendar", "words"),
    [
        pytest.param({"starts_at": NOW.isoformat()}, "DTSTART is not the session's", id="another start"),
        pytest.param({"uid": "0@localhost.localdomain"}, "UID is not the session's", id="another UID"),
        pytest.param({"summary": "Recovery"}, "SUMMARY is not the session's", id="another title"),
        pytest.param(
            {"attendee": {"email": "eve@example.org", "name": ""}},
            "ATTENDEE is not the recipient alone",
            id="another attendee",
        ),
        pytest.param(
            {"organiser": {"email": "noreply@example.org", "name": ""}},
            "ORGANIZER is not the session's",
            id="another organiser",
        ),
    ],
)
def test_request_that_says_otherwise_than_its_session_fails(invited, calendar, words, mail_server):
    damage(OutgoingMail.objects.get(), **calendar)

    assert drain() == Delivered(failed=1)

    assert became("reply") == [("invitation", "failed", f"Held back: {words}.")]
    assert mail_server.received == []


def test_request_damaged_after_it_was_rendered_fails(invited, mail_server):
    mail_server.for_recipients.append("451 4.3.0 later")
    drain()
    mail = OutgoingMail.objects.get()
    mail.raw, mail.due_at = bytes(mail.raw).replace(b'method="REQUEST"', b'method="CANCEL"'), NOW
    mail.save()

    drain()

    assert became("reply") == [("invitation", "failed", "Held back: method in the mail is not REQUEST.")]


def test_request_not_above_the_mail_before_fails(invited, session, editor):
    drain()
    move(session, editor)
    carry_out(NOW)
    Seat.objects.update(told_sequence=1)
    damage(OutgoingMail.objects.get(kind="session_changed"), sequence=1)

    drain()

    assert became("reply")[1] == (
        "session_changed",
        "failed",
        "Held back: SEQUENCE is not above the mail before.",
    )


def test_cancellation_takes_back_what_was_last_told(invited, session, editor, approver):
    move(session, editor)
    carry_out(NOW)
    drain()
    decide(invited, approver, Move.REJECT)
    damage(OutgoingMail.objects.get(kind="rejected"), starts_at=STARTS.isoformat())

    drain()

    assert became("reply")[-1] == ("rejected", "failed", "Held back: DTSTART is not the session's.")


def test_calendar_mail_of_no_seat_fails(invited):
    OutgoingMail.objects.update(seat=None)

    drain()

    assert became("reply") == [("invitation", "failed", "Held back: it belongs to no place.")]


def test_mails_without_a_calendar_part_are_sent_whatever_became_of_the_session(
    invited, later_session, editor
):
    person = make_registration(invited.webinar, [later_session])
    mails.place_kept(
        person.seats.select_related("registration__webinar", "session").get(), timezone.now()
    ).save()
    services.sessions.cancel_session(later_session.pk, reason="A strike.", by=editor, now=NOW)

    assert drain() == Delivered(sent=2)


@pytest.mark.parametrize("people", [1, 3])
def test_vetting_takes_two_queries_for_every_calendar_mail(
    people, webinar, session, approver, django_assert_num_queries
):
    for _number in range(people):
        approve(make_registration(webinar, [session]), approver)

    # due, claim (begin, select, update, end), bounced, store, vet (two), mark; the last claim finds nothing
    with django_assert_num_queries(1 + people * (2 + 2 + 1 + 1 + 2 + 1) + 3 + 1):
        drain()
