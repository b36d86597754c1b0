"""Whatever happens in whatever order: a calendar that is fed by our mails alone shows what the database says.

So does one that all addresses share: they are one person's, and its program matches by UID alone.

Hypothesis makes up histories of what people and staff do, through the real services, jobs and delivery. A run is the
same every time; CALENDAR_MODEL_EXAMPLES=2000 (any number) makes as many histories, other ones each time:

    CALENDAR_MODEL_EXAMPLES=2000 python -m pytest tests/registrations/services/notifications/test_calendar_model.py
"""

import os
import random
import sys
from collections import defaultdict
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import hypothesis
import hypothesis.strategies as st
import pytest
import time_machine
from django.db import transaction
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from registrations import delivery, ical, services
from registrations.models import (
    AddressChange,
    BulkJob,
    OutgoingMail,
    Registration,
    Seat,
    SessionState,
)
from registrations.services.jobs import runner
from registrations.services.waiting_list import promotion
from registrations.states import IllegalMove, Move, RegistrationState, SeatState
from tests import calendar_client
from tests.calendar_client import ClientCalendar, Invite, SharedCalendar
from tests.examples import examples
from tests.registrations import at_sight
from tests.registrations.factories import (
    NOW,
    make_guest,
    make_session,
    make_undated_session,
    make_user,
    make_webinar,
)

EXAMPLES = os.environ.get("CALENDAR_MODEL_EXAMPLES", "")
SETTINGS = hypothesis.settings(
    max_examples=int(EXAMPLES or examples(20)),
    stateful_step_count=30,
    derandomize=not EXAMPLES,
    database=None,
    deadline=None,
    suppress_health_check=list(hypothesis.HealthCheck),
)
HOUR = timedelta(hours=1)
STAFFS_MOVES = [Move.APPROVE, Move.APPROVE, Move.WAITLIST, Move.REJECT, Move.PUT_BACK, Move.CANCEL]
WINDOW = timedelta(minutes=5)  # by then every job is released
# A day of the invitation, the next one, over the change of the clock in autumn, and one that no list covers any more.
SLOTS = [
    None,
    datetime(2020, 4, 28, 8, 30, tzinfo=UTC),
    datetime(2020, 4, 29, 12, 0, tzinfo=UTC),
    datetime(2020, 10, 24, 23, 30, tzinfo=UTC),
    datetime(2021, 3, 28, 0, 30, tzinfo=UTC),
]
ADDRESSES = st.sampled_from(
    ["ada@example.org", "Ben+events@Example.org", "cleo@bücher.example", "dan@example.org", "eve@example.org"]
)
COUNTRIES = st.sampled_from(["BE", "BE", "DE", "US"])  # the last one on no list
CHOSEN = st.sets(st.integers(0, 2), min_size=1)
ANY = st.integers(0, 7)  # which of the rows there are


class History(RuleBasedStateMachine):
    """One history of a webinar with two dated sessions and one whose date is to be confirmed."""

    def __init__(self, clock, staff):
        super().__init__()
        self.clock, self.staff, self.now = clock, staff, NOW
        self.undo = transaction.atomic()
        self.undo.__enter__()
        calendar_client.sent.clear()
        self.webinar = make_webinar()
        make_session(self.webinar)
        make_session(self.webinar, title="Recovery", starts_at=SLOTS[2], ends_at=SLOTS[2] + 2 * HOUR)
        make_undated_session(self.webinar, title="Outlook")
        self.looked_at = 0
        self.invites = []
        self.told = defaultdict(list)
        for address, numbers in (("ada@example.org", {0, 1, 2}), ("Ben+events@Example.org", {0, 2})):
            self.somebody_registers(address, numbers, "BE", confirmed=True)
        self.staff_decide_about_all(Move.APPROVE)
        self.workers_get_through()

    def teardown(self):
        try:
            if sys.exc_info()[0] is None:
                self.calendars_equal_the_database()
        finally:
            transaction.set_rollback(True)
            self.undo.__exit__(None, None, None)

    # What happens; a refusal is an answer like any other.

    def happens(self, act, *args, **kwargs):
        self.now += timedelta(minutes=1)
        self.clock.move_to(self.now)
        with suppress(services.errors.Refused, IllegalMove):
            return act(*args, **kwargs)

    def one(self, rows, number):
        ids = rows.order_by("id").values_list("id", flat=True)
        return ids[number % len(ids)] if ids else None

    def sessions(self, numbers):
        ids = list(self.webinar.sessions.order_by("number").values_list("pk", flat=True))
        return tuple(ids[number] for number in sorted(numbers))

    def submission(self, address, numbers, country):
        return services.people.Submission(
            first_name="Ada",
            last_name="Person",
            email=address,
            organisation="Cluster Nord",
            organisation_type="cluster_organisation",
            country=country,
            sessions=self.sessions(numbers),
            ask_review=country == "US",
        )

    @rule(address=ADDRESSES, numbers=CHOSEN, country=COUNTRIES, confirmed=st.booleans())
    def somebody_registers(self, address, numbers, country, confirmed):
        submission = self.submission(address, numbers, country)
        self.happens(services.people.register, self.webinar.pk, submission=submission, now=self.now)
        if confirmed:
            self.somebody_confirms(-1)

    @rule(which=ANY)
    def somebody_confirms(self, which):
        unconfirmed = self.webinar.registrations.filter(state=RegistrationState.UNCONFIRMED)
        pk = self.one(unconfirmed, which)
        if pk:
            token = Registration.objects.get(pk=pk).confirm_token
            self.happens(services.people.confirm, token, now=self.now)

    @rule(address=ADDRESSES, numbers=CHOSEN)
    def staff_invite_a_guest(self, address, numbers):
        guest = make_guest(
            email=address, sessions=self.sessions(numbers), first_name="Ada", last_name="Person"
        )
        self.happens(
            services.people.invite_guest, self.webinar.pk, guest=guest, by=self.staff[0], now=self.now
        )

    @rule(which=ANY, move=st.sampled_from(STAFFS_MOVES))
    def staff_decide(self, which, move):
        pk = self.one(Seat.objects.all(), which)
        if pk:
            registration_id = Seat.objects.get(pk=pk).registration_id
            decision = services.decisions.Decision(
                move=move, by=self.staff[0], now=self.now, reason="Because."
            )
            self.happens(at_sight.decide_seats, registration_id, seat_ids=[pk], decision=decision)

    @rule(move=st.sampled_from([Move.APPROVE] * 4 + [Move.WAITLIST] * 2 + [Move.REJECT]))
    def staff_decide_about_all(self, move):
        decision = services.decisions.Decision(move=move, by=self.staff[0], now=self.now, reason="Because.")
        ids = list(Seat.objects.values_list("pk", flat=True))
        self.happens(at_sight.start_bulk_decision, ids, decision=decision)

    @rule(which=ANY)
    def staff_override(self, which):
        pk = self.one(Seat.objects.exclude(outcome__in=["", "eligible"]), which)
        if not pk:
            return
        override = self.happens(
            at_sight.request_override, pk, by=self.staff[0], reason="A partner.", now=self.now
        )
        if override:
            self.happens(at_sight.confirm_override, override.pk, by=self.staff[1], now=self.now)

    @rule(number=st.integers(0, 2), slot=st.sampled_from(SLOTS))
    def session_gets_a_time(self, number, slot):
        [pk] = self.sessions([number])
        ends_at = slot + 3 * HOUR if slot else None  # in neither of the hours that the clock has twice
        self.happens(
            services.sessions.reschedule_session,
            pk,
            starts_at=slot,
            ends_at=ends_at,
            by=self.staff[0],
            now=self.now,
        )

    @rule(
        number=st.integers(0, 2),
        title=st.sampled_from(["Supply chains", "Łódź; “a, b”\\n"]),
        place=st.sampled_from(["WebEx Training (online)", "Room 1"]),
    )
    def session_is_renamed(self, number, title, place):
        [pk] = self.sessions([number])
        self.happens(
            services.sessions.retitle_session, pk, title=title, place=place, by=self.staff[0], now=self.now
        )

    @rule(number=st.integers(0, 2), sure=st.integers(0, 3))
    def session_is_called_off(self, number, sure):
        [pk] = self.sessions([number])
        if not sure:  # rarely, as nothing happens to it any more
            self.happens(
                services.sessions.cancel_session, pk, reason="A strike.", by=self.staff[0], now=self.now
            )

    @rule(which=ANY, sure=st.integers(0, 1))
    def somebody_withdraws(self, which, sure):
        pk = self.one(self.webinar.registrations.filter(state=RegistrationState.ACTIVE), which)
        if pk and not sure:
            self.happens(services.people.withdraw, pk, now=self.now)

    @rule(which=ANY, numbers=CHOSEN, country=COUNTRIES)
    def somebody_edits(self, which, numbers, country):
        pk = self.one(self.webinar.registrations.filter(state=RegistrationState.ACTIVE), which)
        if pk:
            submission = self.submission("", numbers, country)
            self.happens(services.people.edit, pk, submission=submission, now=self.now)

    @rule(which=ANY, address=ADDRESSES, confirmed=st.booleans())
    def somebody_asks_for_another_address(self, which, address, confirmed):
        pk = self.one(self.webinar.registrations.filter(state=RegistrationState.ACTIVE), which)
        if pk:
            self.happens(services.people.ask_address_change, pk, email=address, now=self.now)
        if confirmed:
            self.somebody_confirms_another_address(-1)

    @rule(which=ANY)
    def somebody_confirms_another_address(self, which):
        pk = self.one(AddressChange.objects.filter(confirmed_at=None), which)
        if pk:
            token = AddressChange.objects.get(pk=pk).token
            self.happens(services.people.confirm_address_change, token, now=self.now)

    @rule(which=ANY)
    def staff_stop_a_job(self, which):
        pk = self.one(BulkJob.objects.filter(due_at__isnull=False), which)
        if pk:
            self.happens(services.jobs.stop_job, pk, by=self.staff[0], now=self.now)

    @rule(which=ANY)
    def staff_release_a_job(self, which):
        pk = self.one(BulkJob.objects.filter(due_at__isnull=False), which)
        if pk:
            self.happens(services.jobs.release_job, pk, by=self.staff[0], now=self.now)

    @rule(number=st.integers(0, 2), places=st.sampled_from([None, 1, 2]))
    def session_has_so_many_places(self, number, places):
        self.webinar.sessions.filter(pk__in=self.sessions([number])).update(capacity=places)

    @rule()
    def free_places_are_found(self):
        self.happens(promotion.start_promotions, self.now)

    @rule(chunks=st.integers(1, 4))
    def worker_takes_chunks(self, chunks):
        for _chunk in range(chunks):
            self.happens(runner.work_one_chunk, self.now)
            self.calendar_mails_are_right_when_written()

    @rule()
    def worker_delivers(self):
        self.happens(delivery.deliver, until=None, stop=lambda: False)

    # What must hold all the time: of each mail when it is written, of each mail when it is sent.

    @invariant()
    def calendar_mails_are_right_when_written(self):
        rows = OutgoingMail.objects.filter(pk__gt=self.looked_at).select_related(
            "seat__session", "seat__registration"
        )
        for mail in rows.order_by("pk"):
            self.looked_at = mail.pk
            if mail.facts.get("calendar"):
                self.check_written(mail, mail.facts["calendar"], mail.seat)

    def check_written(self, mail, part, seat):
        state_of = self.places().filter(pk=seat.pk).exists()
        assert part["uid"] == seat.session.calendar_uid
        told = self.told[mail.recipient, part["uid"]]
        now = part["method"], part["sequence"], shown(part)
        if told:
            assert now[1] > told[-1][1], f"SEQUENCE does not rise: {mail.kind}"
        if part["method"] == "REQUEST":
            assert state_of, f"{mail.kind} to somebody without a place"
            assert mail.recipient == seat.registration.email
            assert shown(part) == shown(as_written(seat.session))
            is_news = not told or told[-1][0] == "CANCEL" or told[-1][2] != now[2]
            assert is_news or "again" in mail.facts, "an update without a change"
        else:
            assert mail.kind == "address_left" or not state_of, f"{mail.kind} to somebody with a place"
            assert told, "a CANCEL of what was never there"
            assert told[-1][0] == "REQUEST", "a CANCEL of what was cancelled"
        told.append(now)

    @invariant()
    def calendar_mails_are_right_when_sent(self):
        new = [invite for invite in map(Invite.read, calendar_client.sent) if invite]
        calendar_client.sent.clear()
        self.invites += new
        for invite in new:
            assert invite.attendees == (invite.recipient,)
            assert invite.organiser == invite.sender

    def places(self):
        return Seat.objects.filter(
            state=SeatState.APPROVED,
            registration__state=RegistrationState.ACTIVE,
            session__starts_at__isnull=False,
            session__state=SessionState.PLANNED,
        )

    # What must hold once the workers are through.

    def workers_get_through(self):
        self.now += WINDOW
        while self.happens(runner.work_one_chunk, self.now):
            self.calendar_mails_are_right_when_written()
        for _time in range(2):  # what waited for a change to be told waits a minute more
            self.happens(delivery.deliver, until=None, stop=lambda: False)
        self.calendar_mails_are_right_when_sent()

    @rule()
    def calendars_equal_the_database(self):
        self.workers_get_through()
        states = OutgoingMail.objects.order_by().values_list("state", flat=True).distinct()
        assert set(states) <= {OutgoingMail.State.SENT, OutgoingMail.State.DROPPED}
        assert not BulkJob.objects.filter(failed__gt=0).exists()
        invites = self.invites
        expected = self.expected(invites)
        for order in (invites, [each for each in invites for _twice in range(2)], *shuffled(invites)):
            assert calendars(order) == expected
            assert SharedCalendar(by_sequence=True).receive(order).standing() == together(expected)
        assert SharedCalendar(by_sequence=False).receive(invites).standing() == together(expected)
        assert not self.open_places_in_called_off_sessions()

    def expected(self, invites):
        expected = {invite.recipient: {} for invite in invites}
        for seat in self.places().select_related("registration", "session"):
            session = seat.session
            mailbox = ical.mailto_address(seat.registration.email).lower()
            expected.setdefault(mailbox, {})[session.calendar_uid] = (
                session.title,
                session.place,
                session.starts_at,
                session.ends_at,
            )
        return expected

    def open_places_in_called_off_sessions(self):
        return Seat.objects.filter(
            state__in=[SeatState.APPROVED, SeatState.REQUESTED],
            registration__state=RegistrationState.ACTIVE,
            session__state=SessionState.CANCELLED,
        )


def shown(part):
    """Return what a person sees of an appointment as a mail's facts hold it."""
    return part["summary"], part["place"], part["starts_at"], part["ends_at"]


def as_written(session):
    """Return a session as a mail's facts would hold it."""
    starts_at, ends_at = session.starts_at.isoformat(), session.ends_at.isoformat()
    return {"summary": session.title, "place": session.place, "starts_at": starts_at, "ends_at": ends_at}


def shuffled(invites):
    """Return the same mails as they might come out of order, backwards first."""
    orders = [list(reversed(invites))]
    for seed in range(3):
        order = list(invites)
        random.Random(seed).shuffle(order)  # noqa: S311  # no secret
        orders.append(order)
    return orders


def calendars(invites):
    """Return what stands in the calendar of everybody who got one of these mails, in this order."""
    addresses = {invite.recipient for invite in invites}
    return {address: ClientCalendar(address).receive(invites).standing() for address in addresses}


def together(expected):
    """Return what stands in a calendar that all addresses share: everybody in the model has one name."""
    return {uid: seen for calendar in expected.values() for uid, seen in calendar.items()}


@pytest.mark.django_db
def test_calendars_fed_by_mail_alone_equal_the_database(settings, monkeypatch):
    settings.EMAIL_BACKEND = "tests.calendar_client.KeepingBackend"
    monkeypatch.setattr(runner, "CHUNK", 2)  # so that other things happen between two chunks of a job
    monkeypatch.setattr(runner, "PAUSE", 0)
    staff = [make_user("approver", "Approvers"), make_user("approver2", "Approvers")]
    make_webinar()  # loads the lists, once for all histories

    with time_machine.travel(NOW, tick=False) as clock:
        run_state_machine_as_test(lambda: History(clock, staff), settings=SETTINGS)
