"""Records and rows for tests; what matters to a test is in the test."""

import itertools
from dataclasses import replace
from datetime import date

from django.contrib.auth.models import User
from django.db.models import Model

from eligibility.countries import CODES
from eligibility.models import Audience, ListEdition, ListEntry, Publication, RuleVersion
from eligibility.records import (
    Condition,
    Confidence,
    ContentStatus,
    Edition,
    Entry,
    Register,
    Rule,
    Source,
    Treatment,
)
from eligibility.services.drafts import draft_correction, draft_rule

SOURCE = Source("Official list", "https://example.org/list", date(2020, 4, 24))
NEW_SOURCE = Source("Corrected list", "https://example.org/corrected", date(2020, 4, 25), "ab" * 32)
EVER = date(2014, 1, 1)
OFFICIAL = (Audience, Publication, ListEdition, ListEntry, RuleVersion)  # as their foreign keys need them
_loaded: list[Model] = []
_moments = itertools.count(1)


def entry(code: str, **stated) -> Entry:
    """Return an entry on the list."""
    return Entry(code=code, name=f"Name of {code}", confidence=Confidence.A, **stated)


def territory(code: str, treatment: Treatment, parent: str = "") -> Entry:
    """Return an entry that settles a territory."""
    return entry(code, treatment=treatment, parent=parent, note=f"Reason for {code}")


def edition(
    key: str, *entries: Entry | str, list_key: str = "LIST", starts: date = EVER, **stated
) -> Edition:
    """Return an edition; a code stands for an entry on the list."""
    held = tuple(item if isinstance(item, Entry) else entry(item) for item in entries)
    return Edition(
        list_key=list_key,
        key=key,
        title=f"Title of {key}",
        starts=starts,
        source=SOURCE,
        entries=held,
        **stated,
    )


def rule(key: str = "RULE", *lists: str, **stated) -> Rule:
    """Return a documented rule that has always held."""
    defaults = Rule(
        "audience", key, SOURCE, ContentStatus.DOCUMENTED, lists=lists or ("LIST",), wording="Who may come."
    )
    return replace(defaults, **stated)


def condition(*organisation_types: str, countries: tuple[str, ...] = ()) -> Condition:
    """Return a condition under which a person decides."""
    return Condition(organisation_types, "A person must look.", countries)


def register(*records: Edition | Rule) -> Register:
    """Return a register in which the records were published in this order."""
    return Register(
        publication=7,
        editions=tuple(record for record in records if isinstance(record, Edition)),
        rules=tuple(record for record in records if isinstance(record, Rule)),
        countries=CODES,
    )


def member_of_staff(name: str) -> User:
    """Return a member of staff."""
    return User.objects.create(username=name, is_staff=True)


def published(key: str) -> ListEdition:
    """Return the row of a published edition."""
    return ListEdition.objects.published().get(key=key)


def corrected_cosme(**stated) -> ListEdition:
    """Return a draft that corrects the published list of COSME third countries."""
    given = {"key": "COSME-3C-2020", "starts": date(2020, 4, 28), "source": NEW_SOURCE}
    return draft_correction(published("COSME-3C-2018").pk, **given | stated)


def later_rule(key: str = "INV-2", *lists: str, **stated) -> RuleVersion:
    """Return a draft rule of the site's audience that takes over on 1 July 2020."""
    given = {"audience": Audience.objects.get().key, "starts": date(2020, 7, 1)}
    return draft_rule(rule(key, *(lists or ("EU", "ENI")), **given | stated))
