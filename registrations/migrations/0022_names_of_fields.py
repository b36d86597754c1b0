"""Two fields get the names that the field uses for them; their columns keep theirs, so no table changes."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("registrations", "0021_corrigendum")]

    operations = [
        migrations.AlterField(
            "bulkjob",
            "click",
            models.UUIDField(
                db_column="click",
                help_text="Which page's button began it, for what: pressed twice, it begins once.",
                null=True,
                unique=True,
            ),
        ),
        migrations.RenameField("bulkjob", "click", "idempotency_key"),
        migrations.AlterField(
            "outgoingmail",
            "not_after",
            models.DateTimeField(
                db_column="not_after",
                help_text="From this moment on the mail is of no use and is not sent any more.",
                null=True,
            ),
        ),
        migrations.RenameField("outgoingmail", "not_after", "expires_at"),
    ]
