"""Bounces as mail servers write them: RFC 3464 in any wrapping, and the free text of all others (D-57)."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from email.message import Message

from registrations.incoming.dead_addresses import is_dead, status_in
from registrations.incoming.message_parts import (
    content,
    field,
    fields,
    leaves,
    messages,
    parts_of,
    plain_words,
)

LONGEST_WORDS = 450  # of a server's words, so that they fit a column with what stands before them
LONGEST_TEXT = 16 * 1024
MOST_RECIPIENTS = 50

OUR_ID = "([0-9a-f]{32})"  # uuid4().hex, see mails/facts.py
VERP = re.compile(rf"\+{OUR_ID}@", re.IGNORECASE)
OUR_MESSAGE_ID = re.compile(rf"<{OUR_ID}@")
RETURNED_ID = re.compile(rf"^[> ]*Message-ID:\s*<{OUR_ID}@", re.IGNORECASE | re.MULTILINE)
ENVELOPE_RECIPIENTS = ("Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "To")
ANSWERED_IDS = ("In-Reply-To", "References")

# Python's parser makes messages of a status, which loses one that is encoded; as text it is a part like others.
STATUS_TYPE = re.compile(
    rb"^(content-type:\s*)message/(?:global-)?delivery-status", re.IGNORECASE | re.MULTILINE
)
PLAIN_STATUS = "text/x-delivery-status"
STATUS_FIELD = re.compile(r"([A-Za-z][A-Za-z-]*)\s*:\s*(.*)")
COMMENT = re.compile(r"\([^()]*\)")
TYPED = re.compile(r"^[\w.-]+\s*;\s*")
FAILED, DELAYED, ARRIVED = ("fail", "error"), ("delay",), ("deliver", "relay", "expand")

ADDRESS = re.compile(
    r"[^\s<>@,;:\"'()\[\]\\]{1,64}@[A-Za-z0-9\u0080-\uffff](?:[A-Za-z0-9\u0080-\uffff._-]{0,250}[A-Za-z0-9])"
)
TAG = re.compile(r"<(?:[/!a-z][^<>]{0,500})>", re.IGNORECASE)
DAEMON = re.compile(
    r"mailer-?daemon|post[-_]?master|mail delivery|mdaemon|microsoftexchange|system administrator|mail administrator",
    re.IGNORECASE,
)
SAYS_FAILED = re.compile(
    r"undeliver|not be delivered|wasn.?t able to deliver|unable to deliver|failure notice|returned mail|mail returned"
    r"|returning message|returned to sender|(?:delivery|mail|message|delivering).{0,30}(?:fail|problem|error|abort)"
    r"|(?:fail|problem|error).{0,20}deliver|permanent error|rejected|bounce",
    re.IGNORECASE,
)
SAYS_DELAYED = re.compile(
    r"delayed|still being retried|warning message only|not yet been delivered|will continue to be|will be retried"
    r"|keep trying|still trying|delivery attempts will continue|has not been delivered to one or more",
    re.IGNORECASE,
)
GAVE_UP = re.compile(r"permanent|giv(?:en|ing) up|gave up|failed", re.IGNORECASE)
AUTO_REPLY_SUBJECT = re.compile(
    r"^\W*(?:out of (?:the )?office|auto(?:matic)?[ -:]|automatisch|abwesen|réponse automatique|absen|vacation)",
    re.IGNORECASE,
)
COPY_BEGINS = re.compile(
    r"^\W{0,40}(?:(?:this|included|here|attached|the following) (?:is|are|was) )?(?:an? |the |your )?"
    r"(?:copy of|original message|returned m|unsent message|message text follows|message headers? follow|message reads"
    r"|below (?:this|the next) line|start of returned|headers? of).*$|^Received: from |^Message-ID:",
    re.IGNORECASE | re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class Failure:
    """What a server says of one recipient ("" where it names none); `is_dead`: their address, not this mail alone."""

    recipient: str
    status: str
    words: str
    is_dead: bool


@dataclass(frozen=True, slots=True)
class Bounce:
    """A mail of ours was not delivered, or with no failure in it, not yet.

    `sender` is who says so where that may be somebody's mailbox that answers by itself; "" for a mail server.
    """

    mail_id: str
    failures: tuple[Failure, ...]
    sender: str = ""


def with_plain_statuses(lines: bytes) -> bytes:
    """Return a message whose delivery statuses are parts of text."""
    return STATUS_TYPE.sub(rb"\1" + PLAIN_STATUS.encode(), lines)


def bounce(message: Message) -> Bounce | None:
    """Return what a report says of one of our mails, however it is wrapped; None for all other messages."""
    every = list(messages(message))
    blocks = [block for each in every for part in leaves(each) for block in _blocks(part)]
    report = next((each for each in every if _is_report(each)), None)
    failed = [block for block in blocks if _action(block).startswith(FAILED)][:MOST_RECIPIENTS]
    is_delayed = not failed and any(_action(block).startswith(DELAYED) for block in blocks)
    is_told = failed or is_delayed
    if not is_told and (report is None or any(_action(block).startswith(ARRIVED) for block in blocks)):
        return None
    mail_id = _mail_id(every)
    if not mail_id:
        return None
    text = _text_of(report or message)
    if is_told:
        return Bounce(mail_id, tuple(_failure(block, text) for block in failed))
    assert report is not None  # noqa: S101 -- else the function has returned
    sender = "" if _is_by_server(report) else field(report, "From")
    return Bounce(mail_id, () if _says_delayed(report, text) else _failures_in_words(report, text), sender)


def _is_report(message: Message) -> bool:
    """Return whether a message may be from a mail server about another one: no receipt, no out-of-office."""
    if message.get_content_type() == "multipart/report":
        kind = str(message.get_param("report-type") or "").lower()
        return kind not in ("disposition-notification", "feedback-report")
    says_failed = SAYS_FAILED.search(field(message, "Subject")) is not None
    if fields(message, "Return-Path") == ["<>"] and (says_failed or not _is_auto_reply(message)):
        return True
    says_so = says_failed or SAYS_DELAYED.search(field(message, "Subject")) is not None
    return _is_by_server(message) and (_is_to_us(message) or says_so)


def _is_by_server(message: Message) -> bool:
    """Return whether a mail server wrote a message, as far as it says so itself."""
    is_daemon = DAEMON.search(" ".join(fields(message, "From"))) is not None
    is_typed = message.get_content_type() == "multipart/report"
    return is_typed or is_daemon or bool(fields(message, "X-Failed-Recipients"))


def _is_to_us(message: Message) -> bool:
    """Return whether a message came to the address that only the envelope of one of our mails names."""
    return any(VERP.search(value) for name in ENVELOPE_RECIPIENTS for value in fields(message, name))


def _is_auto_reply(message: Message) -> bool:
    """Return whether a person's mailbox answered by itself (RFC 3834, and what came before it)."""
    marks = [*fields(message, "Auto-Submitted"), *fields(message, "Precedence")]
    is_marked = any(mark.lower().startswith(("auto", "bulk", "junk")) for mark in marks)
    names = ("X-Autoreply", "X-Autorespond", "X-Auto-Response-Suppress", "X-Autogenerated")
    return (
        is_marked
        or any(fields(message, name) for name in names)
        or AUTO_REPLY_SUBJECT.match(field(message, "Subject")) is not None
    )


def _mail_id(every: list[Message]) -> str:
    """Return which mail of ours a report is about: by the address it came to, else by the mail it returns."""
    for message in every:
        for name in (*ENVELOPE_RECIPIENTS, "Return-Path"):
            for value in fields(message, name):
                if found := VERP.search(value):
                    return found[1].lower()
    return next(_returned_ids(every), "")


def _returned_ids(every: list[Message]) -> Iterator[str]:
    """Yield the ids of our mails that a report returns (RFC 6522) or answers."""
    for message in every:
        for name in ("Message-ID", *ANSWERED_IDS):
            yield from OUR_MESSAGE_ID.findall(" ".join(fields(message, name)))
        for part in leaves(message):
            if part.get_content_maintype() == "text":
                yield from RETURNED_ID.findall(content(part).decode("ascii", "replace"))


def _blocks(part: Message) -> list[dict[str, str]]:
    """Return the groups of fields of a delivery status (RFC 3464, section 2.1), of other parts none."""
    if part.get_content_type() != PLAIN_STATUS:
        return []
    text = content(part).decode(errors="replace").replace("\r\n", "\n")
    return [_fields_of(block) for block in re.split(r"\n\s*\n", text)[: MOST_RECIPIENTS * 2]]


def _fields_of(block: str) -> dict[str, str]:
    """Return the fields of a group, unfolded, by names in lower case; the first of each."""
    found: dict[str, str] = {}
    for line in re.sub(r"\n[ \t]+", " ", block).split("\n"):
        if parsed := STATUS_FIELD.match(line.strip()):
            found.setdefault(parsed[1].lower(), plain_words(parsed[2]))
    return found


def _action(block: dict[str, str]) -> str:
    """Return what became of a recipient, as a word in lower case; a status alone says it too."""
    action = COMMENT.sub("", block.get("action", "")).strip(' "').lower()
    return action or ("failed" if status_in(block.get("status", "")).startswith("5") else "")


def _failure(block: dict[str, str], text: str) -> Failure:
    """Return what a group of fields says; where its words have no code, with what the text says of the recipient."""
    named = (_address(block.get(f"{which}-recipient", "")) for which in ("final", "original"))
    recipient = next((address for address in named if "@" in address), "")
    told = next((each.words for each in _recipients_in(text) if each.recipient == recipient.lower()), "")
    diagnostic = TYPED.sub("", block.get("diagnostic-code", ""))
    words = diagnostic or told
    status = status_in(COMMENT.sub("", block.get("status", ""))) or status_in(words)
    told_dead = bool(told) and not status_in(diagnostic) and is_dead(status, told)
    return Failure(recipient, status, words[:LONGEST_WORDS], is_dead(status, words) or told_dead)


def _address(value: str) -> str:
    """Return the address of a recipient field without its type, comments and angles."""
    return COMMENT.sub("", TYPED.sub("", value)).strip(" <>\"'")


def _text_of(report: Message) -> str:
    """Return what a report says to people, without the copy of the mail that it returns."""
    texts = [part for part in leaves(report) if part.get_content_type() in ("text/plain", "text/html")]
    texts.sort(key=lambda part: part.get_content_type() == "text/html")
    words = "\n".join(content(part)[:LONGEST_TEXT].decode(errors="replace") for part in texts)[:LONGEST_TEXT]
    if not parts_of(report) and not words:  # a multipart whose boundary occurs nowhere
        words = str(report.get_payload())[:LONGEST_TEXT]
    words = TAG.sub(" ", words) if "</" in words else words
    copy = COPY_BEGINS.search(words)
    return words[: copy.start()] if copy else words


def _says_delayed(report: Message, text: str) -> bool:
    words = f"{field(report, 'Subject')} {text}"
    return SAYS_DELAYED.search(words) is not None and not GAVE_UP.search(words)


def _failures_in_words(report: Message, text: str) -> tuple[Failure, ...]:
    """Return the failures named in a report's text or in X-Failed-Recipients; one without a recipient for none."""
    told = {each.recipient: each for each in _recipients_in(text)}
    headers = ",".join(fields(report, "X-Failed-Recipients"))
    named = [found[0].lower() for found in ADDRESS.finditer(headers)][:MOST_RECIPIENTS]
    words = plain_words(text)
    rest = Failure("", status_in(words), words[:LONGEST_WORDS], is_dead=False)
    failed = [told.get(address, replace(rest, recipient=address)) for address in named]
    return tuple(failed or told.values()) or (rest,)


def _recipients_in(text: str) -> Iterable[Failure]:
    """Return of each address in a text what follows it, up to the next one."""
    words: dict[str, list[str]] = {}
    current: list[str] = []
    for line in text.splitlines():
        for found in ADDRESS.finditer(line):
            if len(words) < MOST_RECIPIENTS:
                current = words.setdefault(plain_words(found[0]).lower(), [])
        current.append(line)
    for address, lines in words.items():
        said = plain_words(" ".join(lines))
        yield Failure(address, status_in(said), said[:LONGEST_WORDS], is_dead(status_in(said), said))
