"""Getting messages that came back: from a mailbox by IMAP, from a file, or from the mail server's pipe.

A mailbox is only looked at: people read it too, so no message is marked, and their marks are not asked. Every message
is cut one byte beyond what is read of it, so that its size is seen and no more is held in memory.
"""

import imaplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from mailbox import mbox
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import SplitResult, unquote, urlsplit

from registrations.incoming import MOST_MESSAGE_BYTES

MOST_MESSAGES = 500  # in one run; the next takes the rest
FIRST_LOOK = timedelta(
    days=14
)  # of a mailbox that was never read, or whose numbers are void, all else is old
TIMEOUT = 15  # seconds for each answer of the server
PORTS = {"imaps": 993, "imap": 143}
LOOPBACK = {"127.0.0.1", "localhost", "::1"}
MBOX_BEGINS = b"From "


class BadMailbox(ValueError):
    """An address of a mailbox that leads nowhere; the words do not repeat it, because it holds a password."""


@dataclass(frozen=True, slots=True)
class MailboxPosition:
    """Where a message lies: the mailbox, and the number its server gives it for good under this UIDVALIDITY."""

    mailbox: str
    validity: int
    uid: int


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a mailbox was read: every message up to `last_uid`, but those to be read `again`."""

    last_uid: int
    again: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class ReturnedMessage:
    """One message, cut; None where it vanished from its mailbox meanwhile. Files and the pipe have no positions."""

    raw: bytes | None
    position: MailboxPosition | None = None


def unread(url: str, progress_of: Callable[[str, int], Progress | None]) -> Iterator[ReturnedMessage]:
    """Yield the messages of a mailbox (imaps://user:password@host/INBOX) that were not read yet, oldest first.

    A bounded number; the first time, or under another UIDVALIDITY, only those of the last FIRST_LOOK. `progress_of`
    says how far a mailbox was read. Raises BadMailbox, imaplib.IMAP4.error and OSError.
    """
    parts = _split(url)
    with _session(parts) as server:
        user = unquote(parts.username or "")
        server.login(user, unquote(parts.password or ""))
        box = unquote(parts.path.strip("/")) or "INBOX"
        quoted = box.replace("\\", "\\\\").replace('"', '\\"')
        _answer(server.select(f'"{quoted}"', readonly=True))
        mailbox, validity = f"{user}@{parts.hostname}/{box}"[:500], _validity(server)
        for uid in _uids(server, progress_of(mailbox, validity))[:MOST_MESSAGES]:
            yield ReturnedMessage(_fetch(server, uid), MailboxPosition(mailbox, validity, uid))


def from_file(path: Path) -> Iterator[ReturnedMessage]:
    """Yield the messages of an mbox, or the one of an .eml file; raises OSError."""
    with path.open("rb") as file:
        raw = file.read(MOST_MESSAGE_BYTES + 1)
    if not raw.startswith(MBOX_BEGINS):
        yield ReturnedMessage(raw)
        return
    box = mbox(path, create=False)
    try:
        for key in box.iterkeys():
            with box.get_file(key) as file:
                yield ReturnedMessage(file.read(MOST_MESSAGE_BYTES + 1))
    finally:
        box.close()


def from_pipe(stream: BinaryIO) -> Iterator[ReturnedMessage]:
    """Yield the one message that a mail server writes into a pipe, to its end: it takes a closed pipe for a failure."""
    raw = stream.read(MOST_MESSAGE_BYTES + 1)
    while stream.read(MOST_MESSAGE_BYTES):
        pass
    yield ReturnedMessage(raw)


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        is_whole = parts.scheme in PORTS and parts.hostname and parts.username and parts.port != 0
    except ValueError:
        is_whole = False
    if not is_whole:
        raise BadMailbox("IMAP_URL must look like imaps://user:password@host/INBOX.")
    if parts.scheme == "imap" and parts.hostname not in LOOPBACK:
        raise BadMailbox("imap:// would send the password in the clear; use imaps://.")
    return parts


@contextmanager
def _session(parts: SplitResult) -> Iterator[imaplib.IMAP4]:
    """Yield a connection and close it for certain; imaplib's own way leaves one open that broke off."""
    server = _connect(parts)
    try:
        yield server
    finally:
        with suppress(OSError, imaplib.IMAP4.error):
            server.logout()
        with suppress(OSError):
            server.shutdown()


def _connect(parts: SplitResult) -> imaplib.IMAP4:
    port = parts.port or PORTS[parts.scheme]
    if parts.scheme == "imap":
        return imaplib.IMAP4(parts.hostname or "", port, timeout=TIMEOUT)
    context = ssl.create_default_context()
    return imaplib.IMAP4_SSL(parts.hostname or "", port, ssl_context=context, timeout=TIMEOUT)


def _validity(server: imaplib.IMAP4) -> int:
    """Return the UIDVALIDITY of the mailbox that is open; 0 where the server has none, whose numbers never change."""
    _name, values = server.response("UIDVALIDITY")
    return int(values[-1]) if values and values[-1] else 0


def _uids(server: imaplib.IMAP4, progress: Progress | None) -> list[int]:
    """Return the numbers of the messages to read, those that failed before first, then the others in order."""
    if progress is None:
        return _search(server, f"SINCE {datetime.now(UTC) - FIRST_LOOK:%d-%b-%Y}")
    new = _search(server, f"UID {progress.last_uid + 1}:*")  # a server answers with its last one, however old
    return sorted(progress.again) + [uid for uid in new if uid > progress.last_uid]


def _search(server: imaplib.IMAP4, criteria: str) -> list[int]:
    found = _answer(server.uid("SEARCH", *criteria.split()))
    return sorted({int(uid) for uid in (found[0] or b"").split()})


def _fetch(server: imaplib.IMAP4, uid: int) -> bytes | None:
    """Return a message without marking it, or None where it is gone."""
    answer = _answer(server.uid("FETCH", str(uid), f"(BODY.PEEK[]<0.{MOST_MESSAGE_BYTES + 1}>)"))
    return next((line[1] for line in answer if isinstance(line, tuple)), None)


def _answer(answer: tuple[str, list[Any]]) -> list[Any]:
    """Return what a server answered; raise IMAP4.error when it says no."""
    if answer[0] != "OK":
        raise imaplib.IMAP4.error(answer[0])
    return answer[1]
