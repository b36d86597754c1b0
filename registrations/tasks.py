"""Celery's tasks: each calls one function. They take no arguments, so that a broker never holds personal data."""

import threading
from datetime import timedelta

from celery import shared_task
from celery.signals import worker_shutting_down
from django.utils import timezone

from registrations import delivery, outbox, services
from registrations.models import OutgoingMail

DRAIN = timedelta(seconds=5)  # a prefork worker does not hear of a shutdown before its task ends

_stopping = threading.Event()


@worker_shutting_down.connect  # Celery's own signal: the only way to learn of a shutdown between two mails
def _stop(**_about: object) -> None:
    _stopping.set()


@shared_task(name=outbox.DELIVER)
def deliver_mail() -> None:
    """Send what is due; if there is more than one drain takes, have another one follow."""
    delivered = delivery.deliver(until=timezone.now() + DRAIN, stop=_stopping.is_set)
    if delivered.sent and not _stopping.is_set() and OutgoingMail.objects.due(timezone.now()).exists():
        outbox.wake_for_mail()


@shared_task(name="registrations.purge")
def purge() -> None:
    """Delete personal data whose period is over; what a shutdown leaves goes the next day."""
    for _purged in services.privacy.purge(timezone.now(), stop=_stopping.is_set):
        pass


@shared_task(name=outbox.DO_DUE_WORK)
def do_due_work() -> None:
    """Do everything that is due: bulk jobs and closings first, then mail."""
    services.sweep.run(timezone.now(), stop=_stopping.is_set)
    deliver_mail()
