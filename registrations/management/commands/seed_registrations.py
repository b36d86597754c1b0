"""Add invented registrations to try the site with."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from registrations import services
from registrations.models import Webinar


class Command(BaseCommand):
    """Add invented registrations to try the site with."""

    help = "Add N invented, confirmed registrations that wait for a decision; nobody is mailed by this."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take how many, and for which webinar."""
        parser.add_argument("count", type=int, metavar="N")
        parser.add_argument("--webinar", metavar="SLUG", help="the newest webinar if not given")

    def handle(self, *, count: int, webinar: str | None, **options: object) -> None:
        """Add them."""
        found = Webinar.objects.filter(slug=webinar).first() if webinar else Webinar.objects.first()
        if found is None:
            raise CommandError("There is no such webinar. Run load_invitation first.")
        if count < 1:
            raise CommandError("N has to be 1 or more.")
        added = services.webinars.seed_registrations(found, count, now=timezone.now())
        self.stdout.write(f"Added {added} sample registrations to {found.slug}.")
