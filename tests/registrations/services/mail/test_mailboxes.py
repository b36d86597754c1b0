"""How far a mailbox was read, whoever else reads it."""

import pytest

from registrations import services
from registrations.inbox import MailboxPosition, Progress
from registrations.models import ReadMailbox
from registrations.services.mail import mailboxes
from tests.registrations.factories import at_once

pytestmark = pytest.mark.django_db


def note(*uids, validity=7, again=False):
    for uid in uids:
        mailboxes.note_read(MailboxPosition("box", validity, uid), again=again)


def test_mailbox_that_was_never_read_has_no_progress():
    note(3)

    assert services.mail.progress_of("other", 7) is None


def test_progress_is_the_highest_number_and_what_failed():
    note(1, 2)
    note(3, again=True)
    note(4)

    assert services.mail.progress_of("box", 7) == Progress(4, frozenset({3}))


def test_what_failed_is_done_once_it_was_read():
    note(3, again=True)
    note(3)

    assert services.mail.progress_of("box", 7) == Progress(3)


def test_slower_reader_takes_nothing_back():
    note(9)
    note(4)

    assert services.mail.progress_of("box", 7) == Progress(9)


def test_numbers_are_void_under_another_validity():
    note(9)
    note(8, again=True)

    assert services.mail.progress_of("box", 8) is None
    note(1, validity=8)
    assert (services.mail.progress_of("box", 8), services.mail.progress_of("box", 7)) == (Progress(1), None)


def test_what_fails_for_ever_is_forgotten_in_the_end(monkeypatch):
    monkeypatch.setattr(mailboxes, "MOST_AGAIN", 2)

    note(1, 2, 3, again=True)

    assert services.mail.progress_of("box", 7) == Progress(3, frozenset({2, 3}))


@pytest.mark.django_db(transaction=True)
def test_two_readers_at_once_note_both():
    at_once(lambda: note(1, again=True), lambda: note(2, again=True))

    assert list(ReadMailbox.objects.values_list("last_uid", "again")) == [(2, [1, 2])]
