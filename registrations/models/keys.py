"""What makes two people, or two addresses, one; references people read out, and tokens nobody guesses."""

import re
import secrets
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from registrations.domains import ascii_domain
from webinar_site.foundation.plain_text import visible

REFERENCE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # nothing that is misread on the telephone
LONGEST_SEARCH_KEY = 1000  # names, organisation and address, most of their words in two spellings

# Letters that no decomposition takes apart, as people type them who do not have them on their keyboard; of an Arabic
# letter the shapes that people use for each other, and no bars that only stretch a word.
PLAIN_LETTERS = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "\u0131": "i", "æ": "ae", "œ": "oe", "þ": "th"}
    | {"ŋ": "n", "ŧ": "t", "ƶ": "z", "ə": "a", "\u0491": "\u0433"}
    | {"\u0671": "\u0627", "\u0649": "\u064a", "\u06cc": "\u064a", "\u0629": "\u0647", "\u06a9": "\u0643"}
    | dict.fromkeys("\u06c1\u06be\u06d5", "\u0647")
    | {"\u0640": ""}
)
# Whatever is written where a name has an apostrophe, before it is decomposed: an acute accent would become a blank.
APOSTROPHES = str.maketrans(
    dict.fromkeys(
        "`\u00b4\u2018\u2019\u201b\u2032\u2035\u02b9\u02bb\u02bc\u02bd\u02be\u02bf\u02c8\u02ca\u02cb"
        "\u055a\u05f3\u05f4\u1fbd\u1fbf\u1fef\u1ffd\u1ffe\ua78b\ua78c\uff07\uff40",
        "'",
    )
)
HYPHENS = re.compile(
    r"[\u02d7\u05be\u058a\u1400\u1806\u2010-\u2015\u2043\u2212\u2e3a\u2e3b\ufe58\ufe63\uff0d]"
)
JOINERS = re.compile(r"[\u200c\u200d]")
WORD = re.compile(r"\w+")
WITHIN_WORDS = re.compile(r"['-]+")
BETWEEN_PARTS = re.compile(r"['\-,;\u060c\u061b\u3001]+")
AROUND_WORDS = '"()<>[]\u201c\u201d\u201e\u00ab\u00bb'
# “ue” for ü, “oe” for ö and ø, “ae” for ä and æ, “aa” for å; not at the end of a word, where Zoe and Sue have their
# own.
TWO_LETTERS = re.compile(r"(?<=[aou])e(?=\w)|(?<=a)a")


def fold_search(text: str) -> str:
    """Return text as compared: no accents, no case, nothing invisible, one apostrophe, one hyphen, single blanks."""
    written = HYPHENS.sub("-", visible(text).translate(APOSTROPHES))
    letters = (
        letter
        for letter in unicodedata.normalize("NFKD", JOINERS.sub("", written))
        if not unicodedata.combining(letter)
    )
    folded = "".join(letters).casefold().translate(PLAIN_LETTERS)
    return " ".join(folded.split())


def name_words(text: str) -> list[str]:
    """Return the words of a name as they are compared, sorted: “Mueller, Ann” and “Ann Müller” have the same."""
    return sorted(WORD.findall(TWO_LETTERS.sub("", fold_search(text))))


def person_key(*names: str) -> str:
    """Return what makes two people likely one: the words of their names as they are compared (D-21).

    “Ada Müller-Lüdenscheidt” and “MUELLER LUDENSCHEIDT, Ada” have one key; without a name it is empty and equals
    nobody's.
    """
    return " ".join(name_words(" ".join(names)))[:200]


def search_key(*texts: str, address: str) -> str:
    """Return what is searched for words: each as it was written, as one word, and without the second letter of “ue”."""
    written = fold_search(" ".join(texts)).split()
    joined = [WITHIN_WORDS.sub("", word) for word in written]
    short = [TWO_LETTERS.sub("", word) for word in (*written, *joined)]
    return " ".join([*dict.fromkeys((*written, *joined, *short)), fold_search(address)])[
        :LONGEST_SEARCH_KEY
    ].strip()


@dataclass(frozen=True, slots=True)
class Searched:
    """One word that somebody looks for, and the parts of it that a `search_key` must hold."""

    text: str
    parts: tuple[str, ...]

    @property
    def reference(self) -> str:
        """Return how a reference begins, if the word is one."""
        return self.text.strip(",;").upper()

    def spellings(self) -> Iterator[tuple[str, ...]]:
        """Yield of each part the ways it may be in a `search_key`: any of them will do."""
        for part in self.parts:
            yield tuple(dict.fromkeys((part, TWO_LETTERS.sub("", part))))


def searched_words(text: str) -> list[Searched]:
    """Return the words to look for; “O'Neill” has two parts, because people also write it as two words, or as one."""
    words = (word.strip(AROUND_WORDS) for word in fold_search(text).split())
    split = (Searched(word, tuple(filter(None, BETWEEN_PARTS.split(word)))) for word in words)
    return [word for word in split if word.parts]


def email_key(address: str) -> str:
    """Return what makes two addresses one: case-folded, domain in IDNA 2008, no trailing dot.

    Raises ValueError when the domain cannot be a domain.
    """
    local, at, domain = address.strip().rpartition("@")
    if not at:
        raise ValueError("an email address needs an @")
    # Only lower case: folding a domain's case would make “ss” of its ß before IDNA sees it.
    return f"{unicodedata.normalize('NFC', local).casefold()}@{ascii_domain(domain).lower()}"


def new_token() -> str:
    """Return an unguessable token for one purpose (256 bits, URL-safe)."""
    return secrets.token_urlsafe(32)


def new_reference() -> str:
    """Return a public reference people can read out, as in “K7QM-2VXA”."""
    letters = "".join(secrets.choice(REFERENCE_ALPHABET) for _letter in range(8))
    return f"{letters[:4]}-{letters[4:]}"
