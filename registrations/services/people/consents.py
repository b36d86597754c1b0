"""Consents: what somebody agreed to, in which words and since when; each given and withdrawn by itself (Article 7)."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from registrations.models import CONSENTS, Action, LegalText, Registration
from registrations.models.history_facts import ConsentNoted
from registrations.models.legal_texts import shown_in
from registrations.services import errors
from registrations.services.history import log
from registrations.services.locks import lock_registration
from registrations.states import RegistrationState

CAN_BE_ASKED = (RegistrationState.ACTIVE, RegistrationState.WITHDRAWN)


@dataclass(frozen=True, slots=True)
class Consent:
    """One consent as it is now: `since` is when somebody was asked or answered last, None where never.

    `text` holds the words: those it was given under, else those of today, which it would be given under.
    """

    name: str
    is_given: bool
    since: datetime | None
    text: LegalText | None

    @property
    def words(self) -> str:
        """Return the paragraph that this consent is about, or "" where there is none."""
        number = CONSENTS.index(self.name)
        paragraphs = self.text.paragraphs if self.text else ()
        return paragraphs[number] if number < len(paragraphs) else ""


def consents_of(registration: Registration, language: str) -> list[Consent]:
    """Return the consents of a registration, with today's words in a language; always two queries."""
    said = registration.history.filter(action=Action.CONSENT_CHANGED).order_by("pk")
    changes = ((entry.at, entry.said) for entry in said)
    last = {change.consent: (at, change.text) for at, change in changes if isinstance(change, ConsentNoted)}
    first = (registration.privacy_acknowledged_at, registration.consent_text_id)
    of_today = LegalText.objects.newest().filter(kind=LegalText.Kind.CONSENTS, language__in=[language, "en"])
    under = LegalText.objects.filter(pk__in=[pk for _at, pk in (first, *last.values()) if pk])
    texts = {text.pk: text for text in (of_today | under).order_by("version")}
    today = shown_in(language, texts.values()).get(LegalText.Kind.CONSENTS)
    consents = []
    for name in CONSENTS:
        since, text_id = last.get(name, first)
        is_given = getattr(registration, name)
        text = texts.get(text_id or 0) if is_given else today
        consents.append(Consent(name, is_given, since, text))
    return consents


@transaction.atomic
def set_consent(registration_id: int, *, consent: str, text_id: int | None, now: datetime) -> Registration:
    """Let somebody agree to a consent, under the words with this id, or with None withdraw it; it counts at once.

    Withdrawing is possible also after the registration is withdrawn (D-19). `consent` is one of CONSENTS, `now` an
    aware datetime. Raises RegistrationEnded, TextChanged where the words are not the newest.
    """
    registration = lock_registration(registration_id)
    is_given = text_id is not None
    if registration.state not in CAN_BE_ASKED or (is_given and not registration.is_active):
        raise errors.RegistrationEnded
    newest = LegalText.objects.newest().filter(kind=LegalText.Kind.CONSENTS).values_list("pk", flat=True)
    if is_given and text_id not in newest:
        raise errors.TextChanged(LegalText.Kind.CONSENTS)
    if getattr(registration, consent) == is_given:
        return registration
    setattr(registration, consent, is_given)
    registration.save(update_fields=[consent])
    log.record(
        Action.CONSENT_CHANGED,
        at=now,
        actor="person",
        registration=registration,
        webinar=registration.webinar,
        facts=ConsentNoted(consent, is_given, text_id),
    )
    return registration
