"""Writing down what happened."""

import hashlib
import json
import secrets
from collections.abc import Iterable
from datetime import datetime
from typing import cast

from django.contrib.auth.models import User
from django.core.serializers.json import DjangoJSONEncoder

from registrations.models import Action, HistoryEntry, Registration, Seat
from registrations.models.history_facts import RECORDS, HistoryFacts, SeatNoted, SeatsNoted

DIGESTED = (
    "at",
    "by_id",
    "actor",
    "action",
    "webinar_id",
    "session_id",
    "registration_id",
    "publication_number",
    "facts",
)


REASON, SEALED_REASON = "reason", "reason_sha256"
NOTHING_MORE = HistoryFacts()


def entry_digest(entry: HistoryEntry) -> str:
    """Return the SHA-256 over an entry's salt and everything it says, as hexadecimal digits.

    A written reason counts by its own digest, so an entry still proves itself once the words are erased.
    """
    said = json.dumps(
        {field: getattr(entry, field) for field in DIGESTED} | {"facts": _sealed(entry)},
        cls=DjangoJSONEncoder,
        sort_keys=True,
        ensure_ascii=False,
    )
    return hashlib.sha256(f"{entry.salt}{said}".encode()).hexdigest()


def _sealed(entry: HistoryEntry) -> dict[str, object]:
    """Return an entry's facts with the digest of a written reason in its place."""
    facts = dict(entry.facts)
    if REASON in facts:
        facts[SEALED_REASON] = hashlib.sha256(f"{entry.salt}{facts.pop(REASON)}".encode()).hexdigest()
    return facts


def seal_reasons(registration_ids: Iterable[int]) -> None:
    """Let the history of these registrations keep only the digest of what staff wrote; it stays as valid as before.

    The one change that history knows, and so the one way past its refusal to be changed.
    """
    rows = list(
        HistoryEntry.objects.filter(registration__in=registration_ids, facts__has_key=REASON).order_by("pk")
    )
    for row in rows:
        row.facts = _sealed(row)
    HistoryEntry._base_manager.bulk_update(rows, ["facts"])


def entry(
    action: Action,
    *,
    at: datetime,
    by: User | None = None,
    actor: str = "",
    facts: HistoryFacts = NOTHING_MORE,
    **about: object,
) -> HistoryEntry:
    """Return an unsaved entry; `about` names webinar, session, registration and publication_number.

    A `seat` gives its registration, session and webinar too. The actor is staff when somebody is named, else the
    system, unless said otherwise ("person"). Raises TypeError for facts of another action, which nobody could read.
    """
    if type(facts) not in RECORDS[action]:
        raise TypeError(f"{type(facts).__name__} is not what {action.value} says")
    if "seat" in about:
        about |= _of_seat(cast(Seat, about.pop("seat")))
    row = HistoryEntry(
        action=action,
        at=at,
        by=by,
        actor=actor or ("staff" if by else "system"),
        salt=secrets.token_hex(16),
        facts=facts.to_json(),
        **about,
    )
    row.digest = entry_digest(row)
    return row


def _of_seat(seat: Seat) -> dict[str, object]:
    return {
        "registration": seat.registration,
        "session": seat.session,
        "webinar_id": seat.session.webinar_id,
    }


def record(
    action: Action,
    *,
    at: datetime,
    by: User | None = None,
    actor: str = "",
    facts: HistoryFacts = NOTHING_MORE,
    **about: object,
) -> None:
    """Write one entry in the caller's transaction; arguments as for `entry`."""
    entry(action, at=at, by=by, actor=actor, facts=facts, **about).save(force_insert=True)


def record_person(action: Action, registration: Registration, now: datetime, seats: Iterable[Seat]) -> None:
    """Write down what a person did, and the states of these seats of theirs now."""
    facts, webinar = SeatsNoted(states_of(seats)), registration.webinar
    record(action, at=now, actor="person", registration=registration, webinar=webinar, facts=facts)


def states_of(seats: Iterable[Seat]) -> tuple[SeatNoted, ...]:
    """Return the states of seats, as the history notes them."""
    return tuple(
        SeatNoted(seat.session.number, seat.state, seat.outcome, seat.publication_number) for seat in seats
    )
