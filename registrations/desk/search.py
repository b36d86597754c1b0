"""Finding people on the desk's lists by words: names, organisations, countries, addresses, references (D-71)."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from eligibility.countries import normalise
from eligibility.rules import UnknownCountry
from registrations.models import Searched, searched_words

SEARCH_HELP = _("Name, organisation, country, address or reference; accents do not matter")
MOST_WORDS = 50
LONGEST_COUNTRY = 8  # words of the longest name somebody may write


def search_people(queryset: QuerySet[Any], term: str, prefix: str = "") -> QuerySet[Any]:
    """Return the rows whose person matches every word: in reference, or name, organisation or address as compared.

    Words that name a country, or are one of its codes, also match who is established there. `prefix` is the path from
    the row to its registration, as in "registration__". More than MOST_WORDS match nobody: a database takes only so
    many.
    """
    words = searched_words(term)
    if sum(len(word.parts) for word in words) > MOST_WORDS:
        return queryset.none()
    while words:
        length, country = _country_ahead(words)
        found = Q(**{f"{prefix}country": country}) if country else Q()
        queryset = queryset.filter(found | _has_words(words[:length], prefix))
        words = words[length:]
    return queryset


def _country_ahead(words: Sequence[Searched]) -> tuple[int, str]:
    """Return how many of the first words name a country, the longest name first, and its code; (1, "") if none do."""
    for length in range(min(len(words), LONGEST_COUNTRY), 0, -1):
        name = " ".join(word.text for word in words[:length])
        for spelling in (name, name.rstrip(",;")):
            with suppress(UnknownCountry):
                return length, normalise(spelling)
    return 1, ""


def _has_words(words: Sequence[Searched], prefix: str) -> Q:
    found = Q()
    for word in words:
        found &= _has_parts(word, prefix) | Q(**{f"{prefix}reference__startswith": word.reference})
    return found


def _has_parts(word: Searched, prefix: str) -> Q:
    found = Q()
    for spellings in word.spellings():
        either = Q(**{f"{prefix}email_key__contains": spellings[0]})
        for spelling in spellings:
            either |= Q(**{f"{prefix}search_key__contains": spelling})
        found &= either
    return found
