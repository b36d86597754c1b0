"""Writing mails down, and waking a worker once they are committed: the database is the queue (D-50)."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from celery import current_app
from django.db import transaction
from django.db.models import Q

from registrations.mails import is_cancellation
from registrations.models import MailText, OutgoingMail

Priority = OutgoingMail.Priority
DELIVER = "registrations.deliver_mail"
DO_DUE_WORK = "registrations.do_due_work"
WAKE_UP_EXPIRES = timedelta(minutes=1)  # a sweep wakes a worker long before


def post(mails: Iterable[OutgoingMail]) -> None:
    """Write mails in the caller's transaction and have them sent after it; what was written before is left out.

    So is a mail to nobody: a job may have found somebody just before they were erased. What a job writes leaves after
    what somebody waits for.
    """
    rows = _write(mails)
    _take_along([row for row in rows if row.priority == Priority.PERSON])


def post_first(mail: OutgoingMail) -> None:
    """Write the first mail there is about a registration, as `post` does: none waits that had to leave before it."""
    _write([mail])


def _write(mails: Iterable[OutgoingMail]) -> list[OutgoingMail]:
    rows = [mail for mail in mails if mail.recipient]
    for row in rows:
        row.planned_at = row.due_at
        row.priority = Priority.PERSON if row.job_id is None else Priority.BULK
        row.cancels = is_cancellation(row)
    if rows:
        set_texts(rows)
        OutgoingMail.objects.bulk_create(rows, ignore_conflicts=True)
        wake_for_mail()
    return rows


def _take_along(rows: Sequence[OutgoingMail]) -> None:
    """Have what these mails wait for leave as soon as they: one registration's mails keep their order."""
    people = {row.registration_id for row in rows if row.registration_id}
    before = {row.after for row in rows if row.after}
    if people or before:
        waiting = OutgoingMail.objects.unfinished().filter(priority=Priority.BULK)
        waiting.filter(Q(registration__in=people) | Q(message_id__in=before)).update(priority=Priority.PERSON)


def set_texts(rows: Sequence[OutgoingMail]) -> None:
    """Give each mail to a registration the Editors' text it is written under, if there is one; one query for all.

    From here on a newer text changes nothing about it, not even where the mail is sent again.
    """
    new = [row for row in rows if row.resend_of_id is None]
    about = [(row, row.registration.webinar_id) for row in new if row.registration is not None]
    newest = MailText.objects.newest_ids(
        {webinar_id for _row, webinar_id in about}, {row.kind for row, _id in about}
    )
    for row, webinar_id in about:
        row.text_id = newest.get((webinar_id, row.kind, row.language))


def wake_for_mail() -> None:
    """Have due mail sent after the caller's transaction."""
    _send_wake_up(DELIVER)


def wake() -> None:
    """Have due jobs, then due mail, looked at after the caller's transaction."""
    _send_wake_up(DO_DUE_WORK)


def _send_wake_up(task: str) -> None:
    """Send a task without a payload after commit; a dead broker costs time until the next sweep, nothing else."""

    def send() -> None:
        current_app.send_task(task, expires=WAKE_UP_EXPIRES.total_seconds())

    transaction.on_commit(send, robust=True)
