"""A real SMTP server on a free loopback port that answers as a test tells it to."""

import asyncio
from collections import deque
from dataclasses import dataclass
from enum import Enum, auto

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


class Trouble(Enum):
    """What a server can do besides answering."""

    STALL = auto()  # say nothing more
    DROP = auto()  # close the connection
    ACCEPT_AND_DROP = auto()  # keep the mail, then close the connection without saying so


@dataclass(frozen=True)
class Received:
    """One mail as the server got it, with its envelope."""

    sender: str
    recipients: tuple[str, ...]
    data: bytes


class MailServer(Controller):
    """Accepts every mail, except for what the next entries of a script say.

    An entry is a whole SMTP reply ("450 4.2.1 try later", or "250 ok" to accept one in between) or a Trouble;
    each is used once, in order. `for_recipients` is asked at RCPT TO, `for_data` after the message.
    """

    def __init__(self) -> None:
        """Listen nowhere yet."""
        super().__init__(self, hostname="127.0.0.1", port=0)
        self.received: list[Received] = []
        self.connections = 0
        self.for_recipients: deque[str | Trouble] = deque()
        self.for_data: deque[str | Trouble] = deque()

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]  # the controller itself cannot do port 0
        super()._trigger_server()

    async def handle_EHLO(self, server: SMTP, session: Session, _envelope, hostname, responses):  # noqa: N802
        """Count the connections."""
        session.host_name = hostname
        self.connections += 1
        return responses

    async def handle_RCPT(self, server: SMTP, _session, envelope: Envelope, address, _options) -> str:  # noqa: N802
        """Answer one recipient."""
        reply = await self._next(self.for_recipients, server)
        if reply.startswith("2"):
            envelope.rcpt_tos.append(address)
        return reply

    async def handle_DATA(self, server: SMTP, _session, envelope: Envelope) -> str:  # noqa: N802
        """Answer one message, and keep it when it is accepted."""
        kept = Received(envelope.mail_from, tuple(envelope.rcpt_tos), envelope.original_content)
        if self.for_data and self.for_data[0] is Trouble.ACCEPT_AND_DROP:
            self.received.append(kept)
        reply = await self._next(self.for_data, server)
        if reply.startswith("2"):
            self.received.append(kept)
        return reply

    @staticmethod
    async def _next(script: deque[str | Trouble], server: SMTP) -> str:
        entry = script.popleft() if script else "250 2.0.0 OK"
        if isinstance(entry, str):
            return entry
        if entry is Trouble.STALL:
            await asyncio.sleep(3600)
        server.transport.abort()
        return "421 4.3.0 closed"
