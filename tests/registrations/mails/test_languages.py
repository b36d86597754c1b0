"""Every mail in every language of the site: no English left, and a calendar file that passes its check."""

import pytest

from registrations import mails
from registrations.mails import calendar_check
from registrations.mails.rendering import wording_for
from registrations.models import MailKind
from tests.catalogues import LANGUAGES, english_in
from tests.registrations.factories import NOW
from tests.registrations.mails.cases import every_mail
from tests.registrations.mails.test_kinds import calendar_of

in_every_language = pytest.mark.parametrize("language", LANGUAGES)


@in_every_language
@every_mail
def test_every_mail_says_in_each_language_what_its_snapshot_says(
    registration, seats, snapshot, method, write, language
):
    registration.language = language
    for seat in seats:
        seat.registration.language = language
    mail = write(registration, seats)

    wording = wording_for(mail)
    event = calendar_of(mail).decode().partition("BEGIN:VEVENT")

    snapshot(f"{wording.subject}\n\n{wording.text}\n{''.join(event[1:])}".replace("\r\n", "\n"))
    assert mail.language == language
    assert f'<html lang="{language}">' in wording.html
    assert english_in(f"{wording.subject} {wording.text}", language) == []


@in_every_language
@pytest.mark.parametrize("kind", MailKind)
def test_standard_words_fit_their_kind_in_each_language(kind, language):
    words = mails.standard_words(kind, language)

    assert mails.problems_of(kind, words) == {}
    assert english_in(f"{words.subject} {words.body}", language) == []


@in_every_language
def test_finished_invitation_passes_the_check_before_sending(seats, language):
    seats[0].registration.language = language
    mail = mails.invitation(seats[0], NOW)
    mail.raw = mails.render(mail, NOW)

    told = mails.appointment_of(mail)

    assert (
        calendar_check.calendar_differences(
            mail.raw, calendar_check.Expected(told, mail.recipient, "webinars@example.eu")
        )
        == []
    )
