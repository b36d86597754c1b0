"""Command: publish what the dated files state and the site does not have yet."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from eligibility import datafiles, seeding
from eligibility.publishing import PublishingRefused


class Command(BaseCommand):
    """Load the eligibility lists and rules; never alters what is published."""

    help = (
        "Publish the lists and rules of eligibility/data that the site does not have yet. Safe to run again."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take --dry-run."""
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would change, and change nothing"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Load the files and print what that changed or would change."""
        try:
            result = seeding.load(datafiles.read(), dry_run=options["dry_run"])
        except (datafiles.UnreadableDataFile, PublishingRefused) as error:
            raise CommandError(str(error)) from error
        news = (
            *(f"audience {audience.key}" for audience in result.audiences),
            *(f"edition {edition.key}, {len(edition.entries)} entries" for edition in result.editions),
            *(f"rule {rule.key}" for rule in result.rules),
        )
        verb = "would add" if options["dry_run"] else "added"
        for line in news:
            self.stdout.write(f"{verb} {line}")
        for key in result.differing:
            self.stdout.write(
                f"{key} differs from what the site has, which stays: publish a correction instead"
            )
        if result.publication:
            self.stdout.write(f"made publication {result.publication}")
        if not news:
            self.stdout.write("nothing to add")
