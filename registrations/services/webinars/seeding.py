"""What a new site starts with: staff groups, the invitation, legal texts; and sample people to try it with."""

import itertools
import tomllib
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from email.utils import parseaddr
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.db import transaction

from eligibility import register as eligibility_register
from eligibility.models import Audience
from eligibility.rules import Outcome, assess
from registrations.models import (
    AgendaItem,
    LegalText,
    OrganisationType,
    Registration,
    Seat,
    Webinar,
    WebinarSession,
    email_key,
)
from registrations.models.keys import new_reference
from registrations.models.legal_texts import text_digest
from registrations.permissions import GROUPS
from registrations.services.people.submission import write_keys
from registrations.services.sessions import reminders
from registrations.services.verdicts import assessment
from registrations.states import RegistrationState
from webinar_site.foundation.chunks import in_chunks
from webinar_site.foundation.days import BRUSSELS

TUESDAY = 1
AHEAD = timedelta(weeks=2)
DECIDED_BEFORE = timedelta(days=5)
REPLACED = {  # SHA-256 of wordings that came with the site before
    # Privacy statements that did not say what the form does with whom the lists do not admit.
    "13352f2e8e0bc742e44641a8477706378004e6532d2e1d097df57d76a340612c",
    "e6abc6227c2e55ae7296b5e0109cbae9e7c43c0e9e2f3064e28f987044cd25d5",
    "c2d159fbaa1eade4756561645bba8589d529b4e7638792dc0047f6fc7ead6f98",
}


@transaction.atomic
def sync_groups() -> list[str]:
    """Make the staff groups and give each exactly the permissions of permissions.GROUPS; return their names."""
    by_name = {
        f"{permission.content_type.app_label}.{permission.codename}": permission
        for permission in Permission.objects.select_related("content_type")
    }
    for name, wanted in GROUPS.items():
        group, _created = Group.objects.get_or_create(name=name)
        group.permissions.set([by_name[permission] for permission in wanted])
    return list(GROUPS)


@transaction.atomic
def load_invitation(*, original: bool, now: datetime) -> tuple[Webinar, bool]:
    """Load the invitation unless it is there; return the webinar and whether it is new.

    With `original` its true dates of 2020; otherwise dates in the near future with registration open, the country lists
    pinned to the original day, and a notice that says so.
    """
    _load_legal_texts()
    facts = _read("invitation.toml")
    slug = facts["webinar"]["slug"]
    existing = Webinar.objects.filter(slug=slug).first()
    if existing:
        return existing, False
    sample = {} if original else facts["sample"]
    first_day = facts["session"][0]["date"] if original else _next_tuesday(now)
    webinar = Webinar(
        **{key: value.strip() for key, value in facts["webinar"].items() if key != "audience"},
        audience=Audience.objects.get(key=facts["webinar"]["audience"]),
        contact_email=parseaddr(settings.DEFAULT_FROM_EMAIL)[1],
        notice=sample.get("notice", ""),
        lists_as_of=sample.get("lists_as_of"),
        registration_open=True,
        registration_closes_at=_brussels(first_day, facts["session"][0]["ends"]),
        decide_by=first_day - DECIDED_BEFORE,
    )
    webinar.save(force_insert=True)
    meeting = {key: value for key, value in sample.items() if key.startswith("meeting_")}
    for session in facts["session"]:
        loaded = _load_session(webinar, session, first_day, meeting)
        reminders.add_usual_reminders(loaded.pk, now=now)
    return webinar, True


def _load_session(
    webinar: Webinar, facts: dict[str, Any], day: date, meeting: dict[str, str]
) -> WebinarSession:
    dated = "date" in facts
    session = WebinarSession.objects.create(
        webinar=webinar,
        number=facts["number"],
        title=facts["title"],
        summary=facts["summary"],
        starts_at=_brussels(day, facts["starts"]) if dated else None,
        ends_at=_brussels(day, facts["ends"]) if dated else None,
        **meeting,
    )
    AgendaItem.objects.bulk_create(
        AgendaItem(
            session=session,
            starts_at=item.get("time"),
            title=item["title"],
            speakers=item.get("speakers", ""),
            position=position,
        )
        for position, item in enumerate(facts.get("agenda", []), start=1)
    )
    return session


def _load_legal_texts() -> None:
    """Load each text in each of the site's languages for which there is a file; elsewhere people are shown English.

    A wording of ours that was replaced gets the new one as its next version; what staff wrote stays the newest.
    """
    for kind, (language, _name) in itertools.product(LegalText.Kind, settings.LANGUAGES):
        path = _data() / f"{kind}.{language}.txt"
        if not path.is_file():
            continue
        newest = LegalText.objects.filter(kind=kind, language=language).order_by("-version").first()
        if newest is None or newest.sha256 in REPLACED:
            body = path.read_text(encoding="utf-8")
            version = newest.version + 1 if newest else 1
            LegalText.objects.create(
                kind=kind, language=language, version=version, body=body, sha256=text_digest(body)
            )


def _data() -> Path:
    return Path(apps.get_app_config("registrations").path) / "data"


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((_data() / name).read_text(encoding="utf-8"))


def _brussels(day: date, at: time) -> datetime:
    return datetime.combine(day, at, tzinfo=BRUSSELS)


def _next_tuesday(now: datetime) -> date:
    """Return the first Tuesday at least two weeks ahead, as a Brussels day."""
    earliest = assessment.brussels_day(now) + AHEAD
    return earliest + timedelta(days=(TUESDAY - earliest.weekday()) % 7)


def seed_registrations(webinar: Webinar, count: int, *, now: datetime) -> int:
    """Add `count` invented, confirmed registrations for every session of a webinar, all waiting for a decision.

    They come from the countries that are eligible on the sessions' days, in turn; nobody is mailed. Return how many.
    """
    register = eligibility_register.current(webinar.audience.key)
    sessions = list(webinar.sessions.all())
    day = assessment.session_day(webinar, sessions[0], today=assessment.brussels_day(now))
    countries = [
        code for code in sorted(register.countries) if assess(code, day, register).outcome is Outcome.ELIGIBLE
    ]
    start = webinar.registrations.count()
    evaluator = assessment.Evaluator(lambda _audience: register, today=assessment.brussels_day(now))
    for chunk in in_chunks(range(start + 1, start + count + 1)):
        with transaction.atomic():
            people = [
                _sample_person(webinar, number, countries[number % len(countries)], now) for number in chunk
            ]
            _renew_taken_references(people)
            Registration.objects.bulk_create(people)
            seats = [Seat(registration=person, session=session) for person in people for session in sessions]
            for seat in seats:
                evaluator.assess(seat)
            Seat.objects.bulk_create(seats)
    return count


def _renew_taken_references(people: Sequence[Registration]) -> None:
    """Draw again the references that somebody has: among 100,000 people it happens once in a hundred times."""
    drawn: set[str] = set()
    references = [person.reference for person in people]
    taken = set(Registration.objects.filter(reference__in=references).values_list("reference", flat=True))
    for person in people:
        while person.reference in taken | drawn:
            person.reference = new_reference()
        drawn.add(person.reference)


def _sample_person(webinar: Webinar, number: int, country: str, now: datetime) -> Registration:
    address = f"sample.person.{number}@example.org"
    person = Registration(
        webinar=webinar,
        state=RegistrationState.ACTIVE,
        first_name="Sample",
        last_name=f"Person {number}",
        email=address,
        email_key=email_key(address),
        organisation=f"Sample Cluster {number}",
        organisation_type=OrganisationType.CLUSTER,
        country=country,
        confirmed_at=now,
    )
    write_keys(person)
    return person
