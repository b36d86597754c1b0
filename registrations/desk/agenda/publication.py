"""Publishing the agenda: what changed since it was last published, and how many people are told."""

from django import forms
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registrations import services
from registrations.desk.refusals import refusals_in
from registrations.models import BulkJob, Webinar, WebinarSession, agenda_changes
from webinar_site.foundation import stale_pages
from webinar_site.foundation.desk.pages import StaffRequest, back_to, holding, is_stale, show, tell


class PublishForm(forms.Form):
    """Whether an agenda goes out without a mail."""

    silent = forms.BooleanField(
        label=gettext_lazy("Tell nobody"),
        required=False,
        help_text=gettext_lazy(
            "Only where a misprint was corrected. History says so, and the next mail about the agenda tells this change too."
        ),
    )


def _sessions(webinar_id: int) -> list[QuerySet[WebinarSession]]:
    """Return the sessions of a webinar: whoever edits the lines of an agenda holds its session."""
    return [WebinarSession.objects.filter(webinar=webinar_id)]


@holding(_sessions)
def publish_agenda(request: StaffRequest, webinar_id: int) -> HttpResponse:
    """Show the working agenda against the last published one; the POST publishes what was shown."""
    webinar = get_object_or_404(Webinar, pk=webinar_id)
    lines = services.agenda.working_agenda(webinar.pk)
    shown = stale_pages.picture(webinar, lines)
    form = PublishForm(request.POST if request.method == "POST" else None)
    if is_stale(request, shown):
        pass
    elif form.is_valid():
        with refusals_in(form):
            silent = form.cleaned_data["silent"]
            services.agenda.publish_agenda(webinar.pk, by=request.user, now=timezone.now(), silent=silent)
            return _published(request, webinar, silent=silent)
    latest = webinar.agenda_versions.first()
    return show(
        request,
        "registrations/agenda/publication.html",
        webinar,
        title=_("Publish agenda"),
        latest=latest,
        lines=lines,
        changes=agenda_changes(latest.items if latest else [], lines),
        told=services.agenda.count_told_of_agenda(webinar.pk, lines, timezone.now()),
        outside=services.agenda.lines_outside(webinar.pk),
        form=form,
        seen=shown.token,
    )


def _published(request: StaffRequest, webinar: Webinar, *, silent: bool) -> HttpResponse:
    """Say what becomes of it, and go to the job that tells everybody, or back where nobody is told."""
    if silent:
        tell(request, _("The agenda is published, and nobody is told."))
        return back_to(webinar)
    tell(
        request,
        _("The agenda is published. This page says when everybody who has or awaits a place is told."),
    )
    return back_to(webinar.jobs.filter(kind=BulkJob.Kind.AGENDA).first() or webinar)
