"""Assess again the seats whose verdict rests on an older publication."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand
from django.utils import timezone

from registrations import services


class Command(BaseCommand):
    """Assess again the seats whose verdict rests on an older publication."""

    help = "Judge again the seats whose verdict rests on an older publication; nobody is mailed by this."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take --dry-run."""
        parser.add_argument("--dry-run", action="store_true", help="only count the seats that are due")

    def handle(self, *, dry_run: bool, **options: object) -> None:
        """Re-assess, or count."""
        due = services.verdicts.count_due_for_reassessment()
        job = None if dry_run else services.verdicts.reassess(now=timezone.now())
        if job is None:
            self.stdout.write(f"{due} seats are due for re-assessment.")
            return
        self.stdout.write(
            f"Re-assessed {job.changed + job.skipped} seats; the verdict of {job.changed} changed."
        )
