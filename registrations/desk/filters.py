"""Filters that several lists of the desk have: what is known of a person, and whether a column is filled in."""

from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from eligibility.countries import display_name
from registrations import permissions
from registrations.desk.facets import ChoicesFacet, Facet, Label, YesNoFacet
from registrations.models import AccessNeed, Kind, OrganisationType, Registration


class KindFacet(ChoicesFacet):
    """Participants and guests."""

    title = _("kind")
    parameter_name = "kind__exact"
    column = "kind"
    labels = Kind.choices


class CountryFacet(Facet):
    """The countries that occur, by their EU names."""

    title = _("country of establishment")
    parameter_name = column = "country"

    def options(self, counts: Mapping[str, int] | None) -> list[tuple[str, Label]]:
        """Return the countries in the order of their names."""
        if counts is None:
            counts = dict.fromkeys(
                Registration.objects.order_by().values_list("country", flat=True).distinct(), 0
            )
        return sorted(((code, display_name(code)) for code in counts), key=itemgetter(1))


class OrganisationTypeFacet(ChoicesFacet):
    """The types of organisation."""

    title = _("type of organisation")
    parameter_name = column = "organisation_type"
    labels = OrganisationType.choices


class LanguageFacet(Facet):
    """The languages that mails are written in."""

    title = _("language")
    parameter_name = column = "language"

    def options(self, counts: Mapping[str, int] | None) -> list[tuple[str, Label]]:
        """Return the site's languages, and those that occur besides, by their names."""
        codes = {code for code, _name in settings.LANGUAGES} | set(counts or ())
        return sorted(
            ((code, get_language_info(code)["name_translated"]) for code in codes), key=itemgetter(1)
        )


class AccessFacet(YesNoFacet):
    """Who needs something to take part; only for those who may see access needs."""

    title = _("needs access support")
    parameter_name = "access"
    person = "pk"

    def condition(self) -> Exists:
        """Return whether the person asked for anything."""
        return Exists(AccessNeed.objects.filter(registration=OuterRef(self.person)))


class DuplicateFacet(YesNoFacet):
    """Who is registered for the same webinar under the same name with another address; not counted: too slow."""

    title = _("likely duplicate")
    parameter_name = "duplicate"
    is_counted = False
    person = "pk"

    def condition(self) -> Q:
        """Return whether the person is one of several of a name."""
        return Q(**{f"{self.person}__in": Registration.objects.likely_duplicates().values("pk")})


def facets_for(request: HttpRequest, facets: Sequence[Any]) -> list[Any]:
    """Return the filters of a list that somebody may use: access needs can touch on health, and an empty list tells."""
    may_see_needs = request.user.has_perm(permissions.VIEW_ACCESS_NEEDS)
    return [facet for facet in facets if may_see_needs or not _is_of_access(facet)]


def _is_of_access(facet: Any) -> bool:
    return isinstance(facet, type) and issubclass(facet, AccessFacet)


class YesNoFilter(admin.SimpleListFilter):
    """Whether a column is filled in."""

    column: str

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return the two choices."""
        return [("yes", _("yes")), ("no", _("no"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any] | None:
        """Return the rows of the choice, or None without one."""
        if self.value() not in ("yes", "no"):
            return None
        return queryset.filter(**{f"{self.column}__isnull": self.value() == "no"})


class UnfinishedFilter(YesNoFilter):
    """Whether a worker still has something to do."""

    title = _("unfinished")
    parameter_name = "unfinished"
    column = "due_at"
