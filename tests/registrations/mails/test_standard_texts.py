"""The site's own texts as Editors find them: with placeholders, and saying the same when they are saved unchanged."""

import pytest

from registrations.mails.editor_texts import MailWords, problems_of
from registrations.mails.placeholders import PLACEHOLDERS, RULES
from registrations.mails.rendering import wording_for
from registrations.mails.standard_texts import standard_words
from registrations.models import MailKind, MailText
from tests.registrations.mails.cases import every_mail

every_kind = pytest.mark.parametrize("kind", MailKind)
# Where the site's own subject tells two situations apart; an Editors' one says one thing.
SUBJECT_DIFFERS = {
    "Invitation: Supply chains, Tuesday 28 April 2020, 10:30 to 12:30 (Brussels time, CEST, UTC+2)":
        "Updated: Supply chains, Tuesday 28 April 2020, 10:30 to 12:30 (Brussels time, CEST, UTC+2)",
    "Cancelled: Recovery": "Cancelled: Recovery, date to be confirmed",
    "No place became free: Supply chains": "Not decided in time: Supply chains",
    "The agenda has changed: The industrial cluster response": "The agenda: The industrial cluster response",
}  # fmt: skip


def test_every_kind_of_mail_has_its_rules():
    assert set(RULES) == set(MailKind)


@every_kind
def test_placeholders_of_a_kind_are_known_each_once(kind):
    possible = RULES[kind].possible

    assert (set(possible) - set(PLACEHOLDERS), len(possible)) == (set(), len(set(possible)))


def test_no_placeholder_is_left_over():
    assert set(PLACEHOLDERS) == {name for rules in RULES.values() for name in rules.possible}


@every_kind
def test_standard_text_fits_its_own_rules(kind):
    assert problems_of(kind, standard_words(kind, "en")) == {}


def test_standard_text_reads_as_an_editor_would_write_it():
    assert standard_words(MailKind.INVITATION, "en") == MailWords(
        "Invitation: [[session_title]], [[session_when]]",
        "You have a place in this session:\n\n[[session]]\n\n[[joining_link]]\n\n[[calendar_note]]",
    )


@every_mail
def test_standard_text_saved_unchanged_says_what_the_templates_say(registration, seats, method, write):
    mail = write(registration, seats)
    plain = wording_for(mail)
    words = standard_words(MailKind(mail.kind), "en")

    mail.text = MailText(subject=words.subject, body=words.body)

    edited = wording_for(mail)
    assert edited.text == plain.text
    assert edited.subject in (plain.subject, SUBJECT_DIFFERS.get(plain.subject))
