"""The real site as a person runs it: `manage.py quickstart` in a folder of its own."""

import contextlib
import email
import email.policy
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Self

import psutil

ROOT = Path(__file__).resolve().parent.parent
PASSWORD = "rehearsal-password"
START_TIME = 90  # seconds; the machine may be busy
KEPT_VARIABLES = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR")


@dataclass
class RunningSite:
    """One site with its data folder; `environment` says what it runs on."""

    data: Path
    environment: dict[str, str] = field(default_factory=dict)
    base_url: str = ""
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the site and wait until it says where to look."""
        self.data.mkdir(parents=True, exist_ok=True)
        with (self.data / "said.log").open("w") as said:
            self.process = subprocess.Popen(self.command(), **self.place(), stdout=said, stderr=said)
        wait_until(self._has_said_where, START_TIME, self.log)

    def __enter__(self) -> Self:
        """Start the site."""
        self.start()
        return self

    def __exit__(self, *_error: object) -> None:
        """Stop the site, however the test left it."""
        if self.process and self.process.poll() is None:
            self.stop()

    def stop(self, number: int = signal.SIGINT) -> int:
        """Ask the site to stop, as Ctrl-C does, and return its exit code."""
        assert self.process
        self.process.send_signal(number)
        return self.process.wait(30)

    def is_running(self) -> bool:
        """Tell whether the process that quickstart started is alive."""
        return self.process is not None and self.process.poll() is None

    def kill_everything(self) -> None:
        """Kill -9 every process of the site at once."""
        assert self.process
        for process in [psutil.Process(self.process.pid), *self.processes()]:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        self.process.wait(30)

    def kill_worker(self) -> None:
        """Kill -9 the Celery worker; the site starts another one."""
        for process in self.processes():
            if "worker" in process.cmdline():
                process.kill()

    def processes(self) -> list[psutil.Process]:
        """Return every process that belongs to the site, besides the first."""
        assert self.process
        return psutil.Process(self.process.pid).children(recursive=True)

    def manage(self, *arguments: str) -> str:
        """Run a command of manage.py on the site's data, beside the running site, and return what it prints."""
        place = self.place(DATA_DIR=str(self.data), SITE_URL=self.base_url)
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(command, **place, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def python(self, code: str) -> str:
        """Run Python code on the site's data, beside the running site, and return what it prints."""
        return self.manage("shell", "--no-imports", "-c", code)

    def count_mails(self) -> int:
        """Return how many mails are in the local mailbox, without reading them."""
        return sum(1 for _mail in (self.data / "mail").glob("*.eml"))

    def mails(self, recipient: str = "") -> list[EmailMessage]:
        """Return the mails in the local mailbox, to one recipient or to all, in the order they were sent."""
        files = sorted((self.data / "mail").glob("*.eml"), key=lambda path: path.stat().st_mtime_ns)
        mails = [email.message_from_bytes(path.read_bytes(), policy=email.policy.default) for path in files]
        return [mail for mail in mails if recipient in str(mail["To"])]

    def wait_for_mails(self, count: int, recipient: str = "", seconds: float = 60) -> list[EmailMessage]:
        """Wait until at least so many mails are there, and return them."""
        wait_until(lambda: len(self.mails(recipient)) >= count, seconds, self.log)
        return self.mails(recipient)

    def log(self) -> str:
        """Return what the site has said, and the ends of its logs."""
        files = [self.data / "said.log", *sorted((self.data / "log").glob("*.log"))]
        return "\n".join(f"== {path.name}\n{path.read_text()[-3000:]}" for path in files if path.exists())

    def said(self) -> str:
        """Return what the site has printed since it was started."""
        return (self.data / "said.log").read_text()

    def command(self) -> list[str]:
        """Return the command that starts the site."""
        options = ["--port", "0", "--data", str(self.data), "--password", PASSWORD]
        return [sys.executable, "manage.py", "quickstart", *options]

    def place(self, **more: str) -> dict[str, Any]:
        """Return folder and environment of a process: a fresh shell's, and what this site runs on."""
        fresh = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
        return {"cwd": ROOT, "env": fresh | self.environment | more}

    def _has_said_where(self) -> bool:
        assert self.process
        assert self.process.poll() is None, self.log()
        said = self.said()
        found = re.search(r"Public page +(http\S+)/$", said, re.MULTILINE)
        if not found or "Ctrl-C" not in said:
            return False
        self.base_url = found[1]
        return True


def wait_until(condition: Callable[[], bool], seconds: float, explain: Callable[[], str]) -> None:
    """Wait until the condition holds; fail with the explanation when it takes longer."""
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, f"It took longer than {seconds} seconds.\n{explain()}"
        time.sleep(0.05)
