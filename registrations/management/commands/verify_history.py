"""`manage.py verify_history`."""

from itertools import islice

from django.core.management.base import BaseCommand, CommandError, CommandParser

from eligibility.services import altered_publications
from registrations import services

SHOWN = 10


class Command(BaseCommand):
    """Check that no publication, history entry or legal text was altered, added or removed after it was sealed."""

    help = "Check publications, history and legal texts against hashes and anchors; name the first that differ, exit with 1."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the digest of an anchor that was written down elsewhere."""
        parser.add_argument(
            "--anchor", default="", help="a digest written down earlier, which must still be there"
        )

    def handle(self, *, anchor: str, **options: object) -> None:
        """Name what was altered or is gone by number, never a person's data; raise CommandError if any is."""
        known = services.verdicts.newest_publication_assessed_under()
        altered = [f"Publication {found.number}: {found.what}" for found in altered_publications(known)]
        if anchor and not services.history.is_anchor(anchor):
            altered.append("No anchor has this digest: it was removed, or made anew over other entries.")
        altered += [fault.what for fault in islice(services.history.altered_rows(), SHOWN)]
        altered += [f"Legal text {text} was altered." for text in services.texts.altered_legal_texts()]
        for line in altered[:SHOWN]:
            self.stderr.write(line)
        if altered:
            raise CommandError("The history is not what was written down.")
        self.stdout.write("The history is as it was written down.")
