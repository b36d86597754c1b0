"""Finding people on the desk's lists by words: names, organisations, countries, addresses, references."""

from collections.abc import Sequence

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from eligibility.countries import normalise
from eligibility.rules import UnknownCountry
from registrations.models import fold_search

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
