"""The index of a key with which another begins."""

import django.db.models.deletion
from django.db import migrations, models

UNUSED = ("eligibility_listentry_edition_id_6732f980",)


class Migration(migrations.Migration):
    dependencies = [
        ("eligibility", "0002_proposals"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name="listentry",
                    name="edition",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="entries",
                        to="eligibility.listedition",
                        verbose_name="edition",
                    ),
                ),
            ],
            database_operations=[
                migrations.RunSQL(f"DROP INDEX IF EXISTS {name}", migrations.RunSQL.noop) for name in UNUSED
            ],
        ),
    ]
