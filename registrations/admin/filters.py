"""Filters of the desk's lists."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, cast

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from eligibility.countries import display_name, normalise
from eligibility.labels import OUTCOMES
from eligibility.rules import Outcome, UnknownCountry
from registrations.models import OverrideQuerySet, fold_search, is_late


class CountryFilter(admin.AllValuesFieldListFilter):
    """The countries that occur, by their EU names."""

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        """Yield “All”, then the countries in the order of their names, with their counts."""
        everything, *countries = super().choices(changelist)
        yield everything
        named = (_renamed(choice, display_name) for choice in countries)
        yield from sorted(named, key=lambda choice: choice["display"])


class VerdictFilter(admin.ChoicesFieldListFilter):
    """The verdicts, in words."""

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        """Yield “All”, then the verdicts with their counts."""
        everything, *outcomes = super().choices(changelist)
        yield everything
        yield from (_renamed(choice, lambda outcome: str(OUTCOMES[Outcome(outcome)])) for choice in outcomes)


def _renamed(choice: Any, name: Callable[[str], str]) -> Any:
    """Return a choice with the stored value in front of its count replaced by what people read."""
    value, blank, count = str(choice["display"]).partition(" ")
    return choice | {"display": f"{name(value)}{blank}{count}"}


class YesNoFilter(admin.SimpleListFilter):
    """Whether a column is filled in."""

    column: str

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return the two choices."""
        return [("yes", _("yes")), ("no", _("no"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet | None:
        """Return the rows of the choice, or None without one."""
        if self.value() not in ("yes", "no"):
            return None
        return queryset.filter(**{f"{self.column}__isnull": self.value() == "no"})


class FlaggedFilter(YesNoFilter):
    """Whether the verdict changed after the decision."""

    title = _("flagged")
    parameter_name = "flagged"
    column = "flagged_at"


class DatedFilter(YesNoFilter):
    """Whether a session has a date."""

    title = _("date fixed")
    parameter_name = "dated"
    column = "starts_at"


class OverrideFilter(admin.SimpleListFilter):
    """How requests for an override stand."""

    title = _("how it stands")
    parameter_name = "stands"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return the ways they can stand."""
        return [
            ("open", _("waits for a second person")),
            ("confirmed", _("confirmed")),
            ("lapsed", _("lapsed, for a session to come")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet | None:
        """Return the requests that stand so, or None without a choice."""
        overrides = cast(OverrideQuerySet, queryset)
        match self.value():
            case "open":
                return overrides.open()
            case "confirmed":
                return overrides.filter(confirmed_by__isnull=False)
            case "lapsed":
                return overrides.lapsed(timezone.now())
        return None


class AnsweredFilter(YesNoFilter):
    """Whether somebody on the staff has answered."""

    title = _("answered")
    parameter_name = "answered"
    column = "answered_at"


class BouncedFilter(YesNoFilter):
    """Whether mail to the address came back."""

    title = _("address bounced")
    parameter_name = "bounced"
    column = "bounced_at"


class UnfinishedFilter(YesNoFilter):
    """Whether a worker still has something to do."""

    title = _("unfinished")
    parameter_name = "unfinished"
    column = "due_at"


class LateFilter(admin.SimpleListFilter):
    """Which mails wait longer than 15 minutes, as the start page counts them."""

    title = _("late")
    parameter_name = "late"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return the one choice."""
        return [("yes", _("yes"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet | None:
        """Return the late mails, or None without the choice."""
        return queryset.filter(is_late(timezone.now())) if self.value() == "yes" else None


SEARCH_HELP = _("Name, organisation, country, address or reference; accents do not matter")
MOST_WORDS = 50
LONGEST_COUNTRY = 8  # words of the longest name somebody may write


def search_people(queryset: QuerySet, term: str, prefix: str = "") -> QuerySet:
    """Return the rows whose person matches every word: in name, organisation or address without accents, or reference.

    Words that name a country, or are one of its codes, also match who is established there. `prefix` is the path from
    the row to its registration, as in "registration__". More than MOST_WORDS match nobody: a database takes only so many.
    """
    words = fold_search(term).split()
    if len(words) > MOST_WORDS:
        return queryset.none()
    while words:
        length, country = _country_ahead(words)
        found = Q(**{f"{prefix}country": country}) if country else Q()
        queryset = queryset.filter(found | _has_words(words[:length], prefix))
        words = words[length:]
    return queryset


def _country_ahead(words: Sequence[str]) -> tuple[int, str]:
    """Return how many of the first words name a country, the longest name first, and its code; (1, "") if none do."""
    for length in range(min(len(words), LONGEST_COUNTRY), 0, -1):
        try:
            return length, normalise(" ".join(words[:length]))
        except UnknownCountry:
            continue
    return 1, ""


def _has_words(words: Sequence[str], prefix: str) -> Q:
    found = Q()
    for word in words:
        found &= (
            Q(**{f"{prefix}search_key__contains": word})
            | Q(**{f"{prefix}email_key__contains": word})
            | Q(**{f"{prefix}reference__startswith": word.upper()})
        )
    return found
