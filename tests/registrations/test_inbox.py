import imaplib
import io
from pathlib import Path

import pytest

from registrations import inbox
from registrations.incoming import MOST_BYTES
from tests.imap_server import ImapServer

FIRST, SECOND = b"Subject: first\r\n\r\nOne.\r\n", b"Subject: second\r\n\r\nTwo.\r\n"


@pytest.fixture
def server():
    server = ImapServer(FIRST, SECOND)
    server.start()
    yield server
    server.stop()


def read(url, *, look_only=False, done=True):
    raws = []
    for letter in inbox.unseen(url, look_only=look_only):
        raws.append(letter.raw)
        if done:
            letter.done()
    return raws


def test_unseen_yields_messages_and_marks_those_that_are_done(server):
    assert read(server.url()) == [FIRST, SECOND]
    assert read(server.url()) == []

    assert (server.seen, server.boxes) == ({1, 2}, ["SELECT INBOX"] * 2)


def test_unseen_leaves_what_is_not_done(server):
    assert read(server.url(), done=False) == [FIRST, SECOND]

    assert server.seen == set()


def test_unseen_that_only_looks_opens_the_mailbox_for_reading(server):
    assert read(server.url(), look_only=True, done=False) == [FIRST, SECOND]

    assert server.boxes == ["EXAMINE INBOX"]


def test_unseen_reads_the_inbox_or_the_box_that_is_named(server):
    read(server.url(""))
    read(server.url("Re%20turns"))

    assert server.boxes == ["SELECT INBOX", "SELECT Re turns"]


def test_unseen_fetches_no_more_of_a_message_than_is_read_of_it(server):
    server.messages = {7: b"x" * (MOST_BYTES + 5000)}

    (raw,) = read(server.url())

    assert (len(raw), server.fetched) == (MOST_BYTES + 1, [f"7 up to {MOST_BYTES + 1}"])


def test_unseen_takes_a_bounded_number(server, monkeypatch):
    monkeypatch.setattr(inbox, "MOST_MESSAGES", 2)
    server.messages = dict.fromkeys(range(1, 6), FIRST)

    assert [len(read(server.url())) for _run in range(3)] == [2, 2, 1]


def test_unseen_skips_what_somebody_else_removed_meanwhile(server):
    server.gone = {1}

    assert read(server.url()) == [SECOND]


@pytest.mark.parametrize("trouble", ["UID SEARCH", "UID FETCH 2", "UID STORE 2"])
def test_unseen_tells_when_the_connection_breaks_and_keeps_what_was_done(server, trouble):
    server.trouble = trouble

    with pytest.raises(imaplib.IMAP4.abort):
        read(server.url())

    assert server.seen == (set() if trouble == "UID SEARCH" else {1})


def test_unseen_waits_a_bounded_time(server, monkeypatch):
    monkeypatch.setattr(inbox, "TIMEOUT", 0.2)
    server.trouble, server.stall = "UID FETCH", True

    with pytest.raises(TimeoutError):
        read(server.url())


def test_unseen_tells_when_the_password_is_wrong(server):
    with pytest.raises(imaplib.IMAP4.error):
        read(server.url().replace("pass", "past"))


def test_unseen_tells_when_the_mailbox_is_missing(server):
    with pytest.raises(imaplib.IMAP4.error):
        read(server.url("Elsewhere"))


def test_unseen_speaks_tls_and_nothing_else_to_imaps(server):
    with pytest.raises(OSError, match="SSL"):
        read(server.url().replace("imap://", "imaps://"))


@pytest.mark.parametrize(
    "url",
    [
        "user:secret@mail.example.eu",
        "https://user:secret@mail.example.eu",
        "imaps://mail.example.eu",
        "imaps://user:secret@/INBOX",
        "imaps://user:secret@mail.example.eu:port/",
        "imaps://[secret",
    ],
)
def test_address_that_is_none_is_refused_without_repeating_it(url):
    with pytest.raises(inbox.BadMailbox) as refusal:
        read(url)

    assert str(refusal.value) == "IMAP_URL must look like imaps://user:password@host/INBOX."


def test_address_without_tls_is_for_this_machine_only():
    with pytest.raises(inbox.BadMailbox) as refusal:
        read("imap://user:secret@mail.example.eu/INBOX")

    assert str(refusal.value) == "imap:// would send the password in the clear; use imaps://."


def raws(letters):
    return [letter.raw for letter in letters]


def test_from_file_reads_one_message(tmp_path):
    path = tmp_path / "one.eml"
    path.write_bytes(FIRST)

    assert raws(inbox.from_file(path)) == [FIRST]


def test_from_file_reads_an_mbox(tmp_path):
    path = tmp_path / "box"
    path.write_bytes(
        b"From a Tue Apr 21 10:00:00 2020\n" + FIRST + b"\nFrom b Tue Apr 21 10:00:01 2020\n" + SECOND
    )

    assert [raw.strip() for raw in raws(inbox.from_file(path))] == [FIRST.strip(), SECOND.strip()]


def test_from_file_cuts_what_is_too_large(tmp_path):
    path = tmp_path / "box"
    head = b"From a Tue Apr 21 10:00:00 2020\n"
    path.write_bytes(head + b"x\n" * MOST_BYTES + b"\n" + head + FIRST)
    large = tmp_path / "large.eml"
    large.write_bytes(b"x" * (MOST_BYTES * 2))

    assert [len(raw) for raw in raws(inbox.from_file(path))] == [MOST_BYTES + 1, len(FIRST)]
    assert [len(raw) for raw in raws(inbox.from_file(large))] == [MOST_BYTES + 1]


def test_from_file_tells_when_there_is_none(tmp_path):
    with pytest.raises(FileNotFoundError):
        raws(inbox.from_file(Path(tmp_path / "nothing")))


def test_from_pipe_reads_to_the_end_and_cuts():
    pipe = io.BytesIO(b"x" * (MOST_BYTES * 3))

    assert [len(raw) for raw in raws(inbox.from_pipe(pipe))] == [MOST_BYTES + 1]
    assert pipe.read() == b""
