"""Getting messages that came back: from a mailbox by IMAP, from a file, or from the mail server's pipe.

Every message is cut one byte beyond what is read of it, so that its size is seen and no more is held in memory.
"""

import imaplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from mailbox import mbox
from pathlib import Path
from typing import BinaryIO
from urllib.parse import SplitResult, unquote, urlsplit

from registrations.incoming import MOST_BYTES

MOST_MESSAGES = 500  # in one run; the next takes the rest
TIMEOUT = 15  # seconds for each answer of the server
PORTS = {"imaps": 993, "imap": 143}
LOOPBACK = {"127.0.0.1", "localhost", "::1"}
MBOX_BEGINS = b"From "


class BadMailbox(ValueError):
    """An address of a mailbox that leads nowhere; the words do not repeat it, because it holds a password."""


@dataclass(frozen=True, slots=True)
class Letter:
    """One message, cut; `done` says that it need not be read again."""

    raw: bytes
    done: Callable[[], None] = field(default=lambda: None)


def unseen(url: str, *, look_only: bool) -> Iterator[Letter]:
    """Yield the unseen messages of a mailbox (imaps://user:password@host/INBOX), oldest first, a bounded number.

    A message is marked \\Seen when the caller says that it is done, with `look_only` not even then. Raises BadMailbox,
    imaplib.IMAP4.error and OSError.
    """
    place = _place(url)
    with _session(place) as server:
        server.login(unquote(place.username or ""), unquote(place.password or ""))
        box = unquote(place.path.strip("/")).replace("\\", "\\\\").replace('"', '\\"') or "INBOX"
        _answer(server.select(f'"{box}"', readonly=look_only))
        found = _answer(server.uid("SEARCH", "UNSEEN"))
        for uid in (found[0] or b"").decode("ascii").split()[:MOST_MESSAGES]:
            raw = _fetch(server, uid)
            if raw is not None:
                yield Letter(raw, partial(_mark_seen, server, uid))


def from_file(path: Path) -> Iterator[Letter]:
    """Yield the messages of an mbox, or the one of an .eml file; raises OSError."""
    with path.open("rb") as file:
        raw = file.read(MOST_BYTES + 1)
    if not raw.startswith(MBOX_BEGINS):
        yield Letter(raw)
        return
    box = mbox(path, create=False)
    try:
        for key in box.iterkeys():
            with box.get_file(key) as file:
                yield Letter(file.read(MOST_BYTES + 1))
    finally:
        box.close()


def from_pipe(stream: BinaryIO) -> Iterator[Letter]:
    """Yield the one message that a mail server writes into a pipe, to its end: it takes a closed pipe for a failure."""
    raw = stream.read(MOST_BYTES + 1)
    while stream.read(MOST_BYTES):
        pass
    yield Letter(raw)


def _place(url: str) -> SplitResult:
    try:
        place = urlsplit(url)
        is_whole = place.scheme in PORTS and place.hostname and place.username and place.port != 0
    except ValueError:
        is_whole = False
    if not is_whole:
        raise BadMailbox("IMAP_URL must look like imaps://user:password@host/INBOX.")
    if place.scheme == "imap" and place.hostname not in LOOPBACK:
        raise BadMailbox("imap:// would send the password in the clear; use imaps://.")
    return place


@contextmanager
def _session(place: SplitResult) -> Iterator[imaplib.IMAP4]:
    """Yield a connection and close it for certain; imaplib's own way leaves one open that broke off."""
    server = _connect(place)
    try:
        yield server
    finally:
        with suppress(OSError, imaplib.IMAP4.error):
            server.logout()
        with suppress(OSError):
            server.shutdown()


def _connect(place: SplitResult) -> imaplib.IMAP4:
    port = place.port or PORTS[place.scheme]
    if place.scheme == "imap":
        return imaplib.IMAP4(place.hostname or "", port, timeout=TIMEOUT)
    context = ssl.create_default_context()
    return imaplib.IMAP4_SSL(place.hostname or "", port, ssl_context=context, timeout=TIMEOUT)


def _fetch(server: imaplib.IMAP4, uid: str) -> bytes | None:
    """Return a message without marking it, or None where it is gone."""
    answer = _answer(server.uid("FETCH", uid, f"(BODY.PEEK[]<0.{MOST_BYTES + 1}>)"))
    return next((line[1] for line in answer if isinstance(line, tuple)), None)


def _mark_seen(server: imaplib.IMAP4, uid: str) -> None:
    _answer(server.uid("STORE", uid, "+FLAGS.SILENT", r"(\Seen)"))


def _answer(answer: tuple[str, list]) -> list:
    """Return what a server answered; raise IMAP4.error when it says no."""
    if answer[0] != "OK":
        raise imaplib.IMAP4.error(answer[0])
    return answer[1]
