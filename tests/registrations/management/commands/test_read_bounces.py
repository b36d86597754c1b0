"""`manage.py read_bounces`, from a real IMAP server, files and a pipe."""

import io
import os
import subprocess
import sys
from types import SimpleNamespace

import pytest
from django.conf import settings as django_settings
from django.core.management import CommandError, call_command
from django.db import DatabaseError, OperationalError

from registrations import services
from registrations.models import OutgoingMail, Seat
from tests.imap_server import ImapServer
from tests.registrations.factories import approve, make_registration
from tests.registrations.returned import VACATION, kept, postfix_bounce, reply

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_the_moment")]


@pytest.fixture
def raws(webinar, session, approver):
    """Return a bounce of one person's mail and the answer of another, both invited."""
    ada = approve(make_registration(webinar, [session], email="ada@example.org"), approver)
    bob = approve(make_registration(webinar, [session], email="bob@example.org"), approver)
    call_command("deliver_mail", verbosity=0)
    mail_id = ada.mails.get().message_id[1:33]
    uid = f"{session.uid}@localhost.localdomain"
    return [
        postfix_bounce(mail_id),
        reply(uid=uid, attendee=bob.email, sender=bob.email, stamp="20200420T080000Z", sequence=2),
    ]


@pytest.fixture
def server(raws, settings):
    server = ImapServer(raws[0], VACATION, b"x" * (2**20 + 1), raws[1])
    server.start()
    settings.IMAP_URLS = [server.url()]
    yield server
    server.stop()


def run(capsys, *arguments):
    capsys.readouterr()
    call_command("read_bounces", *arguments)
    return capsys.readouterr().out


def states():
    """Return what a run can change."""
    seats = Seat.objects.order_by("registration_id").values_list("registration__bounce_reply", "answer")
    return list(seats), list(OutgoingMail.objects.order_by("pk").values_list("state", flat=True))


UNTOUCHED = ([("", ""), ("", "")], ["sent", "sent"])
TAKEN = (
    [("5.1.1 550 5.1.1 <ada@example.org>: User unknown", ""), ("", "accepted")],
    ["bounced", "sent"],
)


def test_mailbox_is_read_once_and_nothing_in_it_is_marked(server, capsys):
    assert run(capsys) == "Read 4: 1 bounced, 1 answered in a calendar, 1 other mail, 1 unreadable.\n"
    assert (states(), server.seen) == (TAKEN, set())

    assert run(capsys) == "Read 0.\n"


def test_bounce_that_a_colleague_opened_first_is_read(server, capsys):
    server.seen = {1, 2, 3, 4}

    run(capsys)

    assert (states(), server.seen) == (TAKEN, {1, 2, 3, 4})


def test_question_of_a_person_stays_unread(server, capsys):
    server.messages = {1: kept("human-question")}

    assert (run(capsys), server.seen) == ("Read 1: 1 other mail.\n", set())


def test_new_message_is_read_after_the_others(server, capsys):
    run(capsys)
    server.messages[5] = VACATION

    assert run(capsys) == "Read 1: 1 other mail.\n"


def test_same_messages_again_change_nothing(server, capsys):
    run(capsys)
    server.validity = 8

    assert run(capsys) == ("Read 4: 2 about nothing of ours, or known before, 1 other mail, 1 unreadable.\n")
    assert states() == TAKEN


def test_dry_run_counts_and_changes_nothing(server, capsys):
    assert run(capsys, "--dry-run") == (
        "Read 4: 1 bounced, 1 answered in a calendar, 1 other mail, 1 unreadable.\n"
    )
    assert (states(), server.seen) == (UNTOUCHED, set())
    assert run(capsys).startswith("Read 4: ")


def test_message_that_fails_is_read_again_and_stops_no_other(server, capsys, monkeypatch):
    def fail(*_about):
        raise DatabaseError("bob@example.org")

    monkeypatch.setattr(services.mail.returned_mail, "_mark_bounced", fail)

    with pytest.raises(CommandError) as trouble:
        run(capsys)

    assert (str(trouble.value), trouble.value.returncode) == (
        "Some have to be read again; the log says why.",
        75,
    )
    assert capsys.readouterr().out.endswith(
        "Read 4: 1 answered in a calendar, 1 other mail, 1 unreadable, 1 failed, to be read again.\n"
    )
    monkeypatch.undo()
    assert run(capsys) == "Read 1: 1 bounced.\n"
    assert states() == TAKEN


def test_mailbox_that_does_not_answer_stops_no_other(server, settings, capsys):
    settings.IMAP_URLS = ["imap://box:secret@127.0.0.1:1/INBOX", "nonsense", server.url()]

    with pytest.raises(CommandError) as trouble:
        run(capsys)

    assert str(trouble.value) == (
        "Not everything could be read: ConnectionRefusedError, "
        "IMAP_URL must look like imaps://user:password@host/INBOX."
    )
    assert (states(), trouble.value.returncode) == (TAKEN, 75)


def test_mailbox_that_breaks_off_keeps_what_was_read(server, capsys):
    server.trouble = "UID FETCH 3"

    with pytest.raises(CommandError) as trouble:
        run(capsys)

    assert str(trouble.value) == "Not everything could be read: abort"
    assert capsys.readouterr().out == "Read 2: 1 bounced, 1 other mail.\n"
    server.trouble = ""
    assert run(capsys) == "Read 2: 1 answered in a calendar, 1 unreadable.\n"


def test_database_that_is_gone_ends_all_mailboxes_with_one_error(server, settings, monkeypatch, capsys):
    settings.IMAP_URLS *= 2
    asked = []

    def fail(mailbox, validity):
        asked.append(mailbox)
        raise OperationalError("no connection")

    monkeypatch.setattr(services.mail, "progress_of", fail)

    with pytest.raises(CommandError) as trouble:
        run(capsys)

    assert (str(trouble.value), trouble.value.returncode, len(asked)) == (
        "Not everything could be read: OperationalError",
        75,
        1,
    )


def test_file_of_many_messages_is_read(raws, tmp_path, capsys):
    path = tmp_path / "box"
    path.write_bytes(b"\n".join(b"From x Tue Apr 21 10:00:00 2020\n" + raw for raw in raws))

    assert run(capsys, "--file", str(path)) == "Read 2: 1 bounced, 1 answered in a calendar.\n"
    assert states() == TAKEN
    assert run(capsys, "--file", str(path)) == "Read 2: 2 about nothing of ours, or known before.\n"
    assert states() == TAKEN


def test_file_that_is_missing_is_told(tmp_path, capsys):
    with pytest.raises(CommandError) as trouble:
        run(capsys, "--file", str(tmp_path / "nothing"))

    assert str(trouble.value) == "Not everything could be read: FileNotFoundError"


def test_pipe_brings_one_message(raws, capsys, monkeypatch):
    for raw in raws:
        monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(raw)))
        run(capsys, "--file", "-")

    assert states() == TAKEN


def test_nowhere_to_read_is_told(capsys):
    with pytest.raises(CommandError) as trouble:
        run(capsys)

    assert str(trouble.value) == "Set IMAP_URL, or name a file with --file."


def test_mail_server_is_told_that_a_message_was_taken_whatever_it_was(tmp_path):
    """A pipe that fails makes mail servers bounce to the sender, who may be anybody."""
    ran = subprocess.run(
        [sys.executable, "manage.py", "read_bounces", "--file", "-"],
        cwd=django_settings.BASE_DIR,
        env={"PATH": os.environ["PATH"], "SECRET_KEY": "x" * 50, "DATA_DIR": str(tmp_path)},
        input=b"x" * 3_000_000,
        capture_output=True,
        check=False,
    )

    assert (ran.returncode, ran.stdout, ran.stderr) == (0, b"Read 1: 1 unreadable.\n", b"")
