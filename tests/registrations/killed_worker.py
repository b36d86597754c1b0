"""Workers that die: `python -m tests.registrations.killed_worker`, for test_killed_workers.py.

Makes the database that the environment names, then for each blow a batch of mails, a worker that is killed by it, and
workers that go on afterwards until nothing is left. Prints one line of JSON for each blow.
"""

import json
import os
import signal
import smtplib
import sys
from collections.abc import Callable, Iterable
from datetime import timedelta

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "webinar_site.settings")
django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402

from registrations import delivery, mails  # noqa: E402
from registrations.models import OutgoingMail, Seat, WebinarSession  # noqa: E402
from tests import seeds  # noqa: E402
from tests.registrations.factories import make_registration, make_session, make_webinar  # noqa: E402

VICTIM = 3  # which mail of the batch the blow falls on: some have been sent by then, some have not
ROUNDS = 30
FINE = ("fine1", "fine2", "fine3", "fine4")
TROUBLED = (
    "r421",
    "r450",
    "r451",
    "r452",
    "r550",
    "r554",
    "d421",
    "d451",
    "d452",
    "d550",
    "d554",
    "stall",
    "drop",
)


def die() -> None:
    """End this process as the kernel would."""
    os.kill(os.getpid(), signal.SIGKILL)


def nth(number: int, act: Callable[[], None]) -> Callable[[], None]:
    """Return a function that acts at its n-th call only."""
    calls = iter(range(1, sys.maxsize))

    def count() -> None:
        if next(calls) == number:
            act()

    return count


def before(owner: object, name: str) -> None:
    """Let the worker die before a function's n-th call."""
    function, blow = getattr(owner, name), nth(VICTIM, die)

    def replaced(*args: object, **kwargs: object) -> object:
        blow()
        return function(*args, **kwargs)

    setattr(owner, name, replaced)


def after(owner: object, name: str) -> None:
    """Let the worker die after a function's n-th call."""
    function, blow = getattr(owner, name), nth(VICTIM, die)

    def replaced(*args: object, **kwargs: object) -> object:
        result = function(*args, **kwargs)
        blow()
        return result

    setattr(owner, name, replaced)


def while_server_holds(command: str) -> None:
    """Let the worker die when it has sent a command, and before it reads the answer."""
    putcmd, blow = smtplib.SMTP.putcmd, nth(VICTIM, die)

    def replaced(self: smtplib.SMTP, cmd: str, args: str = "") -> None:
        putcmd(self, cmd, args)
        if cmd.lower() == command:
            blow()

    smtplib.SMTP.putcmd = replaced


def while_server_holds_the_message() -> None:
    """Let the worker die when the whole message is sent, and before it reads the answer."""
    send, blow = smtplib.SMTP.send, nth(VICTIM, die)

    def replaced(self: smtplib.SMTP, data: str | bytes) -> None:
        send(self, data)
        if data[-5:] == b"\r\n.\r\n":
            blow()

    smtplib.SMTP.send = replaced


BLOWS: dict[str, Callable[[], None]] = {
    "before the claim is committed": lambda: before(delivery, "uuid4"),
    "after the claim": lambda: after(delivery, "_claim"),
    "after the message is stored": lambda: after(delivery, "_why_not"),
    "after the message is vetted": lambda: after(delivery, "_passes"),
    "while the server holds MAIL": lambda: while_server_holds("mail"),
    "while the server holds RCPT": lambda: while_server_holds("rcpt"),
    "while the server holds DATA": lambda: while_server_holds("data"),
    "while the server holds the message": while_server_holds_the_message,
    "between the server's 250 and the mark": lambda: before(delivery, "_mark"),
    "after the mark": lambda: after(delivery, "_mark"),
}


def write_batch(session: WebinarSession, number: int, names: Iterable[str]) -> list[OutgoingMail]:
    """Write an invitation to each name; the server makes the trouble that the name says."""
    written = []
    for name in names:
        person = make_registration(session.webinar, email=f"{name}.{number}@example.org")
        seat = Seat.objects.create(registration=person, session=session, told_sequence=session.sequence)
        mail = mails.invitation(seat, timezone.now())
        mail.save()
        written.append(mail)
    return written


def drain() -> None:
    """Send what is due, as a worker does."""
    delivery.deliver(until=None, stop=lambda: False)


def in_a_worker(work: Callable[[], None]) -> int:
    """Do something in a process of its own; return the signal that killed it, 0 where it ended by itself."""
    connection.close()
    child = os.fork()
    if not child:
        work()
        os._exit(0)
    status = os.waitpid(child, 0)[1]
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0, status
    return os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0


def strike(blow: Callable[[], None], written: list[OutgoingMail]) -> dict:
    """Let one worker be killed and others go on; return what became of the batch, and which mail was claimed then."""

    def work() -> None:
        blow()
        drain()

    killed_by = in_a_worker(work)
    ids = [mail.pk for mail in written]
    claimed = OutgoingMail.objects.filter(pk__in=ids, state="sending")
    held = list(claimed.values_list("message_id", flat=True))
    rounds = 0
    while (left := OutgoingMail.objects.filter(due_at__isnull=False)).exists() and rounds < ROUNDS:
        left.update(
            due_at=timezone.now() - timedelta(seconds=1)
        )  # instead of waiting for leases and back-off
        in_a_worker(drain)
        rounds += 1
    states = OutgoingMail.objects.filter(pk__in=ids).values_list("message_id", "recipient", "state")
    return {"killed_by": killed_by, "held": held, "states": list(states)}


def main() -> None:
    """Strike every blow, on a batch of its own."""
    settings.EMAIL_TIMEOUT = 1
    settings.DATABASES["default"]["OPTIONS"].pop(
        "pool", None
    )  # its threads do not live on in a forked process
    call_command("migrate", verbosity=0)
    seeds.plant()
    session = make_session(make_webinar())
    # Compiled templates and the machine's name are looked up here, once, and not by every worker again.
    write_batch(session, 0, FINE)
    drain()
    for number, (name, blow) in enumerate(BLOWS.items(), start=1):
        result = strike(blow, write_batch(session, number, (*FINE, *TROUBLED)))
        print(json.dumps({"blow": name, **result}), flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
