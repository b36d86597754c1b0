"""What whoever registers is offered: a webinar, its sessions, lists and texts, read by one query (D-82)."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple, cast

from django.db.models import Field, IntegerField, Model
from django.db.models.expressions import RawSQL

from eligibility import register as eligibility_register
from eligibility.models import Publication
from eligibility.records import Register
from eligibility.register import PublicationStamp
from registrations.models import LegalText, Webinar, WebinarSession


@dataclass(frozen=True, slots=True)
class Offer:
    """A webinar with its audience and (prefetched) sessions, the lists, and the newest texts in all languages."""

    webinar: Webinar
    register: Register
    texts: tuple[LegalText, ...] = ()


class TextStamp(NamedTuple):
    """Identify the legal texts there are: none is ever changed, and whatever comes in between is one more."""

    id: int | None
    sha256: str | None
    created_at: datetime | None
    of_all: int | None


def _of_newest(model: type[Model], by: str, *columns: str) -> dict[str, RawSQL]:
    """Return expressions for columns of a table's newest row, as text: they are put together on every request."""
    table = model._meta.db_table
    return {
        f"{table}_{name}": RawSQL(  # noqa: S611  # names of ours
            f"SELECT {name} FROM {table} ORDER BY {by} DESC LIMIT 1",  # noqa: S608
            (),
            cast(Field[Any, Any], model._meta.get_field(name)),
        )
        for name in columns
    }


_PUBLICATION = _of_newest(Publication, "number", *PublicationStamp._fields)
_TEXT = _of_newest(LegalText, "id", *TextStamp._fields[:-1])
_TEXT["legal_texts"] = RawSQL(f"SELECT COUNT(*) FROM {LegalText._meta.db_table}", (), IntegerField())  # noqa: S608, S611
# What forms, verdicts and mails take from both. All else is left alone: it would be read on every request.
_WEBINAR = (
    "slug title language organiser signature recording_notice contact_email lists_as_of registration_open"
    " registration_opens_at registration_closes_at audience__key"
)
_SESSION = "number title state starts_at ends_at"
_COLUMNS = [*_SESSION.split(), *(f"webinar__{column}" for column in _WEBINAR.split())]


_ROWS = WebinarSession.objects.select_related("webinar__audience").only(*_COLUMNS)
_ROWS = _ROWS.annotate(**_PUBLICATION, **_TEXT)


def find_offer(**about: object) -> Offer | None:
    """Return what the webinar with this `pk` or `slug` offers, or None where there is none; one query when warm."""
    rows = _ROWS.filter(**{f"webinar__{name}": value for name, value in about.items()})
    if not rows:
        return _without_sessions(**about)
    first = rows[0]
    webinar = first.webinar
    for session in rows:
        session.webinar = webinar
    webinar._prefetched_objects_cache = {"sessions": rows}  # type: ignore[attr-defined]  # as prefetch_related does
    number, content_hash, published_at = (getattr(first, name) for name in _PUBLICATION)
    publication = PublicationStamp(number or 0, content_hash or "", published_at)
    texts = _newest_texts(TextStamp(*(getattr(first, name) for name in _TEXT)))
    return Offer(webinar, eligibility_register.as_of(publication, webinar.audience.key), texts)


def _without_sessions(**about: object) -> Offer | None:
    webinar = Webinar.objects.select_related("audience").prefetch_related("sessions").filter(**about).first()
    if webinar is None:
        return None
    register = eligibility_register.current(webinar.audience.key)
    return Offer(webinar, register, tuple(LegalText.objects.newest()))


@lru_cache(maxsize=8)
def _newest_texts(_stamp: TextStamp) -> tuple[LegalText, ...]:
    return tuple(LegalText.objects.newest())
