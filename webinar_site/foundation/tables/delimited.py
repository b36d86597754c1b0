"""What reading and writing delimited text share, in both apps; without Django."""

import re

COMPUTED = ("=", "+", "-", "@", "\t", "\r")
ESCAPED = (*COMPUTED, "'")  # what is written behind an apostrophe: one of its own too, so that it reads back
AS_TEXT = re.compile(r'="((?:[^"]|"")*)"')  # how people keep a spreadsheet from taking digits for a number
LOST = "\N{REPLACEMENT CHARACTER}"
BREAKS_IN_A_CELL = re.compile(r"[\v\f\x1c-\x1e\x85]")  # some programs write them for a line break
CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1b\x1f\x7f-\x9f]")
END_OF_FILE = "\x1a"  # DOS and its heirs
MOST_CONTROLS = 0.1  # of all characters; what has more is no text
LOOKED_AT = 4000  # bytes, to see whether they are UTF-16


class NoText(ValueError):
    """Tell that bytes are no text in any encoding that is read."""


def inert(cell: str) -> str:
    """Return a cell's text so that no spreadsheet computes it: behind an apostrophe (OWASP, "CSV Injection") (D-8)."""
    return f"'{cell}" if cell.startswith(COMPUTED) else cell


def literal(cell: str) -> str:
    """Return a cell's text so that no spreadsheet computes it, and that `as_meant` gives back just as it is."""
    return f"'{cell}" if cell.startswith("'") else inert(cell)


def as_meant(cell: str) -> str:
    """Return a cell without blanks around it, the apostrophe that `inert` puts before it, or `="…"` around it."""
    stripped = cell.strip()
    if stripped[:1] == "'" and stripped[1:].startswith(ESCAPED):
        return stripped[1:]
    text = AS_TEXT.fullmatch(stripped)
    return text[1].replace('""', '"').strip() if text else stripped


def plain_lines(text: str) -> str:
    """Return a text with one kind of line break; of what cannot be shown, U+FFFD is left."""
    lines = text.removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}").replace("\r\n", "\n").replace("\r", "\n")
    return CONTROLS.sub(LOST, BREAKS_IN_A_CELL.sub(" ", lines.removesuffix(END_OF_FILE)))


def decode(data: bytes) -> tuple[str, bool]:
    """Return the text of a file, as `plain_lines` leaves it, and whether its encoding is only assumed.

    It is UTF-8 or UTF-16, each with or without a byte order mark, or else Windows-1252, which old spreadsheets write
    without saying so. Where only some lines are not UTF-8, these have U+FFFD. Raises NoText.
    """
    encoding, is_assumed = _encoding(data)
    try:
        text = data.decode(encoding, errors="strict" if encoding != "utf-8" else "replace")
    except UnicodeDecodeError as error:
        raise NoText from error
    if len(CONTROLS.findall(text)) > len(text) * MOST_CONTROLS:
        raise NoText
    return plain_lines(text), is_assumed


def _encoding(data: bytes) -> tuple[str, bool]:
    if data.startswith((b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff")):
        return "utf-32", False
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16", False
    if unmarked := _unmarked_utf_16(data[:LOOKED_AT]):
        return unmarked, False
    odd = [line for line in data.split(b"\n") if not line.isascii()]
    wrong = sum(not _is_utf_8(line) for line in odd)
    if wrong == 0:
        return "utf-8-sig", False
    return ("utf-8", False) if wrong < len(odd) - wrong else ("cp1252", True)


def _unmarked_utf_16(data: bytes) -> str:
    """Return which UTF-16 these bytes are, by where the zero bytes of ASCII characters are; "" where they are none."""
    even, odd = data[::2].count(0), data[1::2].count(0)
    few, many = sorted((even, odd))
    if many * 5 < len(data) / 2 or few * 5 > many:
        return ""
    return "utf-16-be" if even > odd else "utf-16-le"


def _is_utf_8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True
