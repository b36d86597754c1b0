"""A mail backend that keeps every mail as a file, for a site that has no mail server."""

from collections.abc import Sequence
from email.parser import BytesHeaderParser
from hashlib import sha256
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from webinar_site.foundation.whole_files import write_whole


class MaildirBackend(BaseEmailBackend):
    """Keep each mail in settings.MAILDIR as one .eml file, byte for byte as a mail server would get it."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Write the messages and return how many; raise OSError where one cannot be written.

        A message that comes twice (same Message-ID) stays one file, so that sending again is harmless.
        """
        folder = Path(settings.MAILDIR)
        folder.mkdir(parents=True, exist_ok=True)
        for message in email_messages:
            data = message.message().as_bytes(linesep="\r\n")  # type: ignore[call-arg]
            write_whole(folder / f"{_identity(data)}.eml", data)
        return len(email_messages)


def _identity(data: bytes) -> str:
    """Name the file after the Message-ID, hashed because that may hold any character."""
    message_id = "".join(str(BytesHeaderParser().parsebytes(data).get("Message-ID", "")).split())
    return sha256(message_id.encode() or data).hexdigest()[:32]
