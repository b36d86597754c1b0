"""Filters of the list of registrations that no other list has."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from registrations.desk.facets import ChoicesFacet, Facet, Label, YesNoFacet
from registrations.models import Seat, Webinar
from registrations.states import RegistrationState, SeatState


class RegistrationStateFacet(ChoicesFacet):
    """How far a registration is."""

    title = _("state")
    parameter_name = "state__exact"
    column = "state"
    labels = RegistrationState.choices


class BouncedFacet(YesNoFacet):
    """Whether mail to the address came back."""

    title = _("address bounced")
    parameter_name = "bounced"
    column = "bounced_at"


class WebinarFacet(Facet):
    """The webinars."""

    title = _("webinar")
    parameter_name = "webinar__id__exact"
    column = "webinar_id"

    def options(self, counts: Mapping[str, int] | None) -> list[tuple[str, Label]]:
        """Return all webinars."""
        return [(str(webinar.pk), str(webinar)) for webinar in Webinar.objects.all()]


class SeatStateFacet(ChoicesFacet):
    """The states of a person's seats; not counted, because one person may have several."""

    title = _("places")
    parameter_name = "seats__state__exact"
    labels = SeatState.choices
    is_counted = False

    def narrow(self, queryset: QuerySet[Any], value: str) -> QuerySet[Any]:
        """Return who has a seat in this state."""
        return queryset.filter(Exists(Seat.objects.filter(registration=OuterRef("pk"), state=value)))
