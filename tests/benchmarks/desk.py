"""Measure the lists of the desk: `python -m tests.benchmarks.desk [registrations …]` prints queries and time of each.

Uses a test database (SQLite, or DATABASE_URL), which grows from one number to the next: 1,000, 10,000 and 100,000.
Every registration has two seats, a mail and two history entries.
"""

import itertools
import logging
import os
import statistics
import sys
import time
from collections.abc import Callable

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

from django.db import connection  # noqa: E402
from django.db.models import Case, F, Value, When  # noqa: E402
from django.db.models.functions import Mod  # noqa: E402
from django.test import Client  # noqa: E402
from django.urls import reverse  # noqa: E402

from registrations.models import (  # noqa: E402
    AccessNeed,
    Contest,
    HistoryEntry,
    OrganisationType,
    OutgoingMail,
    Override,
    Registration,
    Seat,
    Webinar,
)
from registrations.services.webinars.seeding import seed_registrations  # noqa: E402
from tests import seeds  # noqa: E402
from tests.registrations.factories import NOW, make_session, make_user, make_webinar  # noqa: E402

TIMES = 5
CHUNK = 10_000
LISTS = {
    "start page": ("index", ""),
    "seats": ("seat", ""),
    "seats, requested": ("seat", "state__exact=requested"),
    "seats, rare state": ("seat", "state__exact=rejected"),
    "seats, one country": ("seat", "registration__country=MT"),
    "seats, three filters": ("seat", "state__exact=requested&registration__country=MT&flagged=no"),
    "seats, search": ("seat", "q=person+777"),
    "seats, search nobody": ("seat", "q=nobody"),
    "seats, page 19": ("seat", "p=19"),
    "registrations": ("registration", ""),
    "registrations, state": ("registration", "state__exact=withdrawn"),
    "registrations, country": ("registration", "country=MT"),
    "registrations, search": ("registration", "q=person+777"),
    "mails": ("outgoingmail", ""),
    "mails, failed": ("outgoingmail", "state__exact=failed"),
    "mails, search": ("outgoingmail", "q=K7"),
    "history": ("historyentry", ""),
    "history, approved": ("historyentry", "action__exact=approved"),
    "jobs": ("bulkjob", ""),
    "contests": ("contest", ""),
    "overrides": ("override", ""),
}


def grow(webinar: Webinar, number: int) -> None:
    """Bring the webinar to this many registrations of many kinds, each with its mail and history."""
    newest = Registration.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    seed_registrations(webinar, number - webinar.registrations.count(), now=NOW)
    new = Registration.objects.filter(pk__gt=newest)
    types = [When(rest=index, then=Value(value)) for index, value in enumerate(OrganisationType.values)]
    new.annotate(rest=Mod(F("pk"), Value(len(types)))).update(organisation_type=Case(*types))
    new.annotate(rest=Mod(F("pk"), Value(7))).filter(rest=0).update(language="fr")
    new.annotate(rest=Mod(F("pk"), Value(50))).filter(rest=0).update(state="withdrawn")
    seats = Seat.objects.filter(registration__pk__gt=newest)
    for divisor, state in ((3, "approved"), (200, "rejected"), (500, "waitlisted")):
        seats.annotate(rest=Mod(F("pk"), Value(divisor))).filter(rest=0).update(state=state)
    ids = list(new.values_list("pk", flat=True))
    for start in range(0, len(ids), CHUNK):
        write_about(webinar, ids[start : start + CHUNK])
    rare = list(seats.annotate(rest=Mod(F("pk"), Value(100))).filter(rest=1).values_list("pk", flat=True))
    Contest.objects.bulk_create(Contest(seat_id=pk, text="Why?", created_at=NOW) for pk in rare)
    asked = make_user(f"somebody{number}")
    Override.objects.bulk_create(
        Override(seat_id=pk, reason="A partner.", requested_by=asked, requested_at=NOW) for pk in rare
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE" if connection.vendor == "sqlite" else "VACUUM ANALYZE")


def write_about(webinar: Webinar, ids: list[int]) -> None:
    """Write a mail and two history entries about each of these people, and access needs of every twentieth."""
    OutgoingMail.objects.bulk_create(
        OutgoingMail(
            kind="invitation",
            registration_id=pk,
            recipient="somebody@example.org",
            language="en",
            facts={},
            dedupe_key=f"mail {pk}",
            message_id=f"mail.{pk}@example.org",
            state="failed" if pk % 1000 == 0 else "sent",
            created_at=NOW,
            sent_at=NOW,
        )
        for pk in ids
    )
    HistoryEntry.objects.bulk_create(
        HistoryEntry(at=NOW, actor="person", action=action, webinar=webinar, registration_id=pk)
        for pk in ids
        for action in ("registered", "confirmed" if pk % 10 else "approved")
    )
    AccessNeed.objects.bulk_create(
        AccessNeed(registration_id=pk, measure="captions") for pk in ids if pk % 20 == 0
    )


def measure(client: Client, page: str, query: str) -> tuple[int, float]:
    """Return how many queries a page takes, and the median of its time in milliseconds."""
    url = f"{reverse('admin:index' if page == 'index' else f'admin:registrations_{page}_changelist')}?{query}"
    queries = itertools.count()

    def count(execute: Callable[..., object], *arguments: object) -> object:
        next(queries)
        return execute(*arguments)

    with connection.execute_wrapper(count):
        answer = client.get(url)
    assert answer.status_code == 200, (url, answer)
    times = []
    for _time in range(TIMES):
        start = time.perf_counter()
        client.get(url)
        times.append((time.perf_counter() - start) * 1000)
    return next(queries), statistics.median(times)


def main(numbers: list[int]) -> None:
    """Measure every list at each of these sizes."""
    seeds.plant()
    webinar = make_webinar()
    for _session in range(2):
        make_session(webinar)
    logging.disable(logging.INFO)
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(make_user("approver", "Approvers"))
    for number in numbers:
        start = time.perf_counter()
        grow(webinar, number)
        print(f"{number:,} registrations, made in {time.perf_counter() - start:.0f} s")  # noqa: T201
        for name, (page, query) in LISTS.items():
            queries, milliseconds = measure(client, page, query)
            print(f"  {name:<26}{queries:>4} queries{milliseconds:>9.0f} ms", flush=True)  # noqa: T201


if __name__ == "__main__":
    database = connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        main([int(argument) for argument in sys.argv[1:]] or [1_000, 10_000, 100_000])
    finally:
        connection.creation.destroy_test_db(database, verbosity=0)
