from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('registrations', '0011_history_anchors'),
    ]

    operations = [
        migrations.AddField(
            model_name='webinar',
            name='language',
            field=models.CharField(default='en', help_text='So that screen readers read them right on a page in another language.', max_length=10, verbose_name='language of its texts'),
        ),
    ]
