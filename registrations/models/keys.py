"""What makes two spellings one: of an address, of a name, of words that are searched for."""

import re
import unicodedata

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
    """Return what makes two addresses one: case-folded, domain in IDNA, no trailing dot.

    Raises ValueError when the domain cannot be a domain.
    """
    local, at, domain = address.strip().rpartition("@")
    if not at:
        raise ValueError("an email address needs an @")
    try:
        ascii_domain = domain.rstrip(".").casefold().encode("idna").decode("ascii")
    except UnicodeError as error:
        raise ValueError("the domain of the email address is not a domain") from error
    return f"{unicodedata.normalize('NFC', local).casefold()}@{ascii_domain}"
