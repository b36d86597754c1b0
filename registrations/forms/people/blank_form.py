"""The registration form before anybody wrote in it: drawn once for everybody, and found by one query (D-82)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django.db.models import Model
from django.template import Context
from django.utils.safestring import SafeString

from registrations import services
from registrations.forms.people.registration import RegistrationForm
from registrations.forms.shown_texts import language
from registrations.models import Webinar


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
    """Everything a blank form depends on; `offer` and `now` only serve to draw it."""

    columns: tuple[object, ...]
    publication: int
    texts: tuple[tuple[int, str], ...]
    offered: tuple[int, ...]
    today: date
    language: str
    offer: services.people.Offer = field(compare=False)
    now: datetime = field(compare=False)


def blank_form(slug: str, now: datetime) -> tuple[Webinar, BlankForm] | None:
    """Return a webinar with its form as it is at this moment (aware datetime); one query, when it was drawn before.

    None where there is nothing to register for: no such webinar, not open, or no session still to come.
    """
    offer = services.people.find_offer(slug=slug)
    if offer is None or not offer.webinar.is_open(now):
        return None
    webinar, sessions = offer.webinar, offer.webinar.sessions.all()
    offered = tuple(session.pk for session in sessions if session.can_be_chosen(now))
    if not offered:
        return None
    basis = _Basis(
        columns=tuple(_columns(webinar.audience, webinar, *sessions)),
        publication=offer.register.publication,
        texts=tuple((text.pk, text.sha256) for text in offer.texts),
        offered=offered,
        today=services.verdicts.brussels_day(now),
        language=language(),
        offer=offer,
        now=now,
    )
    return webinar, BlankForm(_draw(basis))


def _columns(*rows: Model) -> Iterator[object]:
    """Return all that was read of these rows, which is all that can be drawn without asking again."""
    for row in rows:
        unread = row.get_deferred_fields()
        columns = (column.attname for column in row._meta.concrete_fields)
        yield from (getattr(row, column) for column in columns if column not in unread)


@lru_cache(maxsize=32)
def _draw(basis: _Basis) -> FormHelper:
    """Return how crispy forms lays the form out, its fields already drawn."""
    form = RegistrationForm(offer=basis.offer, now=basis.now)
    helper = form.helper
    helper.layout = Layout(_Drawn(helper.render_layout(form, Context({"form": form}))))
    return helper
