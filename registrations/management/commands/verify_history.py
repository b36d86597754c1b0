"""`manage.py verify_history`."""

from itertools import islice

from django.core.management.base import BaseCommand, CommandError

from eligibility import publishing
from registrations import services

SHOWN = 10


class Command(BaseCommand):
    """Check that no publication, no entry of the history and no legal text was altered after it was written."""

    help = "Check publications, history and legal texts against their hashes; name the first that differ and exit with 1."

    def handle(self, **options: object) -> None:
        """Name what was altered or is gone by number, never by what it says of a person; raise CommandError if there is any."""
        publications = publishing.altered_publications(known=services.newest_publication_judged_under())
        altered = [f"Publication {found.number}: {found.what}" for found in publications]
        altered += [
            f"History entry {entry.pk} was altered." for entry in islice(services.altered_history(), SHOWN)
        ]
        altered += [f"Legal text {text} was altered." for text in services.altered_legal_texts()]
        for line in altered[:SHOWN]:
            self.stderr.write(line)
        if altered:
            raise CommandError("The history is not what was written down.")
        self.stdout.write("The history is as it was written down.")
