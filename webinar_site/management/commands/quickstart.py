"""The one command that prepares and runs everything."""

import fcntl
import os
import secrets
import socket
import sys
import tempfile
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path
from time import monotonic
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand

from webinar_site.foundation.whole_files import write_whole
from webinar_site.supervisor import ProcessSettings, Program, Supervisor

HOST = "127.0.0.1"
LAST_PORT = 65_535
START_TIME = 60.0  # seconds that the web server may take to answer


class CannotStart(Exception):
    """The site cannot run here; the message is one sentence that says why."""


class Command(BaseCommand):
    """Prepare the site in one folder, then run web server, worker and beat until Ctrl-C."""

    help = "Prepare everything in one folder, then run web server, worker and beat until Ctrl-C."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Say which options there are."""
        parser.add_argument("--port", type=int, default=8000, help="Port on 127.0.0.1; 0 takes a free one.")
        parser.add_argument(
            "--data", type=Path, default=settings.DATA_DIR, help="Folder of everything it writes."
        )
        parser.add_argument("--password", default="", help="One password for all staff accounts.")

    def handle(self, *, port: int, data: Path, password: str, **options: object) -> None:
        """Run until asked to stop; exit with 2 and one sentence where that is not possible."""
        try:
            folder = open_folder(data)
            with lock_folder(folder), listen(port) as door:
                keep_secret_key(folder)
                self.run_site(folder, door, password)
        except CannotStart as reason:
            self.stderr.write(str(reason))
            sys.exit(2)

    def run_site(self, folder: Path, door: socket.socket, password: str) -> None:
        """Prepare the site, run its programs and tell where to look."""
        site_url = os.environ.get("SITE_URL") or f"http://{HOST}:{door.getsockname()[1]}"
        environment = {
            "DJANGO_SETTINGS_MODULE": "webinar_site.settings",
            **os.environ,
            "DATA_DIR": str(folder),
            "SITE_URL": site_url,
        }
        process_settings = ProcessSettings(settings.BASE_DIR, environment, folder / "log", (door.fileno(),))
        supervisor = Supervisor(process_settings, self.tell)
        supervisor.listen_to_signals()
        self.tell(f"Preparing the site in {folder} ...")
        if not supervisor.run(("webinar_site.prepare", *([password] if password else []))):
            if supervisor.stopping.is_set():
                return
            raise CannotStart("The site could not be prepared; what is written above says why.")
        supervisor.start([web(door), worker(), beat(folder)])
        try:
            self.wait_for_web(supervisor, door, site_url)
            while supervisor.watch(0.5):
                pass
        finally:
            self.tell("Stopping ...")
            supervisor.stop()

    def wait_for_web(self, supervisor: Supervisor, door: socket.socket, site_url: str) -> None:
        """Wait for the first answer, then tell where to look."""
        until = monotonic() + START_TIME
        while not answers(door, site_url):
            if monotonic() > until:
                raise CannotStart(
                    f"The web server does not answer; see {supervisor.process_settings.logs}/web.log."
                )
            if not supervisor.watch(0.1):
                return
        self.tell(f"\n  Public page  {site_url}/\n  Admin        {site_url}/admin/")
        if not os.environ.get("EMAIL_URL"):
            self.tell(f"  Mailbox      {site_url}/mailbox/")
        self.tell(f"\n  Logs are in {supervisor.process_settings.logs}. Ctrl-C stops everything.")

    def tell(self, sentence: str) -> None:
        """Write one sentence at once, also into a pipe."""
        self.stdout.write(sentence)
        self.stdout.flush()


def web(door: socket.socket) -> Program:
    """Return the web server, listening where this process already does."""
    bind = ("--bind", f"fd://{door.fileno()}")
    quiet = ("--no-control-socket", "--log-level", "warning")
    return Program(
        "web", ("gunicorn", "webinar_site.wsgi", *bind, "-k", "gthread", "-w", "2", "--threads", "4", *quiet)
    )


def worker() -> Program:
    """Return the Celery worker; with threads it has no children that a signal could hit in mid-task."""
    alone = ("--without-gossip", "--without-mingle", "--without-heartbeat")
    return Program(
        "worker", ("celery", "-q", "-A", "webinar_site", "worker", "-P", "threads", "-c", "4", *alone)
    )


def beat(folder: Path) -> Program:
    """Return Celery's clock; no part of the worker, so that it cannot outlive one that was killed."""
    files = ("--pidfile=", f"--schedule={folder / 'beat-schedule'}")
    return Program("beat", ("celery", "-q", "-A", "webinar_site", "beat", *files))


def open_folder(data: Path) -> Path:
    """Return the data folder's full path, made where it was missing; raise CannotStart where we may not write.

    A new folder is closed to other users of the machine: it will hold people's names and mails.
    """
    folder = data.resolve()
    try:
        if not folder.exists():
            folder.mkdir(mode=0o700, parents=True)
        (folder / "log").mkdir(exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except OSError as error:
        raise CannotStart(f"Nothing can be written in {folder}: {error.strerror}.") from error


@contextmanager
def lock_folder(folder: Path) -> Iterator[None]:
    """Keep the folder for this process alone; raise CannotStart where another one has it."""
    with (folder / "quickstart.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise CannotStart(f"The site is already running in {folder}.") from error
        yield


def listen(port: int) -> socket.socket:
    """Return a socket listening on the port; raise CannotStart where that is not possible."""
    if not 0 <= port <= LAST_PORT:
        raise CannotStart(
            f"There is no port {port}; choose one from 1 to {LAST_PORT}, or 0 for any free one."
        )
    try:
        return socket.create_server((HOST, port), backlog=128)
    except OSError as error:
        raise CannotStart(
            f"Port {port} on {HOST} cannot be used ({os.strerror(error.errno or 0)}); "
            "choose another with --port, or 0 for any free one."
        ) from error


def keep_secret_key(folder: Path) -> None:
    """Make the site's secret key, readable by its owner alone, where neither it nor SECRET_KEY is there."""
    path = folder / "secret_key"
    if os.environ.get("SECRET_KEY") or path.exists():
        return
    write_whole(path, secrets.token_urlsafe(50).encode())


def answers(door: socket.socket, site_url: str) -> bool:
    """Tell whether the web server answers."""
    host, port = door.getsockname()
    connection = HTTPConnection(host, port, timeout=5)
    try:
        connection.request("GET", "/healthz", headers={"Host": urlsplit(site_url).netloc})
        return connection.getresponse().status == HTTPStatus.OK
    except OSError:
        return False
    finally:
        connection.close()
