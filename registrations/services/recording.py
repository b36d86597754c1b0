"""Writing down what happened."""

import hashlib
import json
import secrets
from datetime import datetime
from typing import cast

from django.contrib.auth.models import User
from django.core.serializers.json import DjangoJSONEncoder

from registrations.models import HistoryEntry, Seat

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


def digest(entry: HistoryEntry) -> str:
    """Return the SHA-256 over an entry's salt and everything it says, as hexadecimal digits."""
    said = json.dumps(
        {field: getattr(entry, field) for field in DIGESTED},
        cls=DjangoJSONEncoder,
        sort_keys=True,
        ensure_ascii=False,
    )
    return hashlib.sha256(f"{entry.salt}{said}".encode()).hexdigest()


def entry(
    action: str, *, at: datetime, by: User | None = None, actor: str = "", **about: object
) -> HistoryEntry:
    """Return an unsaved entry; `about` names webinar, session, registration, publication_number and facts.

    A `seat` stands for its registration, session and webinar. The actor is staff when somebody is named, else the system,
    unless said otherwise ("person").
    """
    if "seat" in about:
        seat = cast(Seat, about.pop("seat"))
        about |= {
            "registration": seat.registration,
            "session": seat.session,
            "webinar_id": seat.session.webinar_id,
        }
    row = HistoryEntry(
        action=action,
        at=at,
        by=by,
        actor=actor or ("staff" if by else "system"),
        salt=secrets.token_hex(16),
        **about,
    )
    row.digest = digest(row)
    return row


def record(action: str, *, at: datetime, by: User | None = None, actor: str = "", **about: object) -> None:
    """Write one entry in the caller's transaction; arguments as for `entry`."""
    entry(action, at=at, by=by, actor=actor, **about).save(force_insert=True)
