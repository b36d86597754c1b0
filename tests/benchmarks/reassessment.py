"""Measure assessing everybody again, and its preview: `python -m tests.benchmarks.reassessment [registrations]
[chunk]`.

Uses a test database (SQLite, or DATABASE_URL). One registration is one seat; every third one changes its verdict.
"""

import itertools
import os
import sys
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

from django.db import connection  # noqa: E402

from eligibility.services.publication_preview import if_published  # noqa: E402
from registrations import services  # noqa: E402
from registrations.models import OutgoingMail, Registration, Seat  # noqa: E402
from registrations.services.jobs import runner  # noqa: E402
from tests import seeds  # noqa: E402
from tests.registrations.factories import (  # noqa: E402
    NOW,
    draft_without,
    make_registration,
    make_session,
    make_webinar,
    publish,
)

COUNTRIES = ("TN", "BE", "FR")


@contextmanager
def measured(what: str, number: int) -> Iterator[None]:
    """Print how long something took and how many queries; where memory is traced, its peak instead of the time."""
    queries = itertools.count()

    def count(execute: Callable[..., object], *arguments: object) -> object:
        next(queries)
        return execute(*arguments)

    if tracemalloc.is_tracing():
        tracemalloc.reset_peak()
    start = time.perf_counter()
    with connection.execute_wrapper(count):  # Django's own log would keep every statement in memory
        yield
    seconds = time.perf_counter() - start
    took = f"in {seconds:7.2f} s = {number / seconds:8.0f}/s"
    if tracemalloc.is_tracing():
        took = f"peak {tracemalloc.get_traced_memory()[1] / 2**20:6.1f} MiB"
    print(f"{what:<14} {number:>7} {took}, {next(queries):>5} queries")  # noqa: T201


def make_people(number: int) -> None:
    """Make people with a assessed seat in one dated session, from countries in turn."""
    seeds.plant()
    webinar = make_webinar()
    session = make_session(webinar)
    models = [make_registration(webinar, [session], country=country).seats.get() for country in COUNTRIES]
    for start in range(0, number, 1000):
        people = Registration.objects.bulk_create(
            Registration(
                webinar=webinar,
                state="active",
                first_name="Ada",
                last_name=f"Person {index}",
                email=f"someone{index}@example.org",
                email_key=f"someone{index}@example.org",
                organisation="Cluster Nord",
                organisation_type="cluster_organisation",
                country=COUNTRIES[index % len(COUNTRIES)],
            )
            for index in range(start, min(start + 1000, number))
        )
        Seat.objects.bulk_create(
            Seat(
                registration=person,
                session=session,
                outcome=model.outcome,
                verdict_data=model.verdict_data,
                publication_number=model.publication_number,
                judged_as_of=model.judged_as_of,
            )
            for person in people
            for model in [models[COUNTRIES.index(person.country)]]
        )


def preview(draft: int) -> services.verdicts.Impact:
    """Return what publishing a draft would do."""
    return services.verdicts.impact_of(if_published(editions=[draft], rules=[]), now=NOW, listed=range(50))


def main(number: int, chunk: int) -> None:
    """Preview and assess again this many people, in chunks of this size: once by the clock, once for the memory."""
    runner.CHUNK = runner.SMALL_CHUNK = chunk
    make_people(number)
    total = Seat.objects.count()
    for traces in (False, True):
        draft = draft_without("TN") if not traces else draft_without("MA")
        if traces:
            draft.entries.create(code="TN", name="Tunisia")
            tracemalloc.start()
        with measured("previewed", total):
            found = preview(draft.pk)
        publish(draft)
        for run in ("judged again", "and once more"):
            with measured(run, total):
                job = services.verdicts.reassess(now=NOW)
            changed = job.changed if job else 0
            print(f"  {changed} changed, {OutgoingMail.objects.count()} mails posted")  # noqa: T201
            assert changed in (found.changed, 0), (changed, found.changed)


if __name__ == "__main__":
    name = connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        numbers = [int(argument) for argument in sys.argv[1:]]
        main(*{0: [10_000, runner.CHUNK], 1: [*numbers, runner.CHUNK], 2: numbers}[len(numbers)])
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)
