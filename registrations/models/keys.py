"""What makes two people, or two addresses, one; references people read out, and tokens nobody guesses."""

import re
import secrets
import unicodedata

from registrations.domains import ascii_domain

REFERENCE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # nothing that is misread on the telephone


# Letters that no decomposition takes apart, as people type them who do not have them on their keyboard.
PLAIN_LETTERS = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "\u0131": "i", "æ": "ae", "œ": "oe", "þ": "th"}
)


def fold_search(text: str) -> str:
    """Return text as it is searched for: no accents, no case, single spaces."""
    letters = (letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))
    return " ".join("".join(letters).casefold().translate(PLAIN_LETTERS).split())


def person_key(*names: str) -> str:
    """Return what makes two people likely one: the words of their names without accents, in alphabetical order.

    “Ada Müller-Lüdenscheidt” and “MULLER LUDENSCHEIDT, Ada” have one key; without a name it is empty and equals nobody's.
    """
    return " ".join(sorted(re.findall(r"\w+", fold_search(" ".join(names)))))[:200]


def email_key(address: str) -> str:
    """Return what makes two addresses one: case-folded, domain in IDNA 2008, no trailing dot.

    Raises ValueError when the domain cannot be a domain.
    """
    local, at, domain = address.strip().rpartition("@")
    if not at:
        raise ValueError("an email address needs an @")
    # Only small letters: folding a domain's case would make “ss” of its ß before IDNA sees it.
    return f"{unicodedata.normalize('NFC', local).casefold()}@{ascii_domain(domain).lower()}"


def new_token() -> str:
    """Return an unguessable token for one purpose (256 bits, URL-safe)."""
    return secrets.token_urlsafe(32)


def new_reference() -> str:
    """Return a public reference people can read out, as in “K7QM-2VXA”."""
    letters = "".join(secrets.choice(REFERENCE_ALPHABET) for _letter in range(8))
    return f"{letters[:4]}-{letters[4:]}"
