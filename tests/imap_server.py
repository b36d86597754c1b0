"""A real IMAP server on a free loopback port: one mailbox, and only the commands that imaplib needs (RFC 3501)."""

import asyncio
import re
import threading

PASSWORD = 'pass "word'


class ImapServer:
    """Serves messages by UID, and remembers which are seen.

    People who read beside us are a client like any other: `seen` is theirs, and ours where we ask for a body without
    PEEK or open the mailbox to write. `old` are UIDs that came long ago, `validity` is what makes UIDs void. `gone` are
    UIDs that vanish between search and fetch, `trouble` is a command at which the connection breaks off or, with
    `stall`, hangs.
    """

    def __init__(self, *messages: bytes) -> None:
        """Listen nowhere yet."""
        self.messages = dict(enumerate(messages, start=1))
        self.seen: set[int] = set()
        self.gone: set[int] = set()
        self.old: set[int] = set()
        self.validity = 7
        self.boxes: list[str] = []
        self.fetched: list[str] = []
        self.since: list[str] = []
        self.trouble = ""
        self.stall = False
        self.port = 0
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        """Listen, in a thread of its own."""
        self._thread.start()
        assert self._ready.wait(10)

    def stop(self) -> None:
        """Stop listening."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def url(self, box: str = "INBOX") -> str:
        """Return what stands in IMAP_URL."""
        return f"imap://box%40example.eu:pass%20%22word@127.0.0.1:{self.port}/{box}"

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._serve, "127.0.0.1", 0))
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        self._loop.run_forever()
        server.close()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        self._loop.run_until_complete(asyncio.sleep(0))
        self._loop.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"* OK ready\r\n")
        try:
            while line := await reader.readline():
                tag, _blank, command = line.decode().rstrip("\r\n").partition(" ")
                if self.trouble and command.startswith(self.trouble):
                    if self.stall:
                        await asyncio.sleep(3600)
                    break
                untagged, status = self._answer(command)
                writer.write(untagged + f"{tag} {status} done\r\n".encode())
                await writer.drain()
                if command == "LOGOUT":
                    break
        except (ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    def _answer(self, command: str) -> tuple[bytes, str]:
        """Return untagged lines, and what stands behind the tag."""
        if command == "CAPABILITY":
            return b"* CAPABILITY IMAP4rev1\r\n", "OK"
        if command.startswith("LOGIN "):
            right = command == 'LOGIN box@example.eu "pass \\"word"'
            return b"", "OK" if right else "NO [AUTHENTICATIONFAILED] box@example.eu"
        if found := re.fullmatch(r'(SELECT|EXAMINE) "(.*)"', command):
            self.boxes.append(f"{found[1]} {found[2]}")
            facts = f"* {len(self.messages)} EXISTS\r\n* OK [UIDVALIDITY {self.validity}] valid\r\n"
            return (
                (facts.encode(), "OK") if found[2] in ("INBOX", "Re turns") else (b"", "NO no such mailbox")
            )
        if found := re.fullmatch(r"UID SEARCH UID (\d+):\*", command):
            return self._found(self._from(int(found[1]))), "OK"
        if found := re.fullmatch(r"UID SEARCH SINCE (\d\d-[A-Z][a-z]{2}-\d{4})", command):
            self.since.append(found[1])
            return self._found(self.messages.keys() - self.old), "OK"
        if found := re.fullmatch(r"UID FETCH (\d+) \(BODY(\.PEEK)?\[\]<0\.(\d+)>\)", command):
            if not found[2]:
                self.seen.add(int(found[1]))
            return self._fetch(int(found[1]), int(found[3])), "OK"
        return (b"* BYE\r\n", "OK") if command == "LOGOUT" else (b"", f"BAD {command.split()[0]}")

    def _from(self, first: int) -> set[int]:
        """Return the UIDs of a range up to `*`, the highest there is, also for a range that begins behind it."""
        highest = max(self.messages, default=0)
        return {uid for uid in self.messages if min(first, highest) <= uid}

    def _found(self, uids: set[int]) -> bytes:
        """Return the UIDs, in whatever order."""
        return f"* SEARCH {' '.join(str(uid) for uid in sorted(uids, reverse=True))}\r\n".encode()

    def _fetch(self, uid: int, most: int) -> bytes:
        self.fetched.append(f"{uid} up to {most}")
        if uid in self.gone:
            return b""
        raw = self.messages[uid][:most]
        return b"* %d FETCH (UID %d BODY[]<0> {%d}\r\n%b)\r\n" % (uid, uid, len(raw), raw)
