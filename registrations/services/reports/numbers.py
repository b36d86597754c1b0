"""Counts about a webinar: who registered, where from, what was decided, what was sent. Never a person."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, QuerySet
from django.db.models.functions import TruncDate

from registrations.models import Kind, OutgoingMail, Registration, Seat, Webinar, WebinarSession
from registrations.states import RegistrationState, SeatState


@dataclass(frozen=True, slots=True)
class RegistrationNumbers:
    """How many registrations there are: all by Brussels day and state, of active ones the type of organisation.

    `countries` are people by country and the list their verdict rests on ("" for none), guests apart, who are outside
    eligibility; somebody whose sessions rest on different lists counts under each.
    """

    days: Mapping[date, int]
    states: Mapping[str, int]
    types: Mapping[str, int]
    countries: Mapping[tuple[str, str], int]
    likely_duplicates: int


@dataclass(frozen=True, slots=True)
class SessionNumbers:
    """How many seats a session has by state, of active registrations, and how many of its places participants take."""

    session: WebinarSession
    states: Mapping[str, int]
    taken: int


def registered_numbers(webinar: Webinar) -> RegistrationNumbers:
    """Return the counts of a webinar's registrations; four queries, each adding up in the database."""
    everybody = Registration.objects.filter(webinar=webinar).order_by()
    seats = Seat.objects.of_active_people().of_participants().filter(registration__webinar=webinar)
    people = Count("registration", distinct=True)
    countries = seats.order_by().values_list("registration__country", "list_key").annotate(number=people)
    states, types = Counter[str](), Counter[str]()
    groups = everybody.values_list("state", "organisation_type").annotate(number=Count("pk"))
    for state, organisation_type, number in groups:
        states[state] += number
        if state == RegistrationState.ACTIVE:
            types[organisation_type] += number
    return RegistrationNumbers(
        days=_by(everybody.annotate(day=TruncDate("created_at")), "day"),
        states=states,
        types=types,
        countries={(country, list_key): number for country, list_key, number in countries},
        likely_duplicates=everybody.likely_duplicates().count(),
    )


def seat_numbers(webinar: Webinar) -> list[SessionNumbers]:
    """Return the counts of each session's seats, in the order of the sessions; two queries."""
    seats = Seat.objects.of_active_people().filter(session__webinar=webinar)
    groups = seats.order_by().values_list("session", "state", "registration__kind")
    states: dict[int, Counter[str]] = defaultdict(Counter)
    taken = Counter[int]()
    for session_id, state, kind, number in groups.annotate(number=Count("pk")):
        states[session_id][state] += number
        if state == SeatState.APPROVED and kind == Kind.PARTICIPANT:
            taken[session_id] += number
    return [
        SessionNumbers(session, states[session.pk], taken[session.pk]) for session in webinar.sessions.all()
    ]


def mail_numbers(webinar: Webinar) -> dict[str, int]:
    """Return how many mails to a webinar's people are in each state; one query."""
    return _by(OutgoingMail.objects.filter(registration__webinar=webinar).order_by(), "state")


def _by(rows: QuerySet[Any], column: str) -> dict[Any, int]:
    return dict(rows.values_list(column).annotate(number=Count("pk")))
