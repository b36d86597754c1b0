"""Text as people see it: nothing invisible, on one line, an address without what was pasted around it."""

import re
import unicodedata
from urllib.parse import unquote

# Scripts in which a joiner or non-joiner between two letters changes how a word is written: Arabic and Syriac, the
# Indic scripts, Burmese, Khmer; and pictures, which it makes one. Anywhere else (Latin letters, at the end) it only
# hides.
_JOINING = "\u0600-\u0dff\u1000-\u109f\u1780-\u17ff\ufb50-\ufdff\ufe70-\ufefc\U00011000-\U00011fff\u2600-\u27bf\U0001f000-\U0001faff"
# Unicode's Default_Ignorable_Code_Point without the two joiners; annotations, controls of ISO 6429 but for the next
# line, the placeholder of an object that was not pasted, half a surrogate pair, and what is no character at all.
_NOT_SEEN = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffc\ufffe\uffff\ufdd0-\ufdef\x80-\x84\x86-\x9f\ud800-\udfff"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_INVISIBLE = re.compile(
    rf"[{_NOT_SEEN}]|(?<![{_JOINING}\ufe0f])[\u200c\u200d]|[\u200c\u200d](?![{_JOINING}])"
)
_BLANK = "\u2800"  # a cell of Braille without dots
_SPACES = re.compile(r"[^\S\x00-\x1f]+")
_IN_BRACKETS = re.compile(r"(?P<name>[^<>]*)<(?P<address>[^<>]*)>")
_OTHER_ADDRESS = re.compile(r"\S@\S+\.\S")
_MAILTO = re.compile(r"mailto:", re.IGNORECASE)
_AROUND = " \t\r\n,;:.<>()[]\"'\u2018\u2019\u201c\u201d\u201e\u00ab\u00bb"


def visible(text: str) -> str:
    """Return text without what nobody sees: direction marks, zero-width characters, fillers, tags, variation selectors.

    Joiners stay between characters of scripts that need them (D-81). Line breaks, tabs and other control characters
    below U+0020 stay too: whoever reads the text says whether it may hold them.
    """
    return _INVISIBLE.sub("", text).replace(_BLANK, " ")


def one_line(text: str) -> str:
    """Return visible text with single plain blanks, none at its ends; control characters stay, to be refused."""
    return _SPACES.sub(" ", visible(text)).strip()


def bare_address(text: str) -> str:
    """Return the mail address that text was pasted around: `mailto:`, a name and <>, full-width forms, a comma.

    What does not hold exactly one address comes back unchanged, to be refused.
    """
    plain = one_line(unicodedata.normalize("NFKC", visible(text)).replace("\u3002", "."))
    found = _IN_BRACKETS.fullmatch(plain.rstrip(",;. "))
    if found is None:
        return _unwrapped(plain)
    name, address = _unwrapped(found["name"]), _unwrapped(found["address"])
    names_another = _OTHER_ADDRESS.search(name) and name.casefold() != address.casefold()
    return plain if names_another else address


def _unwrapped(text: str) -> str:
    """Return an address without quotes, brackets and punctuation around it, and without `mailto:` and its query."""
    bare = text.strip(_AROUND)
    if _MAILTO.match(bare):
        bare = visible(unquote(_MAILTO.sub("", bare, count=1).partition("?")[0])).strip(_AROUND)
    return bare
