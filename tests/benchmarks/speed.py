"""Measure the site beside its floor: `python -m tests.benchmarks.speed [--people 400] [--rounds 3] [--json FILE]`.

Starts everything itself: a new database on PostgreSQL, a Redis, a mail server on loopback, and for each of the two,
in turn, two web workers and one Celery worker of two. Prints medians and spread, and what the site is of the floor.
Processor time is that of all processes of web server, worker and database; the clients' is not in it.
"""

import argparse
import json
import math
import os
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from html import unescape
from http.client import HTTPConnection
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

import psutil

from tests import real_services
from tests.benchmarks.clients import Clients, get, post
from tests.journeys.visitor import HIDDEN, Visitor
from tests.mail_server import MailServer
from tests.real_services import free_port
from tests.running_site import KEPT_VARIABLES

ROOT = Path(__file__).resolve().parents[2]
FORM = "/webinars/covid-19-industrial-cluster-response/register/"
ANSWERS: dict[str, object] = {
    "first_name": "Ada",
    "last_name": "Lovelace",
    "organisation": "Analytical Cluster",
    "organisation_type": "sme",
    "country": "BE",
    "privacy_acknowledged": "on",
}
GATE = 2.1  # seconds until the site believes that a person filled in the form
PATIENCE = 60  # seconds for all mails to arrive
START_TIME = 5  # seconds for a worker, which says nothing when it is ready
BATCH = 50  # mails of the floor's task
MAIL_ON_THE_FLOOR = """
import time
from tests.benchmarks import floor
print(time.time())
for first in range(0, {people}, {batch}):
    floor.mail.delay(first, {batch})
"""
APPROVE = """
import time
from django.contrib.auth.models import User
from django.utils import timezone
from registrations import services
from registrations.models import Registration, Seat
from registrations.states import Move
from tests.registrations import at_sight
Registration.objects.unconfirmed().update(state="expired")
seats = Seat.objects.filter(state="requested", session__number=1, registration__state="active")
decision = services.decisions.Decision(move=Move.APPROVE, by=User.objects.get(username="approver"), now=timezone.now())
job = at_sight.start_bulk_decision(list(seats.values_list("pk", flat=True)), decision=decision)
print(time.time(), seats.count())
services.jobs.release_job(job.pk, by=decision.by, now=timezone.now())
"""
TOKENS = """
from registrations.models import Seat
for seat in Seat.objects.filter(state="approved").select_related("registration")[:200]:
    print(seat.registration.personal_page())
"""


class Inbox(MailServer):
    """A mail server that notes when each mail came."""

    def __init__(self) -> None:
        """Have got no mail yet."""
        super().__init__()
        self.arrivals: list[float] = []

    async def handle_DATA(self, server, session, envelope) -> str:  # noqa: N802
        """Take one message."""
        self.arrivals.append(time.time())
        return "250 2.0.0 OK"


@dataclass
class Contestant:
    """One of the two that are measured: its processes, and how its acts are begun."""

    name: str
    base_url: str
    environment: dict[str, str]
    web: list[str]
    worker: list[str]
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Run its web server and its worker."""
        bind = [
            "--bind",
            urlsplit(self.base_url).netloc,
            "-w",
            "2",
            "--log-level",
            "warning",
            "--no-control-socket",
        ]
        with ExitStack() as stack:
            log = stack.enter_context(Path(self.environment["DATA_DIR"], "bench.log").open("ab"))
            for command in (["gunicorn", *self.web, *bind], ["celery", "-q", *self.worker]):
                process = subprocess.Popen(
                    [sys.executable, "-m", *command], cwd=ROOT, env=self.environment, stdout=log, stderr=log
                )
                stack.enter_context(real_services.ended(process))
                self.processes.append(process)
            real_services.wait_for(lambda: self._ask("/healthz"), OSError)
            time.sleep(START_TIME)
            yield
        self.processes.clear()

    def _ask(self, address: str) -> None:
        connection = HTTPConnection(urlsplit(self.base_url).netloc)
        connection.request("GET", address)
        connection.getresponse().read()
        connection.close()

    def run(self, *command: str) -> str:
        """Run one of its commands to the end and return what it printed."""
        done = subprocess.run(
            [sys.executable, *command],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def processor(self) -> float:
        """Return the seconds that its processes and the database's have worked so far."""
        mine = [psutil.Process(process.pid) for process in self.processes]
        all_of_them = [
            *mine,
            *(child for process in mine for child in process.children(recursive=True)),
            *database(),
        ]
        return sum(sum(process.cpu_times()[:2]) for process in all_of_them)

    def memory(self) -> float:
        """Return the megabytes its processes take, shared ones counted by their share (PSS)."""
        mine = [psutil.Process(process.pid) for process in self.processes]
        all_of_them = [*mine, *(child for process in mine for child in process.children(recursive=True))]
        return sum(process.memory_full_info().pss for process in all_of_them) / 2**20


def database() -> list[psutil.Process]:
    """Return the processes of the database."""
    return [process for process in psutil.process_iter(["name"]) if process.info["name"] == "postgres"]


class Bench:
    """Measures one contestant after the other; figures are collected by their names."""

    def __init__(self, inbox: Inbox, people: int) -> None:
        self.inbox = inbox
        self.people = people
        self.serial = count(1)
        self.figures: dict[str, dict[str, list[float]]] = {}

    def note(self, figure: str, contestant: Contestant, value: float) -> None:
        """Add one measured value."""
        self.figures.setdefault(figure, {}).setdefault(contestant.name, []).append(value)

    def wait_for_mails(self, number: int) -> None:
        """Wait until the mail server has so many."""
        until = time.monotonic() + PATIENCE
        while len(self.inbox.arrivals) < number:
            assert time.monotonic() < until, f"{len(self.inbox.arrivals)} of {number} mails came"
            time.sleep(0.02)

    def visitor(self) -> str:
        """Return another address from which somebody comes, so that no limit is met."""
        number = next(self.serial)
        return f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"

    def registering(
        self, contestant: Contestant, address: str, fields: dict[str, object], *, mails: bool
    ) -> None:
        """Measure registrations by one and by eight clients, with what the mails of each cost."""
        for clients in (1, 8):
            posts = [
                post(
                    address,
                    fields | {"email": f"a{next(self.serial)}@example.org"},
                    contestant.base_url,
                    self.visitor(),
                )
                for _number in range(self.people)
            ]
            arrived, worked = len(self.inbox.arrivals), contestant.processor()
            seconds = Clients(contestant.base_url, clients).send(posts)
            if not mails:
                contestant.run("-c", MAIL_ON_THE_FLOOR.format(people=self.people, batch=1))
            self.wait_for_mails(arrived + self.people)
            each = (contestant.processor() - worked) / self.people * 1000
            self.note(f"registrations/s, {clients} at once", contestant, self.people / seconds)
            self.note(f"ms of processor a registration with its mail, {clients} at once", contestant, each)

    def mailing(self, contestant: Contestant, begin: Callable[[], tuple[float, int]]) -> None:
        """Measure how fast many people are mailed; `begin` returns when it was begun and to how many."""
        arrived, worked = len(self.inbox.arrivals), contestant.processor()
        begun_at, number = begin()
        self.wait_for_mails(arrived + number)
        mails = self.inbox.arrivals[arrived:]
        each = (contestant.processor() - worked) / number * 1000
        self.note("mails of a bulk approval/s", contestant, number / (mails[-1] - begun_at))
        self.note("s to the first mail", contestant, mails[0] - begun_at)
        self.note("ms of processor an approval with its mail", contestant, each)

    def calendars(self, contestant: Contestant, addresses: list[str]) -> None:
        """Measure personal calendar files for one and for eight clients."""
        for clients in (1, 8):
            gets = [get(addresses[number % len(addresses)]) for number in range(self.people)]
            seconds = Clients(contestant.base_url, clients).send(gets)
            self.note(f".ics/s, {clients} at once", contestant, self.people / seconds)

    def measure_floor(self, floor: Contestant) -> None:
        """Measure the floor once."""
        with floor.running():
            self.registering(floor, "/register/", ANSWERS, mails=False)
            self.mailing(floor, lambda: self._begin_on_the_floor(floor))
            self.calendars(floor, [f"/{number}.ics" for number in range(1, self.people)])
            self.note("MB of memory (PSS)", floor, floor.memory())

    def _begin_on_the_floor(self, floor: Contestant) -> tuple[float, int]:
        begun_at = floor.run("-c", MAIL_ON_THE_FLOOR.format(people=self.people, batch=BATCH))
        return float(begun_at), -(-self.people // BATCH) * BATCH

    def measure_site(self, site: Contestant) -> None:
        """Measure the site once."""
        with site.running():
            form = Visitor(site.base_url).open(FORM).text
            fields: dict[str, object] = {
                name: unescape(value) for name, value in HIDDEN.findall(form)
            } | ANSWERS
            fields["sessions"] = re.findall(r'name="sessions" value="(\d+)"', form)
            time.sleep(GATE)
            self.registering(site, FORM, fields, mails=True)
            site.run("manage.py", "seed_registrations", str(self.people))
            self.mailing(site, lambda: self._begin_on_the_site(site))
            pages = site.run("manage.py", "shell", "--no-imports", "-c", TOKENS).split()
            self.calendars(site, [f"{urlsplit(page).path}sessions/1.ics" for page in pages])
            self.note("MB of memory (PSS)", site, site.memory())

    @staticmethod
    def _begin_on_the_site(site: Contestant) -> tuple[float, int]:
        begun_at, number = site.run("manage.py", "shell", "--no-imports", "-c", APPROVE).split()
        return float(begun_at), int(number)

    def report(self) -> list[dict[str, object]]:
        """Return each figure with its median for both, the spread, and what the site is of the floor."""
        lines: list[dict[str, object]] = []
        for figure, by_name in self.figures.items():
            medians = {name: statistics.median(values) for name, values in by_name.items()}
            spread = {name: [min(values), max(values)] for name, values in by_name.items()}
            ratio = medians["site"] / medians["floor"] if medians["floor"] else math.nan
            lines.append({"figure": figure, "median": medians, "spread": spread, "site/floor": ratio})
        return lines


def show(lines: list[dict[str, object]]) -> str:
    """Return the figures as a table in Markdown."""
    rows = ["| figure | floor | site | site/floor |", "| --- | --- | --- | --- |"]
    for line in lines:
        median: dict[str, float] = line["median"]  # type: ignore[assignment]
        spread: dict[str, list[float]] = line["spread"]  # type: ignore[assignment]
        cells = [
            f"{median[who]:.4g} ({spread[who][0]:.4g} to {spread[who][1]:.4g})" for who in ("floor", "site")
        ]
        rows.append(f"| {line['figure']} | {cells[0]} | {cells[1]} | {line['site/floor']:.2f} |")
    return "\n".join(rows)


@contextmanager
def contestants(inbox: Inbox) -> Iterator[tuple[Contestant, Contestant]]:
    """Yield floor and site, each with a database and a queue of its own, prepared."""
    fresh = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
    with ExitStack() as stack:
        server = stack.enter_context(real_services.postgres())
        broker = stack.enter_context(real_services.valkey())

        def contestant(name: str, web: str, worker: list[str]) -> Contestant:
            base_url = f"http://127.0.0.1:{free_port()}"
            environment = fresh | {
                "DATABASE_URL": stack.enter_context(real_services.new_database(server)),
                "REDIS_URL": stack.enter_context(real_services.empty_redis(broker)),
                "EMAIL_URL": f"smtp://127.0.0.1:{inbox.port}",
                "SECRET_KEY": "only for measuring " * 4,
                "DATA_DIR": stack.enter_context(TemporaryDirectory()),
                "SITE_URL": base_url,
                "TRUSTED_PROXIES": "1",
                "PYTHONPATH": str(ROOT),
            }
            return Contestant(name, base_url, environment, [web], worker)

        floor = contestant(
            "floor",
            "tests.benchmarks.floor:application",
            ["-A", "tests.benchmarks.floor", "worker", "-c", "2"],
        )
        site = contestant(
            "site", "webinar_site.wsgi", ["-A", "webinar_site", "worker", "-P", "threads", "-c", "2"]
        )
        floor.run("-m", "tests.benchmarks.floor")
        site.run("-m", "webinar_site.prepare", "password of the bench")
        yield floor, site


def main() -> None:
    """Measure both in turn and print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--people", type=int, default=400)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    inbox = Inbox()
    inbox.start()
    bench = Bench(inbox, options.people)
    try:
        with contestants(inbox) as (floor, site):
            for _round in range(options.rounds):
                bench.measure_floor(floor)
                bench.measure_site(site)
    finally:
        inbox.stop(no_assert=True)
    print(show(bench.report()))  # noqa: T201
    if options.json:
        options.json.write_text(json.dumps(bench.report(), indent=2))


if __name__ == "__main__":
    main()
