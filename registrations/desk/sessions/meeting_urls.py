"""Personal meeting addresses for a session: pasted or uploaded, reported line by line, taken all or none."""

from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from registrations import services
from registrations.desk.refusals import refusals_in
from registrations.desk.uploads import MOST_UPLOADED_LINES, ListForm, list_to_fill_in
from registrations.models import WebinarSession
from webinar_site.foundation import stale_pages
from webinar_site.foundation.desk.pages import StaffRequest, back_to, is_stale, show, tell
from webinar_site.foundation.tables import reader


class MeetingUrlsForm(ListForm):
    """A list of people and addresses."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Say what a line is."""
        super().__init__(*args, **kwargs)
        self.fields["text"].help_text = _(
            "One line per person: reference or email address, then the personal address, separated by a comma, a "
            "semicolon or a tab. A heading is left out."
        )

    def clean(self) -> dict[str, Any]:
        """Add `lines`; refuse a list without any, or with too many."""
        cleaned = super().clean()
        if self.errors:
            return cleaned
        try:
            cleaned["lines"] = services.sessions.read_meeting_urls(cleaned["text"], most=MOST_UPLOADED_LINES)
        except reader.UnreadableTable as refusal:
            self.add_error(None, str(refusal))
            return cleaned
        if not cleaned["lines"]:
            self.add_error(None, _("There is no line to import."))
        return cleaned


def import_meeting_urls(request: StaffRequest, session_id: int) -> HttpResponse:
    """Show what a list of personal addresses would do, line by line; the second POST takes what was shown."""
    session = get_object_or_404(WebinarSession.objects.select_related("webinar"), pk=session_id)
    is_sent = request.method == "POST"
    form = MeetingUrlsForm(request.POST if is_sent else None, request.FILES if is_sent else None)
    report, shown = None, None
    if form.is_valid():
        lines = form.cleaned_data["lines"]
        report = services.sessions.check_meeting_urls(session.pk, lines)
        shown = stale_pages.picture(session, repr(report))
        if "import" in request.POST and not is_stale(request, shown):
            with refusals_in(form), transaction.atomic():
                done = services.sessions.import_meeting_urls(
                    session.pk, lines=lines, by=request.user, now=timezone.now()
                )
                if done != report:  # under the locks it is another: nothing is taken that was not shown
                    raise services.errors.MeetingUrlsNotTaken
                tell(request, _imported(len(done.lines)))
                return back_to(session)
    blank = (
        MeetingUrlsForm(initial={"text": form.cleaned_data["text"]}) if report and not form.errors else form
    )
    return show(
        request,
        "registrations/sessions/addresses.html",
        session,
        title=_("Personal addresses"),
        session=session,
        form=blank,
        report=report,
        notes=form.cleaned_data["notes"] if report else (),
        seen=shown.token if shown else "",
    )


def _imported(count: int) -> str:
    return ngettext(
        "%(count)s person has a meeting address of their own now.",
        "%(count)s people have a meeting address of their own now.",
        count,
    ) % {"count": count}


def meeting_urls_template(request: StaffRequest, session_id: int) -> HttpResponse:
    """Return an empty list of personal addresses."""
    get_object_or_404(WebinarSession, pk=session_id)
    return list_to_fill_in("addresses", (_("Reference or email address"), _("Personal address")), {})
