"""A text that an Editor wrote for a kind of mail: checked before it is kept, filled when a mail is sent."""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from registrations import ical
from registrations.mails.placeholders import PLACEHOLDERS, RULES
from registrations.models import MailKind

TOKEN = re.compile(r"\[\[(\w+)\]\]")
LONGEST_SUBJECT = 200
LONGEST_BODY = (
    6000  # characters; with HTML's own around them they stay far below 100 KB, where mail programs cut
)
INVISIBLE = {"Cc", "Zl", "Zp", "Cs"}


@dataclass(frozen=True, slots=True)
class MailWords:
    """Subject and text of a kind of mail, with placeholders; both empty for the site's own templates."""

    subject: str = ""
    body: str = ""


class DoesNotFit(ValueError):
    """A text lacks what its kind of mail has to say, or holds what cannot be filled in (D-61)."""


def tidy(words: MailWords) -> MailWords:
    """Return words as they are kept: line ends as one character, no blanks at either end or at the ends of lines."""
    body = words.body.replace("\r\n", "\n").replace("\r", "\n")
    return MailWords(
        words.subject.strip(), "\n".join(line.rstrip(" ") for line in body.split("\n")).strip("\n ")
    )


def problems_of(kind: MailKind, words: MailWords) -> dict[str, list[str]]:
    """Return what keeps words from being a text for this kind of mail, for the reader, by "subject" and "body"."""
    rules = RULES[kind]
    if too_long := _too_long(words):
        return too_long
    subject = [
        *_problems_of_characters(words.subject, allowed=""),
        *_problems_of_tokens(words.subject, rules.in_subject),
    ]
    body = [
        *_problems_of_characters(words.body, allowed="\n"),
        *_problems_of_tokens(words.body, rules.possible),
        *_problems_of_lines(words.body),
        *_missing(words.body, rules.must),
    ]
    return {field: found for field, found in (("subject", subject), ("body", body)) if found}


def fill(kind: MailKind, words: MailWords, values: Mapping[str, Any]) -> MailWords:
    """Return subject and text of one mail, in the active language, from values as the templates get them.

    What is filled in is not looked at again: brackets in somebody's name stay brackets. Raises DoesNotFit where the
    words lack what the kind needs, KeyError where the values do: better no mail, and a failed row that staff see, than
    one with a hole.
    """
    if problems := problems_of(kind, words):
        raise DoesNotFit(" ".join(problem for found in problems.values() for problem in found))

    def filled(found: re.Match[str]) -> str:
        return PLACEHOLDERS[found[1]].fill(values)

    return MailWords(TOKEN.sub(filled, words.subject), TOKEN.sub(filled, words.body))


def token(name: str) -> str:
    """Return a placeholder as it is written."""
    return f"[[{name}]]"


def _too_long(words: MailWords) -> dict[str, list[str]]:
    """Return a problem for each field that is too long; nothing else is looked at then, however long it is."""
    return {
        field: [
            _("This has %(length)d characters. At most %(longest)d are possible.")
            % {"length": len(text), "longest": longest}
        ]
        for field, text, longest in (
            ("subject", words.subject, LONGEST_SUBJECT),
            ("body", words.body, LONGEST_BODY),
        )
        if len(text) > longest
    }


def _problems_of_characters(text: str, *, allowed: str) -> Iterator[str]:
    if not text:
        yield _("Write something here.")
    unseen = {letter for letter in text if _is_unseen(letter) and letter not in allowed}
    if unseen:
        yield ngettext(
            "Delete the invisible character %(letters)s: it would break the line or change the "
            "reading direction.",
            "Delete the invisible characters %(letters)s: they would break the line or change the "
            "reading direction.",
            len(unseen),
        ) % {"letters": ", ".join(f"U+{ord(letter):04X}" for letter in sorted(unseen))}


def _is_unseen(letter: str) -> bool:
    return letter in ical.BIDI_CONTROLS or unicodedata.category(letter) in INVISIBLE


def _problems_of_tokens(text: str, possible: tuple[str, ...]) -> Iterator[str]:
    unknown = {found[1] for found in TOKEN.finditer(text)} - set(possible)
    if unknown:
        yield _("%(unknown)s cannot be used here. These can: %(possible)s.") % {
            "unknown": ", ".join(map(token, sorted(unknown))),
            "possible": ", ".join(map(token, possible)),
        }
    broken = [number for number, line in _lines(text) if "[[" in line or "]]" in line]
    if broken:
        yield ngettext(
            "Line %(lines)s has [[ or ]] that is no placeholder. Write placeholders like this: [[webinar_title]].",
            "Lines %(lines)s have [[ or ]] that is no placeholder. Write placeholders like this: [[webinar_title]].",
            len(broken),
        ) % {"lines": ", ".join(map(str, broken))}


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield the number of each line and what is left of it without its placeholders."""
    for number, line in enumerate(text.split("\n"), start=1):
        yield number, TOKEN.sub("", line)


def _problems_of_lines(body: str) -> Iterator[str]:
    """Yield a problem for placeholders of whole paragraphs that share a line, or are there twice."""
    shares = _paragraphs(body, lambda line, found: line.strip() != found)
    if shares:
        yield _("Put %(names)s on a line of its own: it becomes whole paragraphs.") % {"names": shares}
    twice = _paragraphs(body, lambda _line, found: body.count(found) > 1)
    if twice:
        yield _("Use %(names)s only once.") % {"names": twice}


def _paragraphs(body: str, wanted: Callable[[str, str], bool]) -> str:
    """Return the placeholders of whole paragraphs for which this holds, given their line and themselves."""
    return ", ".join(
        sorted(
            {
                token(found[1])
                for line in body.split("\n")
                for found in TOKEN.finditer(line)
                if found[1] in PLACEHOLDERS
                and PLACEHOLDERS[found[1]].is_alone_on_its_line
                and wanted(line, found[0])
            }
        )
    )


def _missing(body: str, must: tuple[str, ...]) -> Iterator[str]:
    there = {found[1] for found in TOKEN.finditer(body)}
    missing = [name for name in must if name not in there]
    if missing:
        yield ngettext(
            "This mail needs %(missing)s: people have to read it.",
            "This mail needs %(missing)s: people have to read them.",
            len(missing),
        ) % {"missing": ", ".join(map(token, missing))}
