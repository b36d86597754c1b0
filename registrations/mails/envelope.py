"""The envelope of a mail: where its bounces go, and whether it goes out at all."""

import re

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from registrations import ical
from registrations.mails.facts import facts_of
from registrations.models import MailKind, OutgoingMail, Registration

OWN_ID = re.compile("<([0-9a-f]{32})@")  # as facts.write makes them


def envelope_sender(mail: OutgoingMail) -> str:
    """Return the address that bounces of this mail go to: its own one under BOUNCE_ADDRESS, else the sender's.

    It names the mail by the unguessable part of its Message-ID, which nobody knows who did not receive it (VERP).
    """
    own_id = OWN_ID.match(mail.message_id)
    if not settings.BOUNCE_ADDRESS or own_id is None:
        return ical.mailto_address(facts_of(mail).about.sender.email)
    local, _at, domain = settings.BOUNCE_ADDRESS.rpartition("@")
    return f"{local}+{own_id[1]}@{domain}"


def why_withheld(mail: OutgoingMail) -> str:
    """Return why a mail must not go out, or "": its address bounced, and staff have not tried it again. One query.

    A mail to another address than the registration has now is not held back by what became of that one, and one that
    somebody asked for on the site goes out in any case: they have just written the address down.
    """
    if MailKind(mail.kind).is_asked_for and mail.resend_of_id is None:
        return ""
    to_it = Registration.objects.filter(mails=mail.pk, email=mail.recipient)
    bounced_at = to_it.values_list("bounced_at", flat=True).first()
    if bounced_at is None:
        return ""
    return _(
        "Not sent: mail to this address came back on %(moment)s, and nobody has tried it again since."
    ) % {"moment": date_format(timezone.localtime(bounced_at), "DATETIME_FORMAT")}
