"""The catalogues of the site's languages, as tests read them."""

import re
from functools import cache
from html import unescape
from pathlib import Path

import polib
from django.conf import settings

from tests.running_site import ROOT

LOCALE = ROOT / "webinar_site" / "locale"
LANGUAGES = [code for code, _name in settings.LANGUAGES if code != "en"]  # English is what the code says
PLACEHOLDERS = re.compile(r"%\(\w+\)[-+#0 ]*\d*[a-z]|%[sd]|\[\[\w+\]\]|{\w+}")
SHORT = 20  # characters; shorter words are the same in two languages too often


def path_of(language: str) -> Path:
    """Return where a language's catalogue lies."""
    return LOCALE / language / "LC_MESSAGES" / "django.po"


@cache
def catalogue(language: str) -> polib.POFile:
    """Return a language's catalogue; raises OSError where there is none."""
    return polib.pofile(str(path_of(language)))


@cache
def _english(language: str) -> tuple[str, ...]:
    """Return the stretches of English sentences, without placeholders, that this language says otherwise."""
    said = " ".join(_plain(text) for entry in catalogue(language) for text in _translations(entry))
    stretches = {
        stretch.strip()
        for entry in catalogue(language)
        for text in filter(None, (entry.msgid, entry.msgid_plural))
        for line in PLACEHOLDERS.sub("\n", text).split("\n")
        for stretch in [_plain(line)]
    }
    return tuple(sorted(each for each in stretches if len(each) >= SHORT and each not in said))


def _translations(entry: polib.POEntry) -> list[str]:
    return [entry.msgstr, *entry.msgstr_plural.values()]


def _plain(text: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", text)).split())


def english_in(text: str, language: str) -> list[str]:
    """Return what a page or mail in another language still says in the English of our own catalogue."""
    shown = _plain(text)
    return [stretch for stretch in _english(language) if stretch in shown]
