"""What reading and writing delimited text share, in both apps; without Django."""

COMPUTED = ("=", "+", "-", "@", "\t", "\r")
ESCAPED = (*COMPUTED, "'")  # what is written behind an apostrophe: one of its own too, so that it reads back


def inert(cell: str) -> str:
    """Return a cell's text so that no spreadsheet computes it: behind an apostrophe (OWASP, "CSV Injection")."""
    return f"'{cell}" if cell.startswith(COMPUTED) else cell


def as_meant(cell: str) -> str:
    """Return a cell without blanks around it and without the apostrophe that `inert` puts before it."""
    stripped = cell.strip()
    return stripped[1:] if stripped[:1] == "'" and stripped[1:].startswith(ESCAPED) else stripped


def decode(data: bytes) -> str:
    """Return the text of a file in UTF-8, with or without byte order mark, or in UTF-16 with one.

    Raises `UnicodeDecodeError` for every other encoding and for what is no text.
    """
    is_utf_16 = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    return data.decode("utf-16" if is_utf_16 else "utf-8-sig")
