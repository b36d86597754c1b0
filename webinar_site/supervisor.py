"""Keep a few programs running: start them, start the dead again, stop all of them cleanly.

What makes it hold: every program is the leader of its own session, so that stopping can ask the leader alone
(a signal to a whole group kills a worker's helpers in the middle of their work); and every program holds a
lifeline to this process, so that none outlives it, not even when it is killed.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from time import monotonic
from types import FrameType
from typing import IO

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0  # seconds before a program that ended is started again
GRACE = 10.0  # seconds that a program may take to stop


@dataclass(frozen=True)
class ProcessSettings:
    """Where programs run: their folder and environment, the folder of their logs, sockets they inherit."""

    folder: Path
    environment: dict[str, str]
    logs: Path
    inherited: tuple[int, ...] = ()


@dataclass
class Program:
    """One program to keep running: `python -m <module> <arguments>`."""

    name: str
    arguments: tuple[str, ...]
    pause: float = FIRST_PAUSE
    started_at: float = 0.0
    start_at: float = 0.0
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)


class Supervisor:
    """Keeps programs running until somebody asks to stop."""

    def __init__(self, process_settings: ProcessSettings, tell: Callable[[str], None]) -> None:
        """Remember where programs run and whom to tell when one had to be started again."""
        self.process_settings = process_settings
        self.tell = tell
        self.stopping = Event()
        self.programs: list[Program] = []
        self._end_of_lifeline, self._lifeline = os.pipe()

    def listen_to_signals(self) -> None:
        """Stop on Ctrl-C and SIGTERM, also where a shell had them ignored."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._ask_to_stop)

    def run(self, arguments: tuple[str, ...]) -> bool:
        """Run `python -m <arguments>` to its end, its output on ours; return whether all went well."""
        process = self._spawn(arguments, None)
        while process.poll() is None and not self.stopping.wait(0.05):
            pass
        end_group(process)
        return process.returncode == 0

    def start(self, programs: list[Program]) -> None:
        """Start the programs."""
        self.programs = programs
        for program in programs:
            self._start(program)

    def watch(self, seconds: float) -> bool:
        """Wait, start again what ended, and return whether to go on; False at once when asked to stop."""
        if self.stopping.wait(seconds):
            return False
        for program in self.programs:
            if program.process is None:
                if monotonic() >= program.start_at:
                    self._start(program)
            elif program.process.poll() is not None:
                self._bury(program)
        return True

    def stop(self) -> None:
        """Ask every program to stop, and end those that take too long."""
        running = [(program, program.process) for program in self.programs if program.process]
        for _program, process in running:
            process.terminate()
        until = monotonic() + GRACE
        for program, process in running:
            try:
                process.wait(max(0.0, until - monotonic()))
            except subprocess.TimeoutExpired:
                self.tell(f"{program.name} did not stop in {GRACE:.0f} seconds and was ended.")
            end_group(process)
            program.process = None

    def _ask_to_stop(self, _signal: int, _frame: FrameType | None) -> None:
        self.stopping.set()

    def _start(self, program: Program) -> None:
        with (self.process_settings.logs / f"{program.name}.log").open("ab") as log:
            program.process = self._spawn(program.arguments, log)
        program.started_at = monotonic()

    def _spawn(self, arguments: tuple[str, ...], output: IO[bytes] | None) -> subprocess.Popen[bytes]:
        return subprocess.Popen(  # noqa: S603 - every argument is our own
            [sys.executable, "-m", "webinar_site.parent_watch", str(self._end_of_lifeline), *arguments],
            cwd=self.process_settings.folder,
            env=self.process_settings.environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            pass_fds=(self._end_of_lifeline, *self.process_settings.inherited),
            start_new_session=True,
        )

    def _bury(self, program: Program) -> None:
        """Plan the next start: soon, but ever later where the program ends again and again."""
        if program.process is None:
            return
        end_group(program.process)
        program.pause = FIRST_PAUSE if self._lived_long(program) else min(program.pause * 2, LONGEST_PAUSE)
        program.start_at = monotonic() + program.pause
        self.tell(
            f"{program.name} ended ({program.process.returncode}) and starts again in {program.pause:g} seconds;"
            f" see {self.process_settings.logs}/{program.name}.log."
        )
        program.process = None

    @staticmethod
    def _lived_long(program: Program) -> bool:
        return monotonic() - program.started_at > LONGEST_PAUSE


def end_group(process: subprocess.Popen[bytes]) -> None:
    """End what is left of the process and of what it started."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
