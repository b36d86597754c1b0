# 0013, 0015 and 0016 changed labels alone. Earlier migrations have these labels now; a site that applied the three
# keeps their names among the applied ones, which harms nothing.

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
        ('registrations', '0012_webinar_language'),
    ]

    operations = [
        migrations.CreateModel(
            name='StaffLanguage',
            fields=[
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='staff_language', serialize=False, to=settings.AUTH_USER_MODEL)),
                ('language', models.CharField(max_length=10)),
            ],
        ),
    ]
