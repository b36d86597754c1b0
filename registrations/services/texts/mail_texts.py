"""Texts of mails as Editors want them: looked at, tested, kept as versions, and given up for the site's own."""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _

from registrations import ical, links, mails, outbox
from registrations.mails.editor_texts import MailWords
from registrations.models import (
    TEST_KEY,
    Action,
    MailKind,
    MailText,
    OutgoingMail,
    Registration,
    Webinar,
)
from registrations.models.history_facts import MailTextNoted
from registrations.services import errors
from registrations.services.history import log
from registrations.services.texts import samples

LARGEST_HTML = (
    80_000  # of the sample: mail programs cut what is over 100 KB, and agendas can be longer than its
)


@dataclass(frozen=True, slots=True)
class TextKey:
    """Which text: of which webinar, for which kind of mail, in which language."""

    webinar_id: int
    kind: MailKind
    language: str


@dataclass(frozen=True, slots=True)
class MailPreview:
    """A mail as somebody would get it, without the tokens of personal links; no calendar file where it has none."""

    subject: str
    text: str
    html: str
    appointment: ical.Appointment | None
    calendar: str


def current_words(key: TextKey) -> tuple[MailWords, int]:
    """Return what a mail says now, with placeholders, and the number of its version; 0 for one never edited."""
    text = MailText.objects.filter(webinar=key.webinar_id, kind=key.kind, language=key.language).first()
    if text is None or text.is_standard:
        return mails.standard_words(key.kind, key.language), text.version if text else 0
    return MailWords(text.subject, text.body), text.version


def preview_mail(
    key: TextKey, words: MailWords, *, now: datetime, registration: Registration | None = None
) -> MailPreview:
    """Return a mail with these words, about an invented person or a real one; nothing is saved.

    Raises MailTextRefused.
    """
    words = _checked(key, words)
    webinar = _webinar(key)
    if registration is None:
        seat = samples.invented_seat(webinar, key.language, now)
    else:
        seat = samples.seat_of(registration, webinar, now)
    mail = samples.sample_mail(key.kind, seat, now)
    mail.language = key.language
    mail.text = MailText(subject=words.subject, body=words.body)
    preview = preview_of(mail, now)
    if len(preview.html.encode()) > LARGEST_HTML:
        raise errors.MailTextRefused({"body": [_("The mail would be too large. Shorten the text.")]})
    return preview


def _webinar(key: TextKey) -> Webinar:
    return Webinar.objects.select_related("audience").get(pk=key.webinar_id)


def preview_of(mail: OutgoingMail, now: datetime) -> MailPreview:
    """Return a mail as it would be sent now (aware datetime). Raises what `mails.wording_for` does."""
    wording = mails.wording_for(mail)
    appointment = mails.stamped_appointment(mail, now)
    return MailPreview(
        subject=wording.subject,
        text=links.without_personal_links(wording.text),
        html=links.without_personal_links(wording.html),
        appointment=appointment,
        calendar=ical.invite(appointment).decode() if appointment else "",
    )


@transaction.atomic
def save_mail_text(key: TextKey, words: MailWords, *, seen: int, by: User, now: datetime) -> MailText:
    """Let mails of a kind that are written from now on say these words; those written already keep theirs.

    `seen` is the version the Editor started from. Raises MailTextRefused.
    """
    if key.kind.is_to_staff:
        raise errors.MailTextRefused({"": [_("This mail goes to staff and has one text for all webinars.")]})
    _lock(key, seen)
    words = _checked(key, words)
    if words == current_words(key)[0]:
        raise errors.MailTextRefused({"": [_("These are the words the mail has.")]})
    preview_mail(key, words, now=now)
    return _add(key, words, seen=seen, by=by, now=now)


@transaction.atomic
def reset_mail_text(key: TextKey, *, seen: int, by: User, now: datetime) -> MailText:
    """Let mails of a kind say what the site's own templates say; arguments as for `save_mail_text`.

    Raises MailTextRefused.
    """
    newest = _lock(key, seen)
    if newest is None or newest.is_standard:
        raise errors.MailTextRefused({"": [_("The mail has the standard text already.")]})
    return _add(key, MailWords(), seen=seen, by=by, now=now)


def _lock(key: TextKey, seen: int) -> MailText | None:
    """Lock the webinar; return the newest version at a place, or None; refuse if somebody was faster."""
    webinar = Webinar.objects.select_for_update(no_key=True).get(pk=key.webinar_id)
    newest = webinar.mail_texts.filter(kind=key.kind, language=key.language).first()
    if (newest.version if newest else 0) != seen:
        raise errors.MailTextRefused(
            {"": [_("A colleague changed this text in the meantime. Yours is still below; theirs is kept.")]}
        )
    return newest


def _checked(key: TextKey, words: MailWords) -> MailWords:
    words = mails.tidy(words)
    if problems := mails.problems_of(key.kind, words):
        raise errors.MailTextRefused(problems)
    return words


def _add(key: TextKey, words: MailWords, *, seen: int, by: User, now: datetime) -> MailText:
    """Write the next version and record it."""
    text = MailText.objects.create(
        webinar_id=key.webinar_id,
        kind=key.kind,
        language=key.language,
        version=seen + 1,
        subject=words.subject,
        body=words.body,
        is_standard=not words.body,
        sha256=hashlib.sha256(f"{words.subject}\n{words.body}".encode()).hexdigest(),
        created_at=now,
        created_by=by,
    )
    facts = MailTextNoted(key.kind, key.language, text.version, text.sha256)
    log.record(Action.MAIL_TEXT_CHANGED, at=now, by=by, webinar_id=key.webinar_id, facts=facts)
    return text


@transaction.atomic
def send_test_mail(key: TextKey, words: MailWords, *, by: User, now: datetime) -> OutgoingMail:
    """Send these words to the member of staff who asks, as a mail about an invented person (D-62).

    Marked as a test, and without a calendar file: nothing of it can get into a calendar or pass for a participant's.
    Raises NoAddress, MailTextRefused.
    """
    if not by.email:
        raise errors.NoAddress
    words = _checked(key, words)
    mail = samples.sample_mail(key.kind, samples.invented_seat(_webinar(key), key.language, now), now)
    mail.registration = mail.seat = mail.expires_at = None
    mail.recipient = by.email
    mail.facts = replace(mails.facts_of(mail), test=words).to_json()
    mail.dedupe_key = f"{TEST_KEY}{by.pk}:{now:%Y%m%dT%H%M%S.%f}"
    outbox.post([mail])
    return mail
