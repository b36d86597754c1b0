"""A mail backend that keeps every mail as a file, for a site that has no mail server."""

import tempfile
from collections.abc import Sequence
from email.parser import BytesHeaderParser
from hashlib import sha256
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend


class MaildirBackend(BaseEmailBackend):
    """Keep each mail in settings.MAILDIR as one .eml file, byte for byte as a mail server would get it."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Write the messages and return how many; raise OSError where one cannot be written.

        A message that comes twice (same Message-ID) stays one file, so that sending again is harmless.
        """
        folder = Path(settings.MAILDIR)
        folder.mkdir(parents=True, exist_ok=True)
        for message in email_messages:
            _keep(message.message().as_bytes(linesep="\r\n"), folder)  # type: ignore[call-arg]
        return len(email_messages)


def _keep(data: bytes, folder: Path) -> None:
    """Write beside and rename, so that nobody ever reads half a mail."""
    with tempfile.NamedTemporaryFile(dir=folder, suffix=".tmp", delete=False) as file:
        file.write(data)
    Path(file.name).replace(folder / f"{_identity(data)}.eml")


def _identity(data: bytes) -> str:
    """Name the file after the Message-ID, hashed because that may hold any character."""
    message_id = "".join(str(BytesHeaderParser().parsebytes(data).get("Message-ID", "")).split())
    return sha256(message_id.encode() or data).hexdigest()[:32]
