"""The one command, run for real: what it prints, how it stops, what it leaves behind."""

import re
import signal
import socket
import sqlite3
import stat
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest

from tests.journeys.visitor import Visitor
from tests.running_site import PASSWORD, RunningSite, wait_until

ACCOUNTS = (
    "approver",
    "approver2",
    "editor",
    "rulekeeper",
    "rulekeeper2",
    "auditor",
    "dataprotection",
    "admin",
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSite]:
    """Run the site on what it brings along; each test leaves it running."""
    with RunningSite(tmp_path_factory.mktemp("site")) as site:
        yield site


def programs(site: RunningSite) -> list[str]:
    """Return which programs run, besides gunicorn's own workers."""
    first = psutil.Process(site.process.pid).children()
    return sorted(
        word for child in first for word in child.cmdline() if word in {"gunicorn", "worker", "beat"}
    )


def all_gone(processes: list[psutil.Process]) -> bool:
    """Tell whether none of the processes is left."""
    return not psutil.wait_procs(processes, timeout=0)[1]


def test_quickstart_says_where_to_look(site):
    said = site.said()

    assert f"  Public page  {site.base_url}/\n" in said
    assert f"  Admin        {site.base_url}/admin/\n" in said
    assert f"  Mailbox      {site.base_url}/mailbox/\n" in said
    assert re.findall(r"^  (\w+) +rehearsal-password$", said, re.MULTILINE) == list(ACCOUNTS)
    assert programs(site) == ["beat", "gunicorn", "worker"]


@pytest.mark.parametrize(
    "address", ["/", "/eligibility/?on=2020-04-28", "/mailbox/", "/admin/login/", "/privacy/"]
)
def test_quickstart_serves_its_pages(site, address):
    assert Visitor(site.base_url).open(address).status == 200


def test_static_files_have_hashed_names(site):
    visitor = Visitor(site.base_url)

    style_sheet = visitor.open("/").link(r"/static/site\.[0-9a-f]{12}\.css")

    assert visitor.open(style_sheet).status == 200


@pytest.mark.parametrize("account", ACCOUNTS)
def test_every_staff_account_can_log_in(site, account):
    page = Visitor(site.base_url).send("/admin/login/?next=/admin/", username=account, password=PASSWORD)

    assert (page.status, urlsplit(page.url).path) == (200, "/admin/")


def test_sixth_wrong_password_locks_the_account_also_for_the_right_one(site):
    visitor = Visitor(site.base_url)

    tries = [
        visitor.send("/admin/login/?next=/admin/", username="rulekeeper2", password=password)
        for password in [*("wrong",) * 6, PASSWORD]
    ]

    assert [page.status for page in tries] == [200, 200, 200, 200, 429, 429, 429]
    assert "signing in is blocked for an hour" in tries[-1].text
    site.manage("axes_reset")


def test_only_the_secret_key_and_hashes_are_kept(site):
    assert stat.S_IMODE((site.data / "secret_key").stat().st_mode) == 0o600
    kept = [path for path in site.data.rglob("*") if path.is_file() and path.name != "said.log"]
    assert [path for path in kept if PASSWORD.encode() in path.read_bytes()] == []


def test_second_quickstart_in_the_folder_is_refused(site):
    second = subprocess.run(site.command(), **site.place(), capture_output=True, text=True, check=False)

    assert (second.returncode, second.stderr) == (2, f"The site is already running in {site.data}.\n")


def people(site: RunningSite) -> list[tuple[str]]:
    """Return the addresses of those who are registered."""
    with closing(sqlite3.connect(site.data / "db.sqlite3")) as database:
        return database.execute("SELECT email FROM registrations_registration").fetchall()


@pytest.fixture(scope="module")
def somebody(site: RunningSite) -> None:
    """Have somebody registered."""
    site.manage("seed_registrations", "1")


@pytest.mark.usefixtures("somebody")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
def test_quickstart_stops_cleanly_and_goes_on_with_the_same_data(site, number):
    before = people(site)
    processes, port = site.processes(), urlsplit(site.base_url).port

    assert site.stop(number) == 0

    assert site.said().endswith("Stopping ...\n")  # nobody had to be ended
    assert all_gone(processes)
    socket.create_server(("127.0.0.1", port)).close()
    site.start()
    assert before == people(site) != []
    assert "Loaded" not in site.said()


def test_nothing_outlives_quickstart_when_it_is_killed(site):
    processes = site.processes()

    psutil.Process(site.process.pid).kill()
    site.process.wait()

    wait_until(lambda: all_gone(processes), 12, site.log)
    site.start()


def test_killed_programs_are_started_again(site):
    for child in psutil.Process(site.process.pid).children():
        child.kill()

    wait_until(lambda: site.said().count("starts again in 1 seconds") == 3, 12, site.log)
    wait_until(lambda: programs(site) == ["beat", "gunicorn", "worker"], 12, site.log)
    assert Visitor(site.base_url).open("/healthz").status == 200


def test_quickstart_refuses_to_run_what_cannot_be_prepared(tmp_path: Path):
    (tmp_path / "db.sqlite3").write_text("this is no database" * 100)
    site = RunningSite(tmp_path)

    ended = subprocess.run(site.command(), **site.place(), capture_output=True, text=True, check=False)

    assert ended.returncode == 2
    assert ended.stderr.endswith("The site could not be prepared; what is written above says why.\n")
