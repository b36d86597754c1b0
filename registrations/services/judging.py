"""From a country and a session to the verdict on a seat."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from eligibility import rules
from registrations.models import Registration, Seat, Webinar, WebinarSession

BRUSSELS = ZoneInfo("Europe/Brussels")


def session_day(webinar: Webinar, session: WebinarSession, *, today: date) -> date:
    """Return the day whose lists decide about a session, as a Brussels day.

    The day the webinar is pinned to, else the session's own day, else the day of the webinar's last dated
    session, else `today` (design.md, section 4: the rule says who may *take part*).
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


def judge(seat: Seat, register: rules.Register, *, today: date) -> bool:
    """Set the seat's verdict and all columns that go with it, unsaved; return whether the outcome changed.

    Guests are outside eligibility: their seats carry no verdict.
    """
    registration: Registration = seat.registration
    if registration.is_guest:
        return False
    day = session_day(registration.webinar, seat.session, today=today)
    verdict = rules.assess(registration.country, day, register, registration.organisation_type)
    before = seat.outcome
    seat.outcome = verdict.outcome.value
    seat.verdict_data = verdict.as_json()
    seat.publication_number = register.publication
    seat.judged_as_of = day
    return before != seat.outcome


VERDICT_FIELDS = ("outcome", "verdict_data", "publication_number", "judged_as_of")
