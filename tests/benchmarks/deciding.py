"""Measure the page before a bulk decision: `python -m tests.benchmarks.deciding [seats]`.

Uses a test database (SQLite, or DATABASE_URL). Seconds are of the processor, so that a busy machine changes little.
"""

import os
import sys
import time

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

from django.contrib.auth.models import User  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.urls import reverse  # noqa: E402

from registrations.models import Seat  # noqa: E402
from tests.benchmarks.reassessment import make_people, measured  # noqa: E402
from tests.registrations import at_sight  # noqa: E402


def main(number: int) -> None:
    """Open the page about this many seats: for an approval, and for a rejection with its reason in the mails."""
    make_people(number)
    seats = at_sight.sent(*Seat.objects.order_by("pk").values_list("pk", flat=True))
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(User.objects.create_superuser("approver"))
    for move in ("approve", "reject"):
        answers = {"seats": seats, "reason_code": "full", "act": "preview"}
        start = time.process_time()
        with measured(move, number):
            response = client.post(reverse("admin:registrations_seat_decide", args=[move]), answers)
        seconds = time.process_time() - start
        assert response.status_code == 200, response.status_code
        print(f"  {seconds:.2f} s of the processor, {len(response.content) // 1024} KiB")  # noqa: T201


if __name__ == "__main__":
    name = connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)
