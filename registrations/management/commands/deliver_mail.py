"""`manage.py deliver_mail`."""

from typing import Any

from django.core.management.base import BaseCommand

from registrations import delivery


class Command(BaseCommand):
    """Send the mails that are due now, in this process."""

    help = "Send the mails that are due now and say how many were sent, failed, put off and dropped."

    def handle(self, *args: Any, **options: Any) -> None:
        """Drain the outbox once and print the counts."""
        delivered = delivery.deliver(until=None, stop=lambda: False)
        self.stdout.write(
            f"Sent {delivered.sent}, failed {delivered.failed}, postponed {delivered.postponed}, "
            f"dropped {delivered.dropped}."
        )
