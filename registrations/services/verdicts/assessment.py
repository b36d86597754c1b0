"""From a country and a session to the verdict on a seat."""

from collections.abc import Callable
from datetime import date, datetime
from functools import cache
from typing import Any

from django.db.models import Max

from eligibility import rules
from eligibility.records import Register
from eligibility.rules import Outcome
from registrations.models import Registration, Seat, Webinar, WebinarSession
from registrations.states import SeatState
from webinar_site.foundation.days import BRUSSELS


def session_day(webinar: Webinar, session: WebinarSession, *, today: date) -> date:
    """Return the day whose lists decide about a session, as a Brussels day.

    The day the webinar is pinned to, else the session's own day, else the day of the webinar's last dated
    session, else `today` (D-1).
    """
    if webinar.lists_as_of:
        return webinar.lists_as_of
    if session.starts_at:
        return brussels_day(session.starts_at)
    dated = [other.starts_at for other in webinar.sessions.all() if other.starts_at]
    return brussels_day(max(dated)) if dated else today


def brussels_day(moment: datetime) -> date:
    """Return the Brussels day of an aware moment."""
    return moment.astimezone(BRUSSELS).date()


class Evaluator:
    """Assesses many seats by the same lists on one day: one `assess` per country, organisation type, day, audience."""

    def __init__(self, register_of: Callable[[str], Register], *, today: date) -> None:
        """Start with a function from an audience's key to its Register; `today` is a Brussels day."""
        self._register_of = cache(register_of)
        self._today = today
        self._verdicts: dict[tuple[str, str, date, str], tuple[rules.Verdict, dict[str, Any]]] = {}

    def assess(self, seat: Seat) -> bool:
        """Set the seat's verdict and all columns that go with it, unsaved; return whether the outcome changed.

        Guests are outside eligibility: their seats carry no verdict.
        """
        if seat.registration.is_guest:
            return False
        day = session_day(seat.registration.webinar, seat.session, today=self._today)
        verdict, as_json = self._assess(seat.registration, day)
        before = seat.outcome
        seat.outcome = verdict.outcome.value
        seat.list_key = verdict.list_key
        seat.verdict_data = as_json
        seat.publication_number = verdict.publication
        seat.judged_as_of = day
        return before != seat.outcome

    def _assess(self, registration: Registration, day: date) -> tuple[rules.Verdict, dict[str, Any]]:
        audience = registration.webinar.audience.key
        about = (registration.country, registration.organisation_type, day, audience)
        if about not in self._verdicts:
            register = self._register_of(audience)
            verdict = rules.assess(registration.country, day, register, registration.organisation_type)
            self._verdicts[about] = verdict, verdict.as_json()
        return self._verdicts[about]


def assess_seat(seat: Seat, register: Register, *, today: date) -> bool:
    """Assess one seat by a Register, as `Evaluator.assess` does."""
    return Evaluator(lambda _audience: register, today=today).assess(seat)


def contradicts(seat: Seat, now: datetime) -> bool:
    """Return whether the lists say otherwise than what was decided about a seat, and somebody can still decide again.

    A place or a turn on the waiting list that they do not give, which no override carries, or a rejection of somebody
    whom they admit. Of a place it is said for good: none is without a verdict, an override or a flag.
    """
    if seat.is_approved:
        return seat.needs_override and seat.override_id is None
    if not seat.registration.is_active or not seat.session.can_be_chosen(now):
        return False
    if seat.state == SeatState.WAITLISTED:
        return seat.needs_override
    return seat.state == SeatState.REJECTED and seat.outcome == Outcome.ELIGIBLE


def flag(seat: Seat, now: datetime, *, by_lists: bool) -> None:
    """Flag a seat where a change of its verdict contradicts what was decided; take the flag away where nothing does.

    `by_lists` says whether the verdict has just changed because the lists or the session's day did, `now` is aware.
    What else changed a verdict, a person's own new answers, is no news of the lists (D-11).
    """
    if not contradicts(seat, now):
        seat.flagged_at = None
    elif by_lists:
        seat.flagged_at = now


def newest_publication_assessed_under() -> int:
    """Return the highest publication number that a seat's verdict rests on, 0 for none; one query."""
    return Seat.objects.aggregate(number=Max("publication_number"))["number"] or 0


VERDICT_FIELDS = ("outcome", "list_key", "verdict_data", "publication_number", "judged_as_of")
