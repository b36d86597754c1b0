from email.utils import parseaddr

from django.conf import settings
from django.db import migrations, models

import registrations.models.webinar
from registrations.models import email_key

CHUNK = 1000
BULK = 1


def keep_what_was_told(apps, schema_editor):
    """Keep on each session the UID's domain and the organiser that its first calendar mail told.

    Where nobody knows what that mail said any more, they are what the settings name now.
    """
    OutgoingMail = apps.get_model("registrations", "OutgoingMail")
    Seat = apps.get_model("registrations", "Seat")
    for session in apps.get_model("registrations", "WebinarSession").objects.select_related("webinar"):
        told = OutgoingMail.objects.filter(seat__session=session.pk, facts__calendar__uid__isnull=False)
        facts = told.order_by("pk").values_list("facts", flat=True).first()
        if facts:
            organiser = facts["calendar"]["organiser"]
            session.uid_domain = facts["calendar"]["uid"].rpartition("@")[2]
            session.organiser_email, session.organiser_name = organiser["email"], organiser["name"]
        elif Seat.objects.filter(session=session.pk, told_sequence__isnull=False).exists():
            name, session.organiser_email = parseaddr(settings.DEFAULT_FROM_EMAIL)
            session.organiser_name = name or session.webinar.signature
        session.save(update_fields=["uid_domain", "organiser_email", "organiser_name"])


def put_people_first(apps, schema_editor):
    """Let what jobs have written and not sent yet leave after what somebody waits for; say what cancels."""
    waiting = apps.get_model("registrations", "OutgoingMail").objects.filter(due_at__isnull=False)
    waiting.filter(job__isnull=False).update(priority=BULK)
    waiting.filter(facts__calendar__method="CANCEL").update(cancels=True)


def write_keys_anew(apps, schema_editor):
    """Write the keys of addresses whose domain IDNA 2008 reads otherwise than Python's codec did."""
    for name in ("Registration", "AddressChange"):
        model = apps.get_model("registrations", name)
        rows = model.objects.only("pk", "email", "email_key").order_by("pk")
        for row in rows.iterator(CHUNK):
            if not row.email.isascii():
                _write_key_anew(model, row)


def _write_key_anew(model, row):
    """Write one row's key; leave it, and say so by reference, where it cannot be or an active registration has it."""
    try:
        key = email_key(row.email)
    except ValueError:
        return
    if key == row.email_key:
        return
    if hasattr(row, "reference") and row.state == "active":
        same = model.objects.filter(webinar=row.webinar_id, email_key=key, state="active").first()
        if same is not None:
            print(f"{row.reference} and {same.reference} have one address: end one of them.")  # noqa: T201
            return
    row.email_key = key
    row.save(update_fields=["email_key"])


class Migration(migrations.Migration):

    dependencies = [
        ('registrations', '0018_text'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='outgoingmail',
            name='mail_due',
        ),
        migrations.AddField(
            model_name='outgoingmail',
            name='after',
            field=models.CharField(blank=True, help_text='Message-ID of the mail that has to be finished before this one may go; empty for none.', max_length=120),
        ),
        migrations.AddField(
            model_name='outgoingmail',
            name='cancels',
            field=models.BooleanField(default=False, help_text='It takes a session out of a calendar.'),
        ),
        migrations.AddField(
            model_name='outgoingmail',
            name='priority',
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='webinarsession',
            name='organiser_email',
            field=models.EmailField(blank=True, editable=False, help_text='The ORGANIZER that calendars were first told; empty until then.', max_length=254),
        ),
        migrations.AddField(
            model_name='webinarsession',
            name='organiser_name',
            field=models.CharField(blank=True, editable=False, max_length=250),
        ),
        migrations.AddField(
            model_name='webinarsession',
            name='uid_domain',
            field=models.CharField(default=registrations.models.webinar.own_domain, editable=False, help_text="What its UID in calendars ends in, whatever the sender's address becomes.", max_length=253),
        ),
        migrations.AddIndex(
            model_name='outgoingmail',
            index=models.Index(condition=models.Q(('due_at__isnull', False)), fields=['priority', 'due_at', 'id'], name='mail_due'),
        ),
        migrations.AddIndex(
            model_name='outgoingmail',
            index=models.Index(condition=models.Q(('cancels', True), ('due_at__isnull', False)), fields=['seat'], name='mail_cancelling'),
        ),
        migrations.RunPython(keep_what_was_told, migrations.RunPython.noop),
        migrations.RunPython(put_people_first, migrations.RunPython.noop),
        migrations.RunPython(write_keys_anew, migrations.RunPython.noop),
    ]
