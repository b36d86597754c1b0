"""Load the invitation that the site was first built for."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand
from django.utils import timezone

from registrations import services


class Command(BaseCommand):
    """Load the invitation that the site was first built for."""

    help = "Load the invitation, with its dates moved to the near future unless --original is given."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take --original."""
        parser.add_argument("--original", action="store_true", help="keep the true dates of 2020")

    def handle(self, *, original: bool, **options: object) -> None:
        """Load it and say what there is now."""
        webinar, created = services.webinars.load_invitation(original=original, now=timezone.now())
        self.stdout.write(f"{'Loaded' if created else 'Already there'}: {webinar.get_absolute_url()}")
