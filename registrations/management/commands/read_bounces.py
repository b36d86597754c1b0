"""`manage.py read_bounces`."""

import imaplib
import sys
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import Error

from registrations import inbox, services
from registrations.services.mail import ReturnResult
from webinar_site.foundation.database_faults import is_out_of_reach

TRY_AGAIN = 75  # EX_TEMPFAIL: a mail server that pipes a message to us keeps it and comes again


class Command(BaseCommand):
    """Read what mail servers and calendars send back."""

    help = (
        "Read bounces and answers to invitations from the mailboxes in IMAP_URL, or from --file; "
        "say how many came to what."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take where to read, and whether to change anything."""
        parser.add_argument("--file", metavar="PATH", help="an .eml file or an mbox; - is standard input")
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would be done, and change nothing"
        )

    def handle(self, *, file: str | None, dry_run: bool, **options: object) -> None:
        """Read and print counts, nothing of anybody; raise CommandError where something has to be read again."""
        if not file and not settings.IMAP_URLS:
            raise CommandError("Set IMAP_URL, or name a file with --file.")
        results: Counter[ReturnResult] = Counter()
        troubles = []
        for messages in _sources(file):
            try:
                for result in services.mail.take_messages(messages, dry_run=dry_run):
                    results[result] += 1
            except (OSError, imaplib.IMAP4.error, inbox.BadMailbox) as error:
                troubles.append(str(error) if isinstance(error, inbox.BadMailbox) else type(error).__name__)
            except Error as error:
                if not is_out_of_reach(error):
                    raise
                troubles.append(type(error).__name__)
                break  # no other mailbox could be written down either
        counts = ", ".join(f"{results[result]} {result.label}" for result in ReturnResult if results[result])
        self.stdout.write(f"Read {results.total()}{counts and f': {counts}'}.")
        if troubles:
            raise CommandError(f"Not everything could be read: {', '.join(troubles)}", returncode=TRY_AGAIN)
        if results[ReturnResult.FAILED]:
            raise CommandError("Some have to be read again; the log says why.", returncode=TRY_AGAIN)


def _sources(file: str | None) -> list[Iterator[inbox.ReturnedMessage]]:
    if file == "-":
        return [inbox.from_pipe(sys.stdin.buffer)]
    if file:
        return [inbox.from_file(Path(file))]
    return [inbox.unread(url, services.mail.progress_of) for url in settings.IMAP_URLS]
