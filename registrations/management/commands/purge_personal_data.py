"""`manage.py purge_personal_data`."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand
from django.utils import timezone

from registrations import services


class Command(BaseCommand):
    """Delete personal data whose period is over, and say of how many people."""

    help = "Delete personal data whose period is over; a category without an established period is kept."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take --dry-run."""
        parser.add_argument("--dry-run", action="store_true", help="only count what would be deleted")

    def handle(self, *, dry_run: bool, **options: object) -> None:
        """Delete, or count; then say where the privacy statement does not name a period."""
        for purged in services.privacy.purge(timezone.now(), dry_run=dry_run):
            self.stdout.write(f"{purged.label}: {self._outcome(purged, dry_run=dry_run)}")
        for text, period in services.privacy.statement_gaps():
            self.stderr.write(f"The {text} does not name a period of {period.days} days ({period.source}).")

    def _outcome(self, purged: services.privacy.Purged, *, dry_run: bool) -> str:
        if purged.period is None:
            return "period not established, nothing is deleted"
        return f"{purged.people} {'to delete' if dry_run else 'deleted'} (after {purged.period.days} days)"
