"""Every mail there is, each in the situations that change its words; the ids name the snapshots."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import translation
from django.utils.translation import gettext

from registrations import mails
from registrations.mails.records import FollowUpLinks
from registrations.models import AddressChange, AgendaVersion, Contest, StaffLanguage
from registrations.states import RegistrationState, SeatState
from tests.registrations.factories import NOW, STARTS

FIRST_AGENDA = [
    {
        "session": 1,
        "session_title": "Supply chains",
        "time": "10:30",
        "title": "Introduction",
        "speakers": "Dr Ulla Engelmann",
    },
    {"session": 1, "session_title": "Supply chains", "time": "", "title": "Cases", "speakers": ""},
]
SECOND_AGENDA = [
    {
        "session": 1,
        "session_title": "Supply chains",
        "time": "10:45",
        "title": "Introduction",
        "speakers": "Dr Ulla Engelmann",
    },
    {"session": 1, "session_title": "Supply chains", "time": "11:30", "title": "Discussion", "speakers": ""},
    {"session": 2, "session_title": "Recovery", "time": "", "title": "Strategies", "speakers": ""},
]


def invited(seat, **told):
    """Let a seat's person have been invited, to the session as it is unless told otherwise."""
    session = seat.session
    seat.state = SeatState.APPROVED
    seat.thread_id = "<first@example.eu>"
    seat.told_method = "REQUEST"
    seat.told = {
        "title": session.title,
        "place": session.place,
        "starts_at": STARTS.isoformat(),
        "ends_at": (STARTS + timedelta(hours=2)).isoformat(),
        **told,
    }
    return seat


def undated(seat):
    """Let the date of a seat's session have been taken back."""
    seat.session.starts_at = seat.session.ends_at = None
    return seat


def ended(seat):
    """Let a seat's session be over."""
    seat.session.starts_at, seat.session.ends_at = NOW - timedelta(hours=2), NOW
    seat.session.save()
    return seat


def unpromised(seat):
    """Let the day by which people will hear have passed."""
    seat.registration.webinar.decide_by = NOW.date() - timedelta(days=1)
    return seat


def waiting(seat):
    """Let a seat be on the waiting list."""
    seat.state = SeatState.WAITLISTED
    return seat


def because(seat, reason="All places are taken.\r\n\r\nWe will tell you about the next webinar.", code=""):
    """Give the reason of a decision, as staff's browsers send it."""
    seat.give_reason(reason, code)
    return seat


def approved(seats):
    """Give every seat its place, in the database too."""
    for seat in seats:
        seat.state = SeatState.APPROVED
        seat.save()
    return seats[0].registration


def left(seat):
    """Confirm that somebody withdrew the whole registration."""
    seat.registration.state = RegistrationState.WITHDRAWN
    return mails.withdrawn(seat.registration, NOW, seat=seat)


def asked_for_review(registration):
    """Let somebody have asked for a review by staff, at a webinar that promises no day."""
    registration.ask_review = True
    registration.webinar.decide_by = None
    return registration


def from_kosovo(seats):
    """Let the verdict be about a country that has a footnote, the same for both seats."""
    data = seats[0].verdict_data
    for seat in seats:
        seat.verdict_data = data | {"country": "XK", "steps": []}
    return seats


def by_the_lists(seats):
    """Let the lists not admit a country that has a footnote."""
    seat = from_kosovo(seats)[0]
    seat.verdict_data = seat.verdict_data | {"outcome": "not_eligible"}
    return seat


def answered(seat):
    """Answer what somebody contested."""
    answer = "Your seat is in Lyon, you wrote.\r\n\r\nThe rule asks for the seat of the mother company."
    return mails.contest_answered(Contest(pk=7, seat=seat, answer=answer), NOW)


def reminded(seat, hours=24):
    """Remind somebody of a session."""
    return mails.reminder(seat, NOW, hours_before=hours, useful_until=STARTS)


def on_a_list(registration):
    """Let staff have entered a registration."""
    registration.entered_by_staff = True
    return registration


def followed_up(seat, *, again=False, whom="everybody", **links):
    """Tell somebody what there is after a session."""
    every = {"recording_url": "", "slides_url": "", "feedback_url": "", **links}
    return mails.follow_up(seat, NOW, FollowUpLinks(**every, again=again, whom=whom), told_by=9)


def moving(registration, **addresses):
    """Let somebody have asked for another address; `email` is the one the registration has now."""
    registration.email = addresses.get("email", registration.email)
    new = addresses.get("new", "ada@example.org")
    return AddressChange(pk=7, registration=registration, email=new, token="confirm-token")


def agenda(registration, items, previous=None):
    """Send an agenda to somebody who saw another one, or none."""
    version = AgendaVersion(number=2, items=items)
    before = AgendaVersion(number=1, items=previous) if previous else None
    return mails.agenda(registration, version, before, NOW)


CASES = [
    # id, METHOD of the calendar part, how the mail comes about from a registration and its seats
    ("confirm_address", None, lambda r, s: mails.confirm_address(r, NOW)),
    ("confirm_address, entered by staff", None, lambda r, s: mails.confirm_address(on_a_list(r), NOW)),
    (
        "confirm_new_address",
        None,
        lambda r, s: mails.confirm_new_address(moving(r, email="old@example.org"), NOW),
    ),
    ("address_changed", None, lambda r, s: mails.address_changed(moving(r), NOW)),
    ("address_left", None, lambda r, s: mails.address_left(moving(r, new="new@example.org"), NOW)),
    (
        "address_left, after invitation",
        "CANCEL",
        lambda r, s: mails.address_left(moving(r, new="new@example.org"), NOW, invited(s[0])),
    ),
    ("already_registered", None, lambda r, s: mails.already_registered(r, NOW)),
    ("manage_link, places in two sessions", None, lambda r, s: mails.manage_link(approved(s), NOW)),
    ("manage_link, no place", None, lambda r, s: mails.manage_link(r, NOW)),
    (
        "manage_link, nothing to come",
        None,
        lambda r, s: mails.manage_link(approved([ended(seat) for seat in s]), NOW),
    ),
    (
        "received, one session over",
        None,
        lambda r, s: mails.received(r, [ended(s[0]), s[1]], NOW),
    ),
    ("received, all over", None, lambda r, s: mails.received(r, [ended(s[0])], NOW)),
    ("received", None, lambda r, s: mails.received(r, s, NOW)),
    ("received, footnote", None, lambda r, s: mails.received(r, from_kosovo(s), NOW)),
    ("received, human look", None, lambda r, s: mails.received(asked_for_review(r), s[:1], NOW)),
    ("invitation", "REQUEST", lambda r, s: mails.invitation(s[0], NOW)),
    ("invitation again", "REQUEST", lambda r, s: mails.invitation(invited(s[0]), NOW)),
    ("place_kept", None, lambda r, s: mails.place_kept(s[1], NOW)),
    ("reminder", None, lambda r, s: reminded(s[0])),
    (
        "follow_up, to who attended",
        None,
        lambda r, s: followed_up(s[0], whom="attended", slides_url="https://files.example/s"),
    ),
    (
        "follow_up, to who was absent",
        None,
        lambda r, s: followed_up(s[0], whom="absent", slides_url="https://files.example/s"),
    ),
    (
        "follow_up, all links",
        None,
        lambda r, s: followed_up(
            s[0],
            recording_url="https://files.example/r",
            slides_url="https://files.example/s",
            feedback_url="https://files.example/f",
        ),
    ),
    (
        "follow_up, slides again",
        None,
        lambda r, s: followed_up(s[0], slides_url="https://files.example/s2", again=True),
    ),
    ("session_changed, date fixed", "REQUEST", lambda r, s: mails.session_changed(s[0], NOW)),
    (
        "session_changed, moved",
        "REQUEST",
        lambda r, s: mails.session_changed(invited(s[0], starts_at="2020-04-27T07:00:00+00:00"), NOW),
    ),
    (
        "session_changed, title and place",
        "REQUEST",
        lambda r, s: mails.session_changed(invited(s[0], title="Chains", place="WebEx"), NOW),
    ),
    ("date_withdrawn", "CANCEL", lambda r, s: mails.date_withdrawn(undated(invited(s[0])), NOW)),
    ("session_cancelled", "CANCEL", lambda r, s: mails.session_cancelled(invited(s[0]), "A strike.", NOW)),
    ("session_cancelled, undated", None, lambda r, s: mails.session_cancelled(s[1], "A strike.", NOW)),
    ("rejected", None, lambda r, s: mails.rejected(because(s[0]), NOW)),
    ("rejected, reason chosen", None, lambda r, s: mails.rejected(because(s[0], "", "full"), NOW)),
    (
        "rejected, by the lists",
        None,
        lambda r, s: mails.rejected(because(by_the_lists(s), "Ask again.", "country"), NOW),
    ),
    (
        "rejected, list corrected",
        None,
        lambda r, s: mails.rejected(because(by_the_lists(s), "", "corrected"), NOW),
    ),
    ("put_back, list corrected", None, lambda r, s: mails.put_back(because(s[0], "", "corrected"), NOW)),
    ("rejected, after invitation", "CANCEL", lambda r, s: mails.rejected(because(invited(s[0])), NOW)),
    ("put_back", None, lambda r, s: mails.put_back(because(s[0]), NOW)),
    ("put_back, after invitation", "CANCEL", lambda r, s: mails.put_back(because(invited(s[0])), NOW)),
    (
        "contest_received",
        None,
        lambda r, s: mails.contest_received(Contest(pk=7, seat=s[0]), NOW),
    ),
    (
        "contest_received, no day promised",
        None,
        lambda r, s: mails.contest_received(Contest(pk=7, seat=unpromised(s[0])), NOW),
    ),
    ("contest_answered", None, lambda r, s: answered(s[0])),
    ("cancelled", None, lambda r, s: mails.cancelled(because(s[0]), NOW)),
    ("cancelled, reason chosen", None, lambda r, s: mails.cancelled(because(s[0], "", "wish"), NOW)),
    ("cancelled, after invitation", "CANCEL", lambda r, s: mails.cancelled(because(invited(s[0])), NOW)),
    ("withdrawn, webinar", None, lambda r, s: mails.withdrawn(r, NOW)),
    (
        "withdrawn, webinar after invitation",
        "CANCEL",
        lambda r, s: left(invited(s[0])),
    ),
    ("withdrawn, session", None, lambda r, s: mails.withdrawn(r, NOW, seat=s[0])),
    (
        "withdrawn, session after invitation",
        "CANCEL",
        lambda r, s: mails.withdrawn(r, NOW, seat=invited(s[0])),
    ),
    ("erased", None, lambda r, s: mails.erased(r, NOW)),
    ("agenda, first", None, lambda r, s: agenda(r, FIRST_AGENDA)),
    ("agenda, changed", None, lambda r, s: agenda(r, SECOND_AGENDA, previous=FIRST_AGENDA)),
    ("undecided", None, lambda r, s: mails.undecided(s[0], NOW)),
    ("undecided, on the waiting list", None, lambda r, s: mails.undecided(waiting(s[0]), NOW)),
    ("waitlisted", None, lambda r, s: mails.waitlisted(waiting(s[0]), NOW)),
]

DESK = "https://webinars.example.eu/admin/registrations/"
SEATS_TO_DECIDE = {
    "en": "seats to decide",
    "fr": "places à décider",
    "de": "Plätze, über die zu entscheiden ist",
}


def queues(language):
    """Return what waits for staff, in the words of a language."""
    with translation.override(language):
        return [
            mails.QueueToLookAt(SEATS_TO_DECIDE[language], 12, f"{DESK}seat/"),
            mails.QueueToLookAt(gettext("mails failed"), 1, f"{DESK}outgoingmail/"),
        ]


def colleague(language):
    """Return a member of staff who chose a language."""
    user = User(pk=7, username="grace", first_name="Grace", last_name="Hopper", email="grace@example.eu")
    user.staff_language = StaffLanguage(language=language)
    return user


def dated(seat):
    """Return a seat's session, which another case may have left without a date in memory."""
    seat.session.starts_at, seat.session.ends_at = STARTS, STARTS + timedelta(hours=2)
    return seat.session


def warned(seat, undecided):
    """Warn staff of undecided seats in a session."""
    language = seat.registration.language
    waiting = replace(queues(language)[0], count=undecided)
    return mails.staff_deadline(colleague(language), dated(seat), waiting, NOW)


def digest(language):
    """Tell a colleague what waits."""
    return mails.daily_summary(colleague(language), NOW.date(), queues(language), NOW)


# Mails to staff, who have no registration.
STAFF_CASES = [
    ("staff_digest", None, lambda r, s: digest(r.language)),
    ("staff_deadline, several", None, lambda r, s: warned(s[0], 3)),
    ("staff_deadline, one", None, lambda r, s: warned(s[0], 1)),
]


def _marked(cases):
    params = [pytest.param(method, write, id=name) for name, method, write in cases]
    return pytest.mark.parametrize(("method", "write"), params)


every_mail = _marked([*CASES, *STAFF_CASES])
every_mail_to_people = _marked(CASES)
every_mail_to_staff = _marked(STAFF_CASES)
