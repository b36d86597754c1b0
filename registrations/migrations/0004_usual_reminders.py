from datetime import timedelta

from django.db import migrations
from django.utils import timezone


def remind_of_sessions_there_are(apps, schema_editor):
    """Give every session the two reminders a new one gets; a moment that has passed is left out."""
    reminders = apps.get_model("registrations", "Reminder").objects
    now = timezone.now()
    for session in apps.get_model("registrations", "WebinarSession").objects.all():
        for hours in (24, 1):
            moment = session.starts_at and session.starts_at - timedelta(hours=hours)
            is_to_come = moment is not None and moment > now and session.state == "planned"
            reminders.create(session=session, hours_before=hours, due_at=moment if is_to_come else None)


class Migration(migrations.Migration):

    dependencies = [
        ("registrations", "0003_mail_life_cycle"),
    ]

    operations = [
        migrations.RunPython(remind_of_sessions_there_are, migrations.RunPython.noop),
    ]
