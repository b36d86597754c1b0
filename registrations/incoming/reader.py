"""One message: refused where it would keep parsers busy, else taken apart once, as a bounce or an answer."""

import re
from email import message_from_bytes
from email.policy import compat32

from registrations.incoming import bounces, calendar_replies
from registrations.incoming.bounces import Bounce
from registrations.incoming.calendar_replies import CalendarReply
from registrations.incoming.message_parts import UnreadableMessage

MOST_MESSAGE_BYTES = 1024 * 1024
MOST_LINES = 50_000
MOST_CONTAINERS = 50  # the parser nests one generator in another for each multipart/… and message/…
MOST_BOUNDARIES = 500
MOST_EMPTY_LINES = 10_000
LONGEST_TYPE = 2_000  # Python before 3.14 reads the parameters of a Content-Type in quadratic time

BOUNDARY_LINE = b"\n--"
CONTAINER = re.compile(rb"(?:multipart|message)/", re.IGNORECASE)
TYPE_FIELD = re.compile(
    rb"^content-(?:type|disposition):[^\n]*(?:\n[ \t][^\n]*)*", re.IGNORECASE | re.MULTILINE
)


def read_message(raw: bytes) -> Bounce | CalendarReply | None:
    """Return what a message says, None for all else that people and machines send (out of office, spam, thanks).

    Raises Unreadable and nothing else. Takes two seconds at most, whatever the bytes.
    """
    lines = raw[: MOST_MESSAGE_BYTES + 1].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    _refuse_bombs(raw, lines)
    try:
        message = message_from_bytes(bounces.with_plain_statuses(lines), policy=compat32)
        found = bounces.bounce(message)
        return found if found and not found.sender else calendar_replies.reply(message) or found
    except UnreadableMessage:
        raise
    except Exception as error:  # the parsers have been seen to raise nearly anything
        raise UnreadableMessage(type(error).__name__) from error


def _refuse_bombs(raw: bytes, lines: bytes) -> None:
    """Raise Unreadable for what would keep the parsers busy."""
    limits = (
        ("bytes", len(raw), MOST_MESSAGE_BYTES),
        ("lines", lines.count(b"\n"), MOST_LINES),
        ("empty lines", lines.count(b"\n\n"), MOST_EMPTY_LINES),
        ("boundaries", lines.count(BOUNDARY_LINE), MOST_BOUNDARIES),
        ("containers", len(CONTAINER.findall(lines)), MOST_CONTAINERS),
        ("type", max((len(found[0]) for found in TYPE_FIELD.finditer(lines)), default=0), LONGEST_TYPE),
    )
    for what, count, most in limits:
        if count > most:
            raise UnreadableMessage(f"{what}: more than {most}")
