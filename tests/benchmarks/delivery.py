"""Measure writing, rendering and sending invitations: `python -m tests.benchmarks.delivery [mails] [workers]`.

Uses a test database (SQLite, or DATABASE_URL) and a mail server on loopback that accepts everything.
"""

import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402

from registrations import delivery, mails, outbox  # noqa: E402
from registrations.models import OutgoingMail, Registration, Seat  # noqa: E402
from registrations.states import RegistrationState  # noqa: E402
from tests import seeds  # noqa: E402
from tests.mail_server import MailServer  # noqa: E402
from tests.registrations.factories import make_session, make_webinar  # noqa: E402


@contextmanager
def timed(what: str, number: int) -> Iterator[None]:
    """Print how long something took, and how many a second that is."""
    start = time.perf_counter()
    yield
    seconds = time.perf_counter() - start
    print(f"{what:<28} {number:>7} in {seconds:7.2f} s = {number / seconds:8.0f}/s")  # noqa: T201


def make_seats(number: int) -> list[Seat]:
    """Make people with a place in one dated session."""
    seeds.plant()
    webinar = make_webinar()
    session = make_session(webinar)
    people = Registration.objects.bulk_create(
        Registration(
            webinar=webinar,
            state=RegistrationState.ACTIVE,
            first_name="Ada",
            last_name=f"Person {index}",
            email=f"person{index}@example.org",
            email_key=f"person{index}@example.org",
            organisation="Cluster Nord",
            organisation_type="sme",
            country="BE",
        )
        for index in range(number)
    )
    return Seat.objects.bulk_create(Seat(registration=person, session=session) for person in people)


def in_threads(work: Callable[[], object], number: int) -> None:
    """Do the same in several threads at once."""

    def run() -> None:
        work()
        connection.close()

    threads = [threading.Thread(target=run) for _index in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def main(number: int, workers: int) -> None:
    """Write, render and send this many invitations, with this many workers."""
    seats = make_seats(number)
    now = timezone.now()
    server = MailServer()
    server.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
    with timed("rows written", number):
        outbox.post([mails.invitation(seat, now) for seat in seats])
    some = list(OutgoingMail.objects.all()[:200])
    with timed("messages rendered", len(some)):
        for mail in some:
            mails.render(mail, now)
    with timed(f"mails sent by {workers}", number):
        in_threads(lambda: delivery.deliver(until=None, stop=lambda: False), workers)
    server.stop(no_assert=True)
    print(f"{len(server.received)} arrived over {server.connections} connections")  # noqa: T201


if __name__ == "__main__":
    name = connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        numbers = [int(argument) for argument in sys.argv[1:]]
        main(*{0: [2000, 1], 1: [*numbers, 1], 2: numbers}[len(numbers)])
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)
