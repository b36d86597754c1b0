from django.core.validators import RegexValidator
from django.db import migrations, models

from webinar_site.foundation.plain_text import one_line, visible
from registrations.models.keys import person_key, search_key

CHUNK = 1000
LINES = ("first_name", "last_name", "organisation", "position")
COLUMNS = (*LINES, "question", "search_key", "person_key")


def rewrite_names(apps, schema_editor):
    """Take out of everybody's answers what nobody sees, and write down anew what they are searched and compared by."""
    Registration = apps.get_model("registrations", "Registration")
    chunk = []
    for person in Registration.objects.only("pk", "email", *COLUMNS).iterator(CHUNK):
        if rewrite(person):
            chunk.append(person)
        if len(chunk) == CHUNK:
            Registration.objects.bulk_update(chunk, COLUMNS)
            chunk = []
    Registration.objects.bulk_update(chunk, COLUMNS)


def rewrite(person):
    """Set a person's columns as the forms and services set them; return whether anything changed."""
    before = [getattr(person, name) for name in COLUMNS]
    for name in LINES:
        setattr(person, name, one_line(getattr(person, name)))
    person.question = visible(person.question)
    names = (person.first_name, person.last_name)
    person.search_key = search_key(*names, person.organisation, address=person.email)
    person.person_key = person_key(*names)
    return before != [getattr(person, name) for name in COLUMNS]


class Migration(migrations.Migration):
    dependencies = [
        ("registrations", "0017_returns"),
    ]

    operations = [
        migrations.AlterField(
            model_name="registration",
            name="first_name",
            field=models.CharField(
                blank=True,
                max_length=80,
                validators=[
                    RegexValidator(
                        "[\\x00-\\x1f\\x7f]",
                        "Write this on one line, without control characters.",
                        inverse_match=True,
                    )
                ],
                verbose_name="first name",
            ),
        ),
        migrations.AlterField(
            model_name="registration",
            name="search_key",
            field=models.CharField(
                help_text="Names, organisation and address without accents.", max_length=1000
            ),
        ),
        migrations.RunPython(rewrite_names, migrations.RunPython.noop),
    ]
