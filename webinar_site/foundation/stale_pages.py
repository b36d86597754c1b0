"""What a page was drawn from, so that whoever sends it later overwrites nothing that was changed in between (D-73).

A page with a button carries one seal over what it shows (`Picture`), a form that edits values one over each value
(`drawn_forms`). A seal tells only whether two things are the same, so a page gives nothing away that it does not show.
Who compares holds a lock on the row, or two pages sent at the same moment would both find nothing changed.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.formats import date_format
from django.utils.translation import gettext as _

SEEN = "seen"  # the hidden field of a page with a button
SALT = "webinar_site.foundation.stale_pages"
YEARS = range(2000, 9000)  # which every database can hold, in every time zone
LENGTH = 20  # hexadecimal digits: 80 bits, which nobody guesses in a form


@dataclass(frozen=True, slots=True)
class RecordedChange:
    """Who did what to a row, and when; `columns` are the English labels of what changed, where they are on record."""

    at: datetime
    who: str
    what: str
    columns: frozenset[str] = frozenset()


ChangeSource = Callable[[Model, datetime], Iterable[RecordedChange]]
_sources: list[ChangeSource] = []


def add_change_source(source: ChangeSource) -> None:
    """Look also here for who changed a row since a moment."""
    _sources.append(source)


def last_change(row: Model | None, since: datetime | None, column: str = "") -> RecordedChange | None:
    """Return the newest change of a row on record since a moment, rather of this column; None where there is none."""
    if row is None or since is None:
        return None
    found = sorted(
        (record for source in (_in_the_log, *_sources) for record in source(row, since)),
        key=lambda record: record.at,
        reverse=True,
    )
    naming = (record for record in found if column in record.columns)
    return next(naming, None) or next(iter(found), None)


def _in_the_log(row: Model, since: datetime) -> Iterator[RecordedChange]:
    """Yield what the admin's own log says of a row."""
    kind = ContentType.objects.get_for_model(row)
    entries = LogEntry.objects.filter(content_type=kind, object_id=str(row.pk), action_time__gte=since)
    for entry in entries.select_related("user"):
        yield RecordedChange(
            entry.action_time,
            entry.user.get_username(),
            entry.get_change_message(),
            frozenset(_columns(entry.change_message)),
        )


def _columns(message: str) -> Iterator[str]:
    """Yield the labels in a message of the log, which keeps them in English as JSON."""
    try:
        acts = json.loads(message)
    except ValueError:
        return
    for act in acts if isinstance(acts, list) else ():
        for said in act.values():
            yield from said.get("fields", ())


def seal(moment: str, *facts: object) -> str:
    """Return what only the same facts, drawn at the same moment, give again."""
    said = json.dumps([moment, *facts], default=str, sort_keys=True)
    return salted_hmac(SALT, said, algorithm="sha256").hexdigest()[:LENGTH]


def is_sealed(found: str, moment: str, *facts: object) -> bool:
    """Return whether a seal was made at this moment over these facts."""
    return constant_time_compare(found, seal(moment, *facts))


def moment_of(text: str) -> datetime | None:
    """Return the moment that a page says it was drawn at; None where it says none, or one that no page ever saw."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if timezone.is_aware(moment) and moment.year in YEARS else None


def came_back_incomplete() -> str:
    """Return what is said of a page that does not say, or not rightly, what it was drawn from."""
    return _(
        "This page came back incomplete, so nothing was done. What you filled in is still here: look at it, and send it again."
    )


def moment_in_brussels(moment: datetime) -> str:
    """Return a moment in the time of Brussels."""
    return date_format(timezone.localtime(moment), "DATETIME_FORMAT")


@dataclass(frozen=True, slots=True)
class Picture:
    """What a page with a button shows of a row: any facts that JSON can hold, or that differ as text."""

    about: Model
    facts: tuple[object, ...]

    @property
    def token(self) -> str:
        """Return what the page carries in its hidden field."""
        moment = timezone.now().isoformat()
        return f"{moment} {seal(moment, *self.facts)}"

    def why_not(self, token: str) -> str:
        """Return why a page that carries this token may not act, fit to be shown to its sender; "" if it may."""
        moment, _space, found = token.partition(" ")
        if is_sealed(found, moment, *self.facts):
            return ""
        drawn_at = moment_of(moment)
        if drawn_at is None:
            return came_back_incomplete()
        record = last_change(self.about, drawn_at)
        if record is None:
            return _(
                "What this page shows was changed while it was open, so nothing was done. What you filled in is still here: "
                "look at the page again, then send it."
            )
        return _(
            "While this page was open, %(who)s changed what it shows (%(what)s %(when)s), so nothing was done. What you "
            "filled in is still here: look at the page again, then send it."
        ) % {"who": record.who, "what": record.what, "when": moment_in_brussels(record.at)}


def picture(about: Model, *facts: object) -> Picture:
    """Return what a page about a row shows of it."""
    return Picture(about, facts)


def columns_of(row: Model, *without: str) -> dict[str, Any]:
    """Return all columns of a row by name, but those that say nothing to whoever looks at it."""
    fields = cast(Any, row._meta.concrete_fields)
    return {field.attname: getattr(row, field.attname) for field in fields if field.attname not in without}
