"""Command: publish what the dated files state and the site does not have yet."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from eligibility import datafiles, services


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
            result = services.load_files(datafiles.read_data_files(), dry_run=options["dry_run"])
        except (datafiles.UnreadableDataFile, services.PublishingRefused) as error:
            raise CommandError(str(error)) from error
        if options["verbosity"]:
            self.stdout.write("\n".join(_report(result, "would add" if options["dry_run"] else "added")))


def _report(result: services.Seeding, verb: str) -> list[str]:
    news = [
        *(f"{verb} audience {audience.key}" for audience in result.audiences),
        *(f"{verb} edition {edition.key}, {len(edition.entries)} entries" for edition in result.editions),
        *(f"{verb} rule {rule.key}" for rule in result.rules),
    ] or ["nothing to add"]
    differing = [
        f"{key} differs from what the site has, which stays: publish a correction instead"
        for key in result.differing
    ]
    published = [f"made publication {result.publication}"] if result.publication else []
    return [*news, *differing, *published]
