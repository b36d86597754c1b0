"""Nothing is lost, and at most one mail repeated, wherever kill -9 meets a worker, while the server makes trouble."""

import json
import os
import re
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests import real_services
from tests.mail_server import MailServer, Trouble
from tests.running_site import KEPT_VARIABLES, ROOT

pytestmark = pytest.mark.long

TIME = 180  # seconds for all blows together; the machine may be busy
REFUSED = ("r550", "r554", "d550", "d554")

# where the blow falls; how many mails the server cannot but get again
BLOWS = {
    "before the claim is committed": 0,
    "after the claim": 0,
    "after the message is stored": 0,
    "after the message is vetted": 0,
    "while the server holds MAIL": 0,
    "while the server holds RCPT": 0,
    "while the server holds DATA": 0,
    "while the server holds the message": 1,
    "between the server's 250 and the mark": 1,
    "after the mark": 0,
}


class TroublesomeServer(MailServer):
    """Makes trouble once for each recipient whose name says which: r450 at RCPT TO, d450 after the message."""

    def __init__(self) -> None:
        """Have made no trouble yet."""
        super().__init__()
        self.made: set[str] = set()

    async def handle_RCPT(self, server, session, envelope, address, options) -> str:  # noqa: N802
        """Answer one recipient."""
        name = self.name_of(address, first="r")
        if name:
            self.for_recipients.append(f"{name[1:]} 4.0.0 as the name says")
        return await super().handle_RCPT(server, session, envelope, address, options)

    async def handle_DATA(self, server, session, envelope) -> str:  # noqa: N802
        """Answer one message."""
        address = envelope.rcpt_tos[0]
        if name := self.name_of(address, first="d"):
            self.for_data.append(Trouble.DROP if name == "drop" else f"{name[1:]} 4.0.0 as the name says")
        elif self.name_of(address, first="s"):
            self.for_data.append(Trouble.STALL)
        return await super().handle_DATA(server, session, envelope)

    def name_of(self, address: str, first: str) -> str:
        """Return the trouble in an address whose name begins so, the first time; else ""."""
        if not address.startswith(first) or address in self.made:
            return ""
        self.made.add(address)
        return address.partition(".")[0]


@pytest.fixture
def server():
    server = TroublesomeServer()
    server.start()
    yield server
    server.stop(no_assert=True)


@pytest.fixture(
    params=[
        pytest.param("embedded", marks=pytest.mark.embedded),
        pytest.param("services", marks=pytest.mark.services),
    ]
)
def database(request, tmp_path):
    """Return what names a new database in the environment: an SQLite file, then PostgreSQL."""
    if request.param == "embedded":
        yield {}
        return
    with real_services.new_database(request.getfixturevalue("postgres_url")) as url:
        yield {"DATABASE_URL": url}


def strike(server: MailServer, data: Path, database: dict[str, str]) -> dict[str, dict]:
    """Run the workers that are killed and those that go on, in processes of their own; return what they report."""
    environment = {
        **{name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ},
        **database,
        "SECRET_KEY": "for tests only",
        "DATA_DIR": str(data),
        "EMAIL_URL": f"smtp://127.0.0.1:{server.port}",
    }
    command = [sys.executable, "-m", "tests.registrations.killed_worker"]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=TIME, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    reports = [json.loads(line) for line in done.stdout.splitlines() if line.startswith('{"blow"')]
    return {report["blow"]: report for report in reports}


def test_killed_worker_loses_nothing_and_repeats_at_most_the_mail_it_held(server, database, tmp_path):
    reports = strike(server, tmp_path, database)

    arrived = [
        re.search(rb"^Message-ID: (.+)\r$", got.data, re.MULTILINE)[1].decode() for got in server.received
    ]
    copies = Counter(arrived)
    assert list(reports) == list(BLOWS)
    for blow, report in reports.items():
        ids = {message_id: recipient.partition(".")[0] for message_id, recipient, _state in report["states"]}
        refused = {message_id for message_id, name in ids.items() if name in REFUSED}
        repeated = [message_id for message_id in ids if copies[message_id] > 1]
        assert report["killed_by"] == signal.SIGKILL, blow
        assert {message_id: state for message_id, _recipient, state in report["states"]} == {
            message_id: "failed" if message_id in refused else "sent" for message_id in ids
        }, blow
        assert {message_id for message_id in ids if copies[message_id]} == ids.keys() - refused, blow
        assert (len(repeated), sum(copies[message_id] for message_id in repeated)) == (
            BLOWS[blow],
            2 * BLOWS[blow],
        ), blow
        assert set(repeated) <= set(report["held"]), blow
        for message_id in repeated:
            bytes_sent = {got.data for got in server.received if message_id.encode() in got.data}
            assert len(bytes_sent) == 1, blow
