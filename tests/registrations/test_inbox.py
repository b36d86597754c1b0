import imaplib
import io
from pathlib import Path

import pytest

from registrations import inbox
from registrations.incoming import MOST_MESSAGE_BYTES
from tests.imap_server import ImapServer

FIRST, SECOND = b"Subject: first\r\n\r\nOne.\r\n", b"Subject: second\r\n\r\nTwo.\r\n"


@pytest.fixture
def server():
    server = ImapServer(FIRST, SECOND)
    server.start()
    yield server
    server.stop()


def read(url, progress=None):
    return [letter.raw for letter in inbox.unread(url, lambda _mailbox, _validity: progress)]


def test_unread_yields_messages_with_where_they_lie_and_marks_none(server):
    letters = list(inbox.unread(server.url(), lambda _mailbox, _validity: None))

    places = [inbox.MailboxPosition("box@example.eu@127.0.0.1/INBOX", 7, uid) for uid in (1, 2)]
    assert letters == [inbox.ReturnedMessage(FIRST, places[0]), inbox.ReturnedMessage(SECOND, places[1])]
    assert (server.seen, server.boxes) == (set(), ["EXAMINE INBOX"])


def test_unread_asks_how_far_this_mailbox_was_read(server):
    asked = []

    list(inbox.unread(server.url(), lambda *about: asked.append(about)))

    assert asked == [("box@example.eu@127.0.0.1/INBOX", 7)]


def test_unread_does_not_ask_what_people_have_opened(server):
    server.seen = {1, 2}

    assert read(server.url(), inbox.Progress(0)) == [FIRST, SECOND]


@pytest.mark.parametrize(
    ("progress", "raws"),
    [
        (inbox.Progress(0), [FIRST, SECOND]),
        (inbox.Progress(1), [SECOND]),
        (inbox.Progress(2), []),
        (inbox.Progress(9), []),
        (inbox.Progress(2, frozenset({1})), [FIRST]),
        (inbox.Progress(1, frozenset({1})), [FIRST, SECOND]),
    ],
    ids=["nothing", "one", "all", "more than there is", "one failed", "one failed, one is new"],
)
def test_unread_goes_on_where_it_stopped(progress, raws, server):
    assert read(server.url(), progress) == raws


def test_unread_begins_a_mailbox_with_the_last_two_weeks(server, time_machine):
    time_machine.move_to("2020-05-01T12:00:00Z")
    server.old = {1}

    assert (read(server.url()), server.since) == ([SECOND], ["17-Apr-2020"])


def test_unread_reads_the_inbox_or_the_box_that_is_named(server):
    read(server.url(""))
    read(server.url("Re%20turns"))

    assert server.boxes == ["EXAMINE INBOX", "EXAMINE Re turns"]


def test_unread_fetches_no_more_of_a_message_than_is_read_of_it(server):
    server.messages = {7: b"x" * (MOST_MESSAGE_BYTES + 5000)}

    (raw,) = read(server.url())

    assert (len(raw), server.fetched) == (MOST_MESSAGE_BYTES + 1, [f"7 up to {MOST_MESSAGE_BYTES + 1}"])


def test_unread_takes_a_bounded_number_oldest_first(server, monkeypatch):
    monkeypatch.setattr(inbox, "MOST_MESSAGES", 2)
    server.messages = {uid: b"%d" % uid for uid in range(1, 6)}

    assert [read(server.url(), progress) for progress in (None, inbox.Progress(2), inbox.Progress(4))] == [
        [b"1", b"2"],
        [b"3", b"4"],
        [b"5"],
    ]


def test_unread_says_what_somebody_else_removed_meanwhile(server):
    server.gone = {1}

    assert read(server.url()) == [None, SECOND]


@pytest.mark.parametrize("trouble", ["UID SEARCH", "UID FETCH 1"])
def test_unread_tells_when_the_connection_breaks(server, trouble):
    server.trouble = trouble

    with pytest.raises(imaplib.IMAP4.abort):
        read(server.url())


def test_unread_waits_a_bounded_time(server, monkeypatch):
    monkeypatch.setattr(inbox, "TIMEOUT", 0.2)
    server.trouble, server.stall = "UID FETCH", True

    with pytest.raises(TimeoutError):
        read(server.url())


def test_unread_tells_when_the_password_is_wrong(server):
    with pytest.raises(imaplib.IMAP4.error):
        read(server.url().replace("pass", "past"))


def test_unread_tells_when_the_mailbox_is_missing(server):
    with pytest.raises(imaplib.IMAP4.error):
        read(server.url("Elsewhere"))


def test_unread_speaks_tls_and_nothing_else_to_imaps(server):
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
    path.write_bytes(head + b"x\n" * MOST_MESSAGE_BYTES + b"\n" + head + FIRST)
    large = tmp_path / "large.eml"
    large.write_bytes(b"x" * (MOST_MESSAGE_BYTES * 2))

    assert [len(raw) for raw in raws(inbox.from_file(path))] == [MOST_MESSAGE_BYTES + 1, len(FIRST)]
    assert [len(raw) for raw in raws(inbox.from_file(large))] == [MOST_MESSAGE_BYTES + 1]


def test_from_file_tells_when_there_is_none(tmp_path):
    with pytest.raises(FileNotFoundError):
        raws(inbox.from_file(Path(tmp_path / "nothing")))


def test_from_pipe_reads_to_the_end_and_cuts():
    pipe = io.BytesIO(b"x" * (MOST_MESSAGE_BYTES * 3))

    assert [len(raw) for raw in raws(inbox.from_pipe(pipe))] == [MOST_MESSAGE_BYTES + 1]
    assert pipe.read() == b""
