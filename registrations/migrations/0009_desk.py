from django.db import migrations, models

from registrations.models import person_key

CHUNK = 1000
TRIGRAMS = "pg_trgm"


def fill_person_keys(apps, schema_editor):
    """Write down for everybody what makes two people likely one."""
    Registration = apps.get_model("registrations", "Registration")
    chunk = []
    for person in Registration.objects.only("pk", "first_name", "last_name").iterator(CHUNK):
        person.person_key = person_key(person.first_name, person.last_name)
        chunk.append(person)
        if len(chunk) == CHUNK:
            Registration.objects.bulk_update(chunk, ["person_key"])
            chunk = []
    Registration.objects.bulk_update(chunk, ["person_key"])


def fill_lists(apps, schema_editor):
    """Write down on every seat the list of the edition whose entry decided; one statement for each edition."""
    Seat = apps.get_model("registrations", "Seat")
    ListEdition = apps.get_model("eligibility", "ListEdition")
    for key, list_key in ListEdition.objects.values_list("key", "list_key"):
        Seat.objects.filter(verdict_data__entry__edition=key).update(list_key=list_key)


def index_search(apps, schema_editor):
    """Let PostgreSQL search by trigrams where it can: without them a search reads every row, and finds the same."""
    if schema_editor.connection.vendor != "postgresql":
        return
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_available_extensions WHERE name = %s", [TRIGRAMS])
        is_there = cursor.fetchone()
        cursor.execute("SELECT has_database_privilege(current_database(), 'CREATE')")
        may_create = cursor.fetchone()[0]
        cursor.execute("SELECT 1 FROM pg_extension WHERE extname = %s", [TRIGRAMS])
        if cursor.fetchone() is None and not (is_there and may_create):
            return
        cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        cursor.execute(
            "CREATE INDEX registration_search ON registrations_registration "
            "USING gin (search_key gin_trgm_ops, email_key gin_trgm_ops)"
        )


def unindex_search(apps, schema_editor):
    """Take the index away again; the extension may serve others."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP INDEX IF EXISTS registration_search")


class Migration(migrations.Migration):
    dependencies = [
        ("eligibility", "0002_proposals"),
        ("registrations", "0008_opening"),
    ]

    operations = [
        migrations.AddField(
            model_name="registration",
            name="person_key",
            field=models.CharField(
                blank=True,
                help_text="Words of the name without accents, in order: what makes two people likely one.",
                max_length=200,
            ),
        ),
        migrations.AddField(
            model_name="seat",
            name="list_key",
            field=models.CharField(
                blank=True,
                help_text="The list whose entry decided; empty for none.",
                max_length=40,
                verbose_name="list",
            ),
        ),
        migrations.RunPython(fill_person_keys, migrations.RunPython.noop),
        migrations.RunPython(fill_lists, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="registration",
            index=models.Index(
                condition=models.Q(("state", "active"), models.Q(("person_key", ""), _negated=True)),
                fields=["webinar", "person_key"],
                name="registration_person",
            ),
        ),
        migrations.RunPython(index_search, unindex_search),
    ]
