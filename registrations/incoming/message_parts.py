"""What every reader of a foreign message needs: its parts, its fields and its words, cut and made harmless."""

from collections.abc import Iterator
from email.message import Message

LONGEST_FIELD = 1_000


class UnreadableMessage(ValueError):
    """The message is beyond the limits, or no parser makes sense of it; the words name no person."""


def parts_of(part: Message) -> list[Message]:
    """Return what a container holds; nothing where it claims to be one and is none."""
    inside = part.get_payload()
    return [one for one in inside if isinstance(one, Message)] if isinstance(inside, list) else []


def leaves(part: Message) -> Iterator[Message]:
    """Yield the parts that are no containers; not those of a message inside the message, which somebody else wrote."""
    if part.get_content_maintype() == "multipart":
        for inside in parts_of(part):
            yield from leaves(inside)
    else:
        yield part


def messages(message: Message) -> Iterator[Message]:
    """Yield a message, then every message in it, however deep."""
    yield message
    for part in leaves(message):
        for inside in parts_of(part):
            yield from messages(inside)


def content(part: Message) -> bytes:
    """Return what a part holds, decoded as it says; empty for a container."""
    decoded = part.get_payload(decode=True)
    return decoded if isinstance(decoded, bytes) else b""


def field(part: Message, name: str) -> str:
    """Return a header field that must occur once, as plain text; "" otherwise."""
    values = fields(part, name)
    return values[0] if len(values) == 1 else ""


def fields(part: Message, name: str) -> list[str]:
    """Return every header field of a name, as plain text."""
    return [plain_words(value) for value in part.get_all(name, [])]


def plain_words(value: object) -> str:
    """Return foreign words on one line, cut, without anything that a database or a terminal would stumble over."""
    words = " ".join(str(value)[:LONGEST_FIELD].encode(errors="replace").decode().split())
    return "".join(letter for letter in words if letter.isprintable())
