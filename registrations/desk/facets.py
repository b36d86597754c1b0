"""Filters that say how many rows each choice would show, all counted by one query (D-71)."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar, cast

from django.contrib.admin import ListFilter
from django.contrib.admin.options import IS_FACETS_VAR, IncorrectLookupParameters
from django.contrib.admin.utils import build_q_object_from_lookup_parameters, prepare_lookup_value
from django.core.exceptions import ValidationError
from django.db.models import BooleanField, Count, Exists, ExpressionWrapper, F, Model, Q, QuerySet
from django.db.models.expressions import Combinable
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from webinar_site.foundation.desk.long_lists import MOST_COUNTED, LongList, count_rows

Label = str | Promise


class Facet(ListFilter):
    """A filter on one column: the address says `parameter_name=value`, and each value is counted with all others."""

    parameter_name: str
    column: str
    is_counted: ClassVar[bool] = True

    def __init__(
        self, request: HttpRequest, params: dict[str, Any], model: type[Model], model_admin: Any
    ) -> None:
        """Take this filter's value out of the address; the last one, if it is there several times."""
        super().__init__(request, params, model, model_admin)
        given = params.pop(self.parameter_name, None)
        self.value = str(given[-1]) if given else None

    def has_output(self) -> bool:
        """Return True: what there is to choose is known later."""
        return True

    def expected_parameters(self) -> list[str | None]:
        """Return the one name in the address."""
        return [self.parameter_name]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return the rows of the chosen value; raises IncorrectLookupParameters where it cannot be one."""
        if self.value is None:
            return queryset
        try:
            return self.narrow(queryset, self.value)
        except (ValueError, ValidationError) as error:
            raise IncorrectLookupParameters(error) from error

    def choices(self, changelist: Any) -> Iterator[dict[str, Any]]:
        """Yield “All”, then what can be chosen, with counts where they are known."""
        counts = changelist.counts.get(self.parameter_name)
        remove = [self.parameter_name]
        yield self._choice(self.value is None, changelist.get_query_string(remove=remove), _("All"))
        for value, label in self.options(counts):
            query = changelist.get_query_string({self.parameter_name: value})
            shown = label if counts is None else f"{label} ({counts.get(value, 0)})"
            yield self._choice(value == self.value, query, shown)

    def _choice(self, selected: bool, query_string: str, display: Label) -> dict[str, Any]:
        return {"selected": selected, "query_string": query_string, "display": display}

    def expression(self) -> Combinable:
        """Return what rows are grouped by to be counted."""
        return F(self.column)

    def value_of(self, grouped: Any) -> str:
        """Return the value in the address for what a row is grouped by."""
        return str(grouped)

    def values_of(self, grouped: Any) -> tuple[str, ...]:
        """Return all values in the address that would show such a row."""
        return (self.value_of(grouped),)

    def narrow(self, queryset: QuerySet[Any], value: str) -> QuerySet[Any]:
        """Return the rows that have this value."""
        return queryset.filter(**{self.column: value})

    def options(self, counts: Mapping[str, int] | None) -> Iterable[tuple[str, Label]]:
        """Return the values to choose from with their labels; `counts` are those that occur, if they were counted."""
        raise NotImplementedError


class ChoicesFacet(Facet):
    """A filter on a column whose values are an enum's, each of them shown whether it occurs or not."""

    labels: Sequence[tuple[str, Label]]

    def options(self, counts: Mapping[str, int] | None) -> Iterable[tuple[str, Label]]:
        """Return all of them."""
        return self.labels


class YesNoFacet(ChoicesFacet):
    """Whether something holds for a row."""

    labels = (("yes", gettext_lazy("yes")), ("no", gettext_lazy("no")))

    def __init__(
        self, request: HttpRequest, params: dict[str, Any], model: type[Model], model_admin: Any
    ) -> None:
        """Take the answer out of the address; anything else than yes or no is none."""
        super().__init__(request, params, model, model_admin)
        self.value = self.value if self.value in ("yes", "no") else None

    def condition(self) -> Q | Exists:
        """Return when it holds: that `column` is filled in."""
        return Q(**{f"{self.column}__isnull": False})

    def expression(self) -> Combinable:
        """Return whether it holds."""
        return ExpressionWrapper(self.condition(), BooleanField())

    def value_of(self, grouped: Any) -> str:
        """Return "yes" or "no"."""
        return "yes" if grouped else "no"

    def narrow(self, queryset: QuerySet[Any], value: str) -> QuerySet[Any]:
        """Return the rows for which it holds, or those for which it does not."""
        return queryset.filter(self.condition() if value == "yes" else ~self.condition())


class FacetedList(LongList):
    """A list whose filters are facets.

    Counted are all rows that the search finds, so that each filter says what another choice of it would show; where
    those are too many, the rows that are listed; where those are, too, only on demand (“Show counts”).
    """

    def get_results(self, request: HttpRequest) -> None:
        """Find the rows, and count them for the filters."""
        super().get_results(request)
        facets = [spec for spec in self._facets() if spec.is_counted]
        found = self._found(request)
        is_narrowed = any(facet.value is not None for facet in facets)
        is_too_long = (count_rows(found) if is_narrowed else self.paginator.found) > MOST_COUNTED
        self.is_facets_optional = is_too_long
        self.counts: dict[str, Counter[str]] = {}
        if not is_too_long or IS_FACETS_VAR in request.GET:
            self.counts = count_choices(found, facets)
        elif is_narrowed and not self.is_capped:
            self.counts = count_choices(self.queryset, [facet for facet in facets if facet.value is None])
        self.add_facets = bool(self.counts)

    def _facets(self) -> list[Facet]:
        return cast(list[Facet], self.filter_specs)

    def _found(self, request: HttpRequest) -> QuerySet[Any]:
        """Return the rows under the search and whatever else the address says, but under no counted facet."""
        names = {spec.parameter_name for spec in self._facets()}
        rest = {
            name: prepare_lookup_value(name, value)
            for name, value in self.get_filters_params().items()
            if name not in names
        }
        rows = self.root_queryset.filter(build_q_object_from_lookup_parameters(rest))
        for spec in self._facets():
            rows = rows if spec.is_counted else spec.queryset(request, rows)
        return self.model_admin.get_search_results(request, rows, self.query)[0]


def count_choices(rows: QuerySet[Any], facets: Sequence[Facet]) -> dict[str, Counter[str]]:
    """Return how many rows each choice would show, by the facets' names in the address; one query.

    A choice shows the rows that match it and what is chosen in all other facets. So rows that miss what is chosen in
    one facet alone count for that facet; what only rows that miss more have, is there with 0.
    """
    names = [f"facet_{number}" for number in range(len(facets))]
    by = {name: facet.expression() for name, facet in zip(names, facets, strict=True)}
    groups = rows.order_by().prefetch_related(None).values(**by).annotate(number=Count("pk"))
    counts = {facet.parameter_name: Counter[str]() for facet in facets}
    for *grouped, number in groups.values_list(*names, "number"):
        shown_by = [(facet, facet.values_of(value)) for facet, value in zip(facets, grouped, strict=True)]
        missed = [
            facet for facet, values in shown_by if facet.value is not None and facet.value not in values
        ]
        for facet, values in shown_by:
            for value in values:
                counts[facet.parameter_name][value] += number if missed in ([], [facet]) else 0
    return counts
