"""Filters of the queue of seats: what was decided and why, what the lists say, and whose seat it is."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Case, F, Model, Q, QuerySet, Value, When
from django.db.models.expressions import Combinable
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from eligibility.labels import OUTCOMES
from eligibility.register import published_editions
from eligibility.rules import Outcome
from registrations.desk.facets import ChoicesFacet, Facet, Label
from registrations.desk.filters import (
    AccessFacet,
    CountryFacet,
    DuplicateFacet,
    KindFacet,
    LanguageFacet,
    OrganisationTypeFacet,
)
from registrations.models import FLAGS, PartStat, ReasonCode, WebinarSession, is_flagged
from registrations.states import SeatState


class StateFacet(ChoicesFacet):
    """How far a seat is."""

    title = _("state")
    parameter_name = "state__exact"
    column = "state"
    labels = SeatState.choices


class VerdictFacet(ChoicesFacet):
    """What the rules say."""

    title = _("verdict")
    parameter_name = "outcome__exact"
    column = "outcome"
    labels = tuple((outcome.value, OUTCOMES[outcome]) for outcome in Outcome)


class ListFacet(Facet):
    """The list whose entry decided; a country on two lists counts where the verdict says."""

    title = _("list")
    parameter_name = "list_key"
    column = "list_key"

    def options(self, counts: Mapping[str, int] | None) -> list[tuple[str, Label]]:
        """Return the lists by their keys, and none at all."""
        keys = counts if counts is not None else {edition.list_key for edition in published_editions()}
        return [*((key, key) for key in sorted(keys) if key), ("", _("no list"))]


class FlaggedFacet(ChoicesFacet):
    """Whether the verdict changed after the decision, and what was decided: the flagged seats' states are the kinds."""

    title = _("flagged")
    parameter_name = "flagged"
    labels = (("yes", _("yes")), *((state.value, why) for state, why in FLAGS.items()), ("no", _("no")))

    def __init__(
        self, request: HttpRequest, params: dict[str, Any], model: type[Model], model_admin: Any
    ) -> None:
        """Take the answer out of the address; anything that is none of the choices is none."""
        super().__init__(request, params, model, model_admin)
        self.value = self.value if self.value in dict(self.labels) else None

    def expression(self) -> Combinable:
        """Return the state of a flagged seat, "" of any other."""
        return Case(When(is_flagged(timezone.now()), then=F("state")), default=Value(""))

    def values_of(self, grouped: Any) -> tuple[str, ...]:
        """Return what would show a row: that it is flagged and why, or that it is not."""
        return ("yes", grouped) if grouped else ("no",)

    def narrow(self, queryset: QuerySet[Any], value: str) -> QuerySet[Any]:
        """Return the flagged rows, those of one kind, or the others."""
        flagged = is_flagged(timezone.now())
        if value == "no":
            return queryset.exclude(flagged)
        return queryset.filter(flagged if value == "yes" else flagged & Q(state=value))


class ReasonFacet(ChoicesFacet):
    """The reason of the table that was chosen for a decision."""

    title = _("reason chosen")
    parameter_name = "reason_code__exact"
    column = "reason_code"
    labels = ReasonCode.choices


class PartStatFacet(ChoicesFacet):
    """What the person's calendar answered."""

    title = _("calendar answer")
    parameter_name = "answer__exact"
    column = "answer"
    labels = PartStat.choices


class SessionFacet(Facet):
    """The sessions."""

    title = _("session")
    parameter_name = "session__id__exact"
    column = "session_id"

    def options(self, counts: Mapping[str, int] | None) -> list[tuple[str, Label]]:
        """Return all sessions."""
        return [(str(session.pk), str(session)) for session in WebinarSession.objects.all()]


class SeatKindFacet(KindFacet):
    """Whose seat it is."""

    parameter_name = "registration__kind__exact"
    column = "registration__kind"


class SeatCountryFacet(CountryFacet):
    """Where the person of a seat is established."""

    parameter_name = column = "registration__country"


class SeatOrganisationTypeFacet(OrganisationTypeFacet):
    """Which type of organisation the person of a seat comes from."""

    parameter_name = column = "registration__organisation_type"


class SeatLanguageFacet(LanguageFacet):
    """Which language the person of a seat reads."""

    parameter_name = column = "registration__language"


class SeatAccessFacet(AccessFacet):
    """Whose person needs something to take part."""

    person = "registration_id"


class SeatDuplicateFacet(DuplicateFacet):
    """Whose person is one of several of a name."""

    person = "registration_id"
