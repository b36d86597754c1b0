"""`manage.py verify_history`."""

from itertools import islice

from django.core.management.base import BaseCommand, CommandError

from registrations import services

SHOWN = 10


class Command(BaseCommand):
    """Check that no entry of the history was altered after it was written."""

    help = "Check every history entry against its digest; name the first that differ and exit with 1."

    def handle(self, **options: object) -> None:
        """Name the first altered entries by number, never by what they say; raise CommandError if there are any."""
        altered = list(islice(services.altered_history(), SHOWN))
        for entry in altered:
            self.stderr.write(f"History entry {entry.pk} was altered.")
        if altered:
            raise CommandError("The history is not what was written down.")
        self.stdout.write("The history is as it was written down.")
