"""Make the staff groups."""

from django.core.management.base import BaseCommand

from registrations import services


class Command(BaseCommand):
    """Make the staff groups."""

    help = "Make the staff groups and give each exactly the permissions in registrations/permissions.py."

    def handle(self, **options: object) -> None:
        """Write the groups and name them."""
        self.stdout.write(f"Groups: {', '.join(services.webinars.sync_groups())}")
