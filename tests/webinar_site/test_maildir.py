from email.message import EmailMessage as StoredMessage
from email.policy import SMTP

import pytest
from django.core.mail import EmailMessage, EmailMultiAlternatives

from webinar_site.maildir import MaildirBackend


class RenderedMail:
    """What delivery hands over: stored bytes with Django's interface around them."""

    def __init__(self, data):
        self.data = data

    def message(self):
        return self

    def as_bytes(self, linesep="\n"):
        return self.data


@pytest.fixture
def maildir(settings, tmp_path):
    settings.MAILDIR = tmp_path / "mail"
    return settings.MAILDIR


def make_mail(message_id="<1@example.org>", body="Hello"):
    return EmailMessage(
        "Subject", body, "from@example.org", ["ana@example.org"], headers={"Message-ID": message_id}
    )


def kept(folder):
    return sorted(path.read_bytes() for path in folder.iterdir())


def test_send_messages_keeps_the_exact_bytes(maildir):
    mail = EmailMultiAlternatives(
        "Łódź",
        "Text",
        "from@example.org",
        ["ana@example.org"],
        headers={"Message-ID": "<1@example.org>", "Date": "Tue, 28 Apr 2020 10:30:00 +0200"},
    )

    sent = MaildirBackend().send_messages([mail])

    assert sent == 1
    assert kept(maildir) == [mail.message().as_bytes(linesep="\r\n")]


def test_send_messages_accepts_rendered_mail(maildir):
    stored = StoredMessage(policy=SMTP)
    stored["Message-ID"] = "<1@example.org>"
    stored.set_content("Hello")

    MaildirBackend().send_messages([RenderedMail(bytes(stored))])

    assert kept(maildir) == [bytes(stored)]


def test_send_messages_same_message_id_twice_is_one_file(maildir):
    MaildirBackend().send_messages([make_mail()])
    MaildirBackend().send_messages([make_mail()])

    assert len(kept(maildir)) == 1


def test_send_messages_different_message_ids_are_two_files(maildir):
    sent = MaildirBackend().send_messages([make_mail("<1@example.org>"), make_mail("<2@example.org>")])

    assert sent == 2
    assert len(kept(maildir)) == 2


def test_send_messages_folded_message_id_is_the_same_mail(maildir):
    MaildirBackend().send_messages(
        [
            RenderedMail(b"Message-ID: <1@example.org>\r\n\r\nHello\r\n"),
            RenderedMail(b"Message-ID:\r\n <1@example.org>\r\n\r\nHello\r\n"),
        ]
    )

    assert len(kept(maildir)) == 1


def test_send_messages_without_message_id_keeps_each_mail(maildir):
    MaildirBackend().send_messages([RenderedMail(b"\r\nOne\r\n"), RenderedMail(b"\r\nTwo\r\n")])

    assert kept(maildir) == [b"\r\nOne\r\n", b"\r\nTwo\r\n"]


def test_send_messages_leaves_no_half_written_mail(maildir, monkeypatch):
    seen = []
    monkeypatch.setattr(
        "pathlib.Path.replace", lambda path, target: seen.append((path.suffix, target.suffix))
    )

    MaildirBackend().send_messages([make_mail()])

    assert seen == [(".tmp", ".eml")]


def test_send_messages_unwritable_folder_is_an_error(settings, tmp_path):
    settings.MAILDIR = tmp_path / "file" / "mail"
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(NotADirectoryError):
        MaildirBackend().send_messages([make_mail()])


def test_send_messages_on_a_full_disk_keeps_no_half_mail(maildir, full_disk):
    with pytest.raises(OSError, match="No space left"):
        MaildirBackend().send_messages([make_mail()])

    assert list(maildir.iterdir()) == []
