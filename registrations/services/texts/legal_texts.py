"""Privacy statement and consents: a new wording is a new version, first compared with the last (D-63)."""

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from registrations.models import CONSENTS, Action, LegalText
from registrations.models.history_facts import LegalTextNoted
from registrations.models.legal_texts import shown_in, text_digest
from registrations.services import errors
from registrations.services.history import log

LONGEST_WORDING = 100_000  # characters


@dataclass(frozen=True, slots=True)
class WordingChange:
    """A paragraph of a new wording: what it was and what it is; "" where there was or is none. Equal ones stay."""

    was: str
    now: str

    @property
    def is_unchanged(self) -> bool:
        """Return whether nothing changed in it."""
        return self.was == self.now


def wording_difference(old: LegalText, body: str) -> list[WordingChange]:
    """Return a new wording against an old one, paragraph by paragraph, those that stay among them."""
    before, after = old.paragraphs, LegalText(body=body).paragraphs
    changes = []
    for tag, from_, to, into, end in difflib.SequenceMatcher(
        None, before, after, autojunk=False
    ).get_opcodes():
        gone, come = before[from_:to], after[into:end]
        if tag == "equal":
            changes += [WordingChange(words, words) for words in gone]
            continue
        for number in range(max(len(gone), len(come))):
            was = gone[number] if number < len(gone) else ""
            now = come[number] if number < len(come) else ""
            changes.append(WordingChange(was, now))
    return changes


def check_wording(old: LegalText | None, kind: str, body: str) -> str:
    """Return a wording as it would be kept, with plain line ends; raise LegalTextRefused if it can be none."""
    body = body.replace("\r\n", "\n").strip() + "\n"
    if not body.strip():
        raise errors.LegalTextRefused(_("Write the text."))
    if len(body) > LONGEST_WORDING:
        raise errors.LegalTextRefused(_("This text is too long."))
    if kind == LegalText.Kind.CONSENTS and len(LegalText(body=body).paragraphs) != len(CONSENTS):
        raise errors.LegalTextRefused(
            ngettext(
                "The consents are exactly %(count)d paragraph.",
                "The consents are exactly %(count)d paragraphs, one for each box, with an empty line between them.",
                len(CONSENTS),
            )
            % {"count": len(CONSENTS)}
        )
    if old is not None and body == old.body.replace("\r\n", "\n").strip() + "\n":
        raise errors.LegalTextRefused(_("These are the words of the newest version; nothing is new."))
    return body


@transaction.atomic
def publish_wording(kind: str, language: str, *, body: str, seen: int, by: User, now: datetime) -> LegalText:
    """Make a wording the newest version of a text in a language; people are shown it from now on.

    `seen` is the version that it was compared with, 0 for the first in a language. `now` is an aware datetime. Raises
    LegalTextRefused, also where a colleague has published another version meanwhile.
    """
    versions = LegalText.objects.select_for_update(no_key=True).filter(kind=kind, language=language)
    newest = max(versions, key=lambda text: text.version, default=None)
    if (newest.version if newest else 0) != seen:
        raise errors.LegalTextRefused(
            _("A colleague has published another version meanwhile. Compare yours with that one.")
        )
    body = check_wording(newest, kind, body)
    text = LegalText(kind=kind, language=language, version=seen + 1, body=body, sha256=text_digest(body))
    text.save(force_insert=True)
    facts = LegalTextNoted(text.pk, kind, language, text.version, text.sha256)
    log.record(Action.LEGAL_TEXT_ADDED, at=now, by=by, facts=facts)
    return text


def altered_legal_texts() -> Iterator[LegalText]:
    """Yield the texts whose words are not those that were hashed, in constant memory."""
    for text in LegalText.objects.order_by("pk").iterator(chunk_size=10):
        if not text.is_intact:
            yield text


def as_shown(
    newest: Iterable[LegalText], kind: LegalText.Kind, shown: int | None, language: str
) -> LegalText | None:
    """Return which of the newest texts the page showed; raise TextChanged where there is a newer one by now."""
    if shown is None:
        return shown_in(language, newest).get(kind)
    for text in newest:
        if (text.kind, text.pk) == (kind, shown):
            return text
    raise errors.TextChanged(kind)
