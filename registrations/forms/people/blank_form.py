"""The registration form before anybody wrote in it: drawn once for everybody, and found by one query (D-82)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django.db.models import Model, QuerySet, Subquery
from django.template import Context
from django.utils.safestring import SafeString

from eligibility.models import Publication
from registrations import services
from registrations.forms.people.registration import RegistrationForm
from registrations.forms.shown_texts import language
from registrations.models import LegalText, Webinar, WebinarSession


class BlankForm:
    """What the page needs of a RegistrationForm that nobody wrote in yet."""

    is_bound = False
    errors: Mapping[str, Any] = {}

    def __init__(self, helper: FormHelper) -> None:
        self.helper = helper


class _Drawn:
    """The fields of a form as they were drawn before, as crispy forms lays them out."""

    def __init__(self, html: SafeString) -> None:
        self.html = html

    def render(self, form: Any, context: Any, **_kwargs: Any) -> SafeString:
        return self.html


@dataclass(frozen=True, slots=True)
class _Basis:
    """Everything a blank form depends on; `webinar` and `now` only serve to draw it."""

    columns: tuple[object, ...]
    newest: tuple[object, ...]
    offered: tuple[int, ...]
    today: date
    language: str
    webinar: int = field(compare=False)
    now: datetime = field(compare=False)


def _of_newest(rows: QuerySet[Any], *columns: str) -> dict[str, Subquery]:
    """Return expressions that change as soon as there is a newer row, beyond its number (see `register.Stamp`)."""
    return {
        f"newest_{rows.model._meta.model_name}_{name}": Subquery(rows.values(name)[:1]) for name in columns
    }


_NEWEST = _of_newest(Publication.objects.order_by("-number"), "number", "content_hash", "published_at")
_NEWEST |= _of_newest(LegalText.objects.order_by("-pk"), "pk", "sha256", "created_at")


def blank_form(slug: str, now: datetime) -> tuple[Webinar, BlankForm] | None:
    """Return a webinar with its form as it is at this moment (aware datetime); one query, when it was drawn before.

    None where there is nothing to register for: no such webinar, not open, or no session still to come.
    """
    rows = WebinarSession.objects.filter(webinar__slug=slug).select_related("webinar__audience")
    sessions = list(rows.annotate(**_NEWEST))
    offered = tuple(session.pk for session in sessions if session.can_be_chosen(now))
    if not offered or not sessions[0].webinar.is_open(now):
        return None
    webinar = sessions[0].webinar
    basis = _Basis(
        columns=tuple(_columns(webinar.audience, webinar, *sessions)),
        newest=tuple(getattr(sessions[0], name) for name in _NEWEST),
        offered=offered,
        today=services.verdicts.brussels_day(now),
        language=language(),
        webinar=webinar.pk,
        now=now,
    )
    return webinar, BlankForm(_draw(basis))


def _columns(*rows: Model) -> Iterator[object]:
    """Return all that was read of these rows, so that no change to them can be missed."""
    for row in rows:
        yield from (getattr(row, column.attname) for column in row._meta.concrete_fields)


@lru_cache(maxsize=32)
def _draw(basis: _Basis) -> FormHelper:
    """Return how crispy forms lays the form out, its fields already drawn."""
    webinar = Webinar.objects.select_related("audience").prefetch_related("sessions").get(pk=basis.webinar)
    form = RegistrationForm(webinar=webinar, now=basis.now)
    helper = form.helper
    helper.layout = Layout(_Drawn(helper.render_layout(form, Context({"form": form}))))
    return helper
