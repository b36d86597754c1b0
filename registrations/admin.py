"""Where Django looks for the admin: importing this registers the desk's lists and pages."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

import registrations.desk.accounts.lists
import registrations.desk.agenda.lists
import registrations.desk.contests.lists
import registrations.desk.decisions.queue
import registrations.desk.history.lists
import registrations.desk.jobs.lists
import registrations.desk.last_changes
import registrations.desk.mail.lists
import registrations.desk.mail.unplaced_answers
import registrations.desk.overrides.lists
import registrations.desk.people.lists
import registrations.desk.sessions.lists
import registrations.desk.texts.legal_text_versions
import registrations.desk.texts.mail_text_versions
import registrations.desk.webinars.lists  # noqa: F401 -- each registers its lists
from registrations.desk.pages import ACTIONS, PAGES
from webinar_site.foundation.desk.site import the_desk

the_desk().add(PAGES, ACTIONS)

admin.site.site_header = _("Webinars for industrial clusters: staff")
admin.site.site_title = _("Webinars for industrial clusters")
admin.site.index_title = _("Start")
