"""Measure the pages everybody reads: `python -m tests.benchmarks.reading` prints what each costs the server.

Uses a test database (SQLite, or DATABASE_URL). Each page is read as browsers ask for it, compressed, until it is warm.
"""

import itertools
import logging
import os
import statistics
import time
from collections.abc import Callable

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402

from registrations.models import Webinar  # noqa: E402

TIMES = 200
PAGES = [
    "/",
    "{webinar}register/",
    "/eligibility/?on=2020-04-28",
    "/eligibility/RS/?on=2020-04-28",
    "/privacy/",
]


def measure(client: Client, url: str) -> tuple[int, float, float]:
    """Return how many queries a page takes, its median time and the database's mean share of it (ms)."""
    queries = itertools.count()
    spent: list[float] = []
    answering: list[float] = []

    def count(execute: Callable[..., object], *arguments: object) -> object:
        next(queries)
        start = time.perf_counter()
        answer = execute(*arguments)
        answering.append(time.perf_counter() - start)
        return answer

    assert client.get(url).status_code == 200, url
    with connection.execute_wrapper(count):
        client.get(url)
        number = next(queries)
        answering.clear()
        for _time in range(TIMES):
            start = time.perf_counter()
            client.get(url)
            spent.append(time.perf_counter() - start)
    return number, statistics.median(spent) * 1000, sum(answering) / TIMES * 1000


def main() -> None:
    """Measure every page for the invitation as it is loaded."""
    logging.disable(logging.INFO)
    call_command("load_eligibility", verbosity=0)
    call_command("load_invitation", verbosity=0)
    client = Client(SERVER_NAME="127.0.0.1", headers={"Accept-Encoding": "gzip"})
    for page in PAGES:
        url = page.format(webinar=Webinar.objects.get().get_absolute_url())
        queries, milliseconds, in_database = measure(client, url)
        print(f"{milliseconds:7.2f} ms, database {in_database:5.2f} ms, {queries} queries  {url}")  # noqa: T201


if __name__ == "__main__":
    database = connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        main()
    finally:
        connection.creation.destroy_test_db(database, verbosity=0)
