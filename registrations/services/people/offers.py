"""What whoever registers is offered: a webinar, its sessions, lists and texts, read by one query (D-82)."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from django.db.models import Count, QuerySet, Subquery, Value

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

    pk: int | None
    sha256: str | None
    created_at: datetime | None
    of_all: int | None


def _of_newest(rows: QuerySet[Any], *columns: str) -> dict[str, Subquery]:
    return {
        f"newest_{rows.model._meta.model_name}_{name}": Subquery(rows.values(name)[:1]) for name in columns
    }


_PUBLICATION = _of_newest(Publication.objects.order_by("-number"), *PublicationStamp._fields)
_TEXT = _of_newest(LegalText.objects.order_by("-pk"), *TextStamp._fields[:-1])
_TEXT["legal_texts"] = Subquery(
    LegalText.objects.order_by().values(one=Value(1)).annotate(count=Count("*")).values("count")
)
# What forms, verdicts and mails take from both. All else is left alone: it would be read on every request.
_WEBINAR = (
    "slug title language organiser signature recording_notice contact_email lists_as_of registration_open"
    " registration_opens_at registration_closes_at audience__key"
)
_SESSION = "number title state starts_at ends_at"
_COLUMNS = [*_SESSION.split(), *(f"webinar__{column}" for column in _WEBINAR.split())]


def find_offer(**about: object) -> Offer | None:
    """Return what the webinar with this `pk` or `slug` offers, or None where there is none; one query when warm."""
    rows = WebinarSession.objects.filter(**{f"webinar__{name}": value for name, value in about.items()})
    rows = rows.select_related("webinar__audience").only(*_COLUMNS).annotate(**_PUBLICATION, **_TEXT)
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
