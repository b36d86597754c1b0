"""Django's door to the staff's desk: importing the lists registers them."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

import registrations.desk.accounts.lists
import registrations.desk.contests.lists
import registrations.desk.decisions.lists
import registrations.desk.history.lists
import registrations.desk.jobs.lists
import registrations.desk.mail.lists
import registrations.desk.mail.returned
import registrations.desk.on_record
import registrations.desk.overrides.lists
import registrations.desk.people.lists
import registrations.desk.texts.legal_text_versions
import registrations.desk.texts.mail_text_versions
import registrations.desk.webinars.lists  # noqa: F401 -- each registers its lists

admin.site.site_header = _("Webinars for industrial clusters: staff")
admin.site.site_title = _("Webinars for industrial clusters")
admin.site.index_title = _("Start")
