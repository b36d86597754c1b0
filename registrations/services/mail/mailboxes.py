"""How far each mailbox has been read: kept here, so that people may open and mark what they like (D-58)."""

from django.db import transaction

from registrations.inbox import MailboxPosition, Progress
from registrations.models import ReadMailbox

MOST_AGAIN = 500  # messages that fail one day after the other, per mailbox


def progress_of(mailbox: str, validity: int) -> Progress | None:
    """Return how far a mailbox was read under this UIDVALIDITY; None where it never was."""
    row = ReadMailbox.objects.filter(name=mailbox, validity=validity).first()
    return Progress(row.last_uid, frozenset(row.again)) if row else None


@transaction.atomic
def note_read(position: MailboxPosition, *, again: bool) -> None:
    """Write down that a message was read, or is to be read `again`; readers beside each other never go back."""
    defaults = {"validity": position.validity}
    row, _is_new = ReadMailbox.objects.select_for_update(no_key=True).get_or_create(
        name=position.mailbox, defaults=defaults
    )
    if row.validity != position.validity:
        row.validity, row.last_uid, row.again = position.validity, 0, []
    left = {*row.again, position.uid} if again else {*row.again} - {position.uid}
    row.again = sorted(left)[-MOST_AGAIN:]
    row.last_uid = max(row.last_uid, position.uid)
    row.save()
