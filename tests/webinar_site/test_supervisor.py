"""Programs kept running: started again, stopped cleanly, never left behind."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from tests.running_site import wait_until
from webinar_site import supervisor
from webinar_site.supervisor import ProcessSettings, Program, Supervisor

# A module that says that it lives; "stubborn" does not listen to SIGTERM, "parent" starts a process of its own.
MODULE = """
import signal, subprocess, sys, time
if "stubborn" in sys.argv:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
if "parent" in sys.argv:
    print(subprocess.Popen(["sleep", "300"]).pid, flush=True)
print("here", flush=True)
if "brief" in sys.argv:
    sys.exit(3)
time.sleep(300)
"""


@pytest.fixture
def process_settings(tmp_path, monkeypatch):
    """Return a place with the module `program`, and the site's code to import."""
    (tmp_path / "program.py").write_text(MODULE)
    (tmp_path / "log").mkdir()
    code = os.pathsep.join([str(tmp_path), str(Path(supervisor.__file__).parent.parent)])
    return ProcessSettings(tmp_path, {"PATH": os.environ["PATH"], "PYTHONPATH": code}, tmp_path / "log")


@pytest.fixture
def told():
    return []


@pytest.fixture
def keeper(process_settings, told):
    """Yield a supervisor that is stopped in the end."""
    keeper = Supervisor(process_settings, told.append)
    yield keeper
    keeper.stop()


def said(process_settings: ProcessSettings, times: int = 1) -> None:
    """Wait until the program has said so many times that it lives."""
    log = process_settings.logs / "one.log"
    wait_until(lambda: log.exists() and log.read_text().count("here") >= times, 20, lambda: "nothing said")


def test_run_tells_whether_all_went_well(keeper, process_settings, capfd):
    assert keeper.run(("this",)) is True
    assert keeper.run(("program", "brief")) is False
    assert "here" in capfd.readouterr().out


def test_run_ends_when_asked_to_stop(keeper):
    keeper.stopping.set()

    assert keeper.run(("program",)) is False


def test_watch_starts_again_what_ended_and_tells(keeper, process_settings, told):
    keeper.start([Program("one", ("program",))])
    said(process_settings)

    keeper.programs[0].process.kill()
    wait_until(lambda: keeper.watch(0.05) and bool(told), 20, lambda: "not noticed")
    wait_until(
        lambda: keeper.watch(0.05) and keeper.programs[0].process is not None, 20, lambda: "not started"
    )

    said(process_settings, times=2)
    assert told == [f"one ended (-9) and starts again in 1 seconds; see {process_settings.logs}/one.log."]


def test_watch_waits_longer_each_time_a_program_ends_at_once(keeper, process_settings, told, monkeypatch):
    monkeypatch.setattr(supervisor, "FIRST_PAUSE", 0.02)
    keeper.start([Program("one", ("program", "brief"), pause=0.02)])

    wait_until(lambda: keeper.watch(0.01) and len(told) == 3, 20, lambda: str(told))

    pauses = [sentence.split(" seconds")[0].split()[-1] for sentence in told]
    assert pauses == ["0.04", "0.08", "0.16"]


def test_watch_forgives_a_program_that_lived_long(keeper, process_settings, told, monkeypatch):
    monkeypatch.setattr(supervisor, "LONGEST_PAUSE", 0.0)
    keeper.start([Program("one", ("program", "brief"), pause=8.0)])

    wait_until(lambda: keeper.watch(0.01) and bool(told), 20, lambda: "not noticed")

    assert told == [f"one ended (3) and starts again in 0.5 seconds; see {process_settings.logs}/one.log."]


def test_stop_asks_the_leader_and_ends_what_it_left(keeper, process_settings, told):
    keeper.start([Program("one", ("program", "parent"))])
    said(process_settings)
    child = psutil.Process(int((process_settings.logs / "one.log").read_text().split()[0]))

    keeper.stop()

    wait_until(lambda: not child.is_running() or child.status() == "zombie", 5, lambda: "left behind")
    assert told == []


def test_stop_ends_a_program_that_does_not_listen(keeper, process_settings, told, monkeypatch):
    monkeypatch.setattr(supervisor, "GRACE", 0.2)
    keeper.start([Program("one", ("program", "stubborn"))])
    said(process_settings)

    keeper.stop()

    assert told == ["one did not stop in 0 seconds and was ended."]


def test_watch_ends_at_once_on_a_signal(keeper):
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        keeper.listen_to_signals()
        os.kill(os.getpid(), signal.SIGTERM)

        assert keeper.watch(60) is False
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def test_lifeline_ends_programs_whose_parent_was_killed(process_settings, tmp_path):
    (tmp_path / "parent.py").write_text(
        "import os, time\n"
        "from pathlib import Path\n"
        "from webinar_site.supervisor import ProcessSettings, Program, Supervisor\n"
        f"settings = ProcessSettings(Path({str(tmp_path)!r}), dict(os.environ), Path({str(process_settings.logs)!r}))\n"
        "keeper = Supervisor(settings, print)\n"
        "keeper.start([Program('one', ('program',))])\n"
        "print(keeper.programs[0].process.pid, flush=True)\n"
        "time.sleep(300)\n"
    )
    parent = subprocess.Popen(
        [sys.executable, "-m", "parent"],
        cwd=tmp_path,
        env=process_settings.environment,
        stdout=subprocess.PIPE,
    )
    with parent:
        child = psutil.Process(int(parent.stdout.readline()))
        said(process_settings)

        parent.kill()

        started = time.monotonic()
        wait_until(lambda: not child.is_running() or child.status() == "zombie", 5, lambda: "left behind")
        assert time.monotonic() - started < 2
