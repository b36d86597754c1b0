"""Who is told, event by event: what happens, what the participant gets, what goes into the calendar.

Reminders and follow-ups, which no decision sends, are in files of their own.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.contrib.auth.models import User

from registrations import services
from registrations.models import AddressChange, Registration, WebinarSession
from registrations.states import Move
from tests.registrations import at_sight
from tests.registrations.factories import (
    ENDS,
    NOW,
    STARTS,
    approve,
    calendar_mails,
    carry_out,
    make_agenda_item,
    make_registration,
)

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@dataclass
class Story:
    """One person with a request for one dated or undated session, and staff."""

    registration: Registration
    session: WebinarSession
    by: User

    def approved(self) -> "Story":
        approve(self.registration, self.by)
        return self

    def decide(self, move: Move) -> None:
        decision = services.decisions.Decision(move=move, by=self.by, now=NOW + DAY, reason="Because.")
        ids = [self.registration.seats.get().pk]
        at_sight.decide_seats(self.registration.pk, seat_ids=ids, decision=decision)

    def move(self, starts_at=STARTS + DAY, ends_at=ENDS + DAY) -> None:
        services.sessions.reschedule_session(
            self.session.pk, starts_at=starts_at, ends_at=ends_at, by=self.by, now=NOW
        )
        carry_out(NOW)

    def rename(self, **now) -> None:
        values = {"title": self.session.title, "place": self.session.place, **now}
        services.sessions.retitle_session(self.session.pk, **values, by=self.by, now=NOW)
        carry_out(NOW)

    def call_off(self) -> None:
        services.sessions.cancel_session(self.session.pk, reason="Ill.", by=self.by, now=NOW)
        carry_out(NOW)

    def withdraw(self) -> None:
        services.people.withdraw(self.registration.pk, now=NOW)

    def submission(self, **answers) -> services.people.Submission:
        person = self.registration
        values = {
            "first_name": person.first_name,
            "last_name": person.last_name,
            "email": person.email,
            "organisation": person.organisation,
            "organisation_type": person.organisation_type,
            "country": person.country,
            "sessions": (self.session.pk,),
            **answers,
        }
        return services.people.Submission(**values)

    def edit(self, **answers) -> None:
        services.people.edit(self.registration.pk, submission=self.submission(**answers), now=NOW)

    def send_the_form_again(self) -> None:
        services.people.register(self.registration.webinar_id, submission=self.submission(), now=NOW)

    def confirm_the_address(self) -> None:
        Registration.objects.update(state="unconfirmed", created_at=NOW)
        services.people.confirm(self.registration.confirm_token, now=NOW)

    def change_the_address(self) -> None:
        services.people.ask_address_change(self.registration.pk, email="new@example.org", now=NOW)
        services.people.confirm_address_change(AddressChange.objects.get().token, now=NOW + DAY)

    def publish_the_agenda(self) -> None:
        make_agenda_item(self.session)
        services.agenda.publish_agenda(self.session.webinar_id, by=self.by, now=NOW)
        carry_out(NOW)

    def end(self) -> None:
        carry_out(ENDS)


INVITED = ("invitation", "REQUEST", 1)
KEPT = ("place_kept", "", -1)
ROWS: list[tuple[str, bool, Callable[[Story], object], list[tuple[str, str, int]]]] = [
    # id, whether the session has a date, what happens, every mail as (kind, METHOD, SEQUENCE)
    ("form sent again", True, lambda s: s.send_the_form_again(), [("already_registered", "", -1)]),
    ("address confirmed", True, lambda s: s.confirm_the_address(), [("received", "", -1)]),
    ("approved, dated", True, lambda s: s.approved(), [INVITED]),
    ("approved, to be confirmed", False, lambda s: s.approved(), [KEPT]),
    ("date fixed", False, lambda s: s.approved().move(), [KEPT, ("session_changed", "REQUEST", 1)]),
    ("date fixed, not approved", False, lambda s: s.move(), []),
    ("moved", True, lambda s: s.approved().move(), [INVITED, ("session_changed", "REQUEST", 2)]),
    ("title changed", True, lambda s: s.approved().rename(title="x"), [INVITED, ("session_changed", "REQUEST", 2)]),
    ("place changed", True, lambda s: s.approved().rename(place="x"), [INVITED, ("session_changed", "REQUEST", 2)]),
    ("title changed, no date", False, lambda s: s.approved().rename(title="x"), [KEPT]),
    ("date taken back", True, lambda s: s.approved().move(None, None), [INVITED, ("date_withdrawn", "CANCEL", 2)]),
    ("called off", True, lambda s: s.approved().call_off(), [INVITED, ("session_cancelled", "CANCEL", 2)]),
    ("called off, no date", False, lambda s: s.approved().call_off(), [KEPT, ("session_cancelled", "", -1)]),
    ("called off, requested", True, lambda s: s.call_off(), [("session_cancelled", "", -1)]),
    ("rejected", True, lambda s: s.decide(Move.REJECT), [("rejected", "", -1)]),
    ("rejected after approval", True, lambda s: s.approved().decide(Move.REJECT), [INVITED, ("rejected", "CANCEL", 2)]),
    ("rejected, no date", False, lambda s: s.approved().decide(Move.REJECT), [KEPT, ("rejected", "", -1)]),
    ("put back", True, lambda s: s.approved().decide(Move.PUT_BACK), [INVITED, ("put_back", "CANCEL", 2)]),
    ("withdrawn", True, lambda s: s.withdraw(), [("withdrawn", "", -1)]),
    ("withdrawn, invited", True, lambda s: s.approved().withdraw(), [INVITED, ("withdrawn", "CANCEL", 2)]),
    ("cancelled by staff", True, lambda s: s.decide(Move.CANCEL), [("cancelled", "", -1)]),
    ("cancelled, invited", True, lambda s: s.approved().decide(Move.CANCEL), [INVITED, ("cancelled", "CANCEL", 2)]),
    ("cancelled, no date", False, lambda s: s.approved().decide(Move.CANCEL), [KEPT, ("cancelled", "", -1)]),
    (
        "address changed",
        True,
        lambda s: s.approved().change_the_address(),
        [
            INVITED,
            ("confirm_new_address", "", -1),
            ("address_left", "CANCEL", 2),
            ("address_changed", "", -1),
            ("invitation", "REQUEST", 3),
        ],
    ),
    (
        "address changed, no date",
        False,
        lambda s: s.approved().change_the_address(),
        [KEPT, ("confirm_new_address", "", -1), ("address_left", "", -1), ("address_changed", "", -1), KEPT],
    ),
    ("still eligible", True, lambda s: s.approved().edit(country="DE"), [INVITED]),
    ("not eligible any more", True, lambda s: s.approved().edit(country="US", ask_review=True), [INVITED, ("put_back", "CANCEL", 2)]),
    ("not eligible, no date", False, lambda s: s.approved().edit(country="US", ask_review=True), [KEPT, ("put_back", "", -1)]),
    ("not eligible, not decided", True, lambda s: s.edit(country="US", ask_review=True), []),
    ("agenda published", True, lambda s: s.approved().publish_the_agenda(), [INVITED, ("agenda", "", -1)]),
    ("not decided in time", True, lambda s: s.end(), [("undecided", "", -1)]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("is_dated", "happens", "expected"), [pytest.param(*row[1:], id=row[0]) for row in ROWS]
)
def test_participant_is_told_what_the_table_says(
    webinar, session, later_session, editor, is_dated, happens, expected
):
    chosen = session if is_dated else later_session
    registration = make_registration(webinar, [chosen])

    happens(Story(registration, chosen, editor))

    assert calendar_mails(registration) == expected


def test_form_sent_by_a_new_address_asks_to_confirm_it(webinar, session, editor):
    story = Story(make_registration(webinar, [session]), session, editor)
    submission = story.submission(email="new@example.org")

    services.people.register(webinar.pk, submission=submission, now=NOW)

    assert calendar_mails(Registration.objects.get(email="new@example.org")) == [("confirm_address", "", -1)]
