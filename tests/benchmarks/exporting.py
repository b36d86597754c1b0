"""Measure exports: `python -m tests.benchmarks.exporting [seats]` prints time, memory and size of each format.

Uses a test database (SQLite, or DATABASE_URL).
"""

import os
import sys
import time
import tracemalloc

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

from django.contrib.auth.models import User  # noqa: E402
from django.db import connection  # noqa: E402

from registrations import services  # noqa: E402
from registrations.models import Seat  # noqa: E402
from registrations.services.reports.exports import EXPORT_COLUMNS  # noqa: E402
from registrations.services.webinars.seeding import seed_registrations  # noqa: E402
from tests import seeds  # noqa: E402
from tests.registrations.factories import NOW, make_session, make_webinar  # noqa: E402
from webinar_site.foundation.tables.spreadsheets import FORMATS  # noqa: E402


def main(number: int) -> None:
    """Export this many seats in every format, with every column."""
    seeds.plant()
    webinar = make_webinar()
    make_session(webinar)
    seed_registrations(webinar, number, now=NOW)
    somebody = User.objects.create_user("somebody")
    for name, how in FORMATS.items():
        export = services.reports.Export(
            Seat.objects.all(), tuple(EXPORT_COLUMNS), name, headings={}, filters={}
        )
        start = time.perf_counter()
        size = sum(map(len, how.write(services.reports.export_seats(export, by=somebody, now=NOW))))
        seconds = time.perf_counter() - start
        tracemalloc.start()  # a second time, because it makes everything slower
        sum(map(len, how.write(services.reports.export_seats(export, by=somebody, now=NOW))))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        print(f"{name:<5}{number:>8} rows {seconds:7.1f} s {peak / 1e6:7.1f} MB at most {size / 1e6:7.1f} MB")  # noqa: T201


if __name__ == "__main__":
    database = connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
    finally:
        connection.creation.destroy_test_db(database, verbosity=0)
