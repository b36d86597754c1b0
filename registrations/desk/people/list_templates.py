"""Empty lists to fill in: a workbook with the columns that a page reads, and what may stand in them."""

from collections.abc import Mapping, Sequence

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from eligibility import countries
from registrations import permissions
from registrations.forms.people.list_words import COLUMNS
from registrations.models import OrganisationType, PersonTitle, Webinar, WebinarSession
from webinar_site.foundation.desk.pages import StaffRequest, staff_page
from webinar_site.foundation.tables.spreadsheets import FORMATS, blank_list


@require_safe
@staff_page(permissions.IMPORT)
def people_template(request: StaffRequest, webinar_id: int) -> HttpResponse:
    """Return an empty list of people, with the choices of the form and the sessions of a webinar."""
    webinar = get_object_or_404(Webinar.objects.prefetch_related("sessions"), pk=webinar_id)
    choices = {
        "organisation_type": [str(label) for label in OrganisationType.labels],
        "country": [countries.display_name(code) for code in countries.in_order(countries.CODES)],
        "sessions": [str(session) for session in webinar.sessions.all()],
        "title": [str(label) for label in PersonTitle.labels],
        "language": [name for _code, name in settings.LANGUAGES],
        "ask_review": [_("yes"), _("no")],
    }
    return _file("registrations", COLUMNS, choices)


@require_safe
@staff_page(permissions.CHANGE_SESSION)
def addresses_template(request: StaffRequest, session_id: int) -> HttpResponse:
    """Return an empty list of personal addresses."""
    get_object_or_404(WebinarSession, pk=session_id)
    return _file("addresses", (_("Reference or email address"), _("Personal address")), {})


@require_safe
@staff_page(permissions.RECORD_ATTENDANCE)
def attendance_template(request: StaffRequest, session_id: int) -> HttpResponse:
    """Return an empty attendance report, for meetings whose program writes none."""
    get_object_or_404(WebinarSession, pk=session_id)
    return _file("attendance", ("Name", "Email", "Organisation", "Join Time", "Leave Time"), {})


def _file(name: str, headings: Sequence[str], choices: Mapping[str, Sequence[str]]) -> HttpResponse:
    how = FORMATS["xlsx"]
    return HttpResponse(
        blank_list(headings, choices, values=_("Values")),
        content_type=how.media_type,
        headers={"Content-Disposition": f'attachment; filename="{name}.{how.suffix}"'},
    )
