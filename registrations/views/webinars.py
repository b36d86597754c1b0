"""Pages for everybody: the webinar, its agenda, who may take part."""

from dataclasses import dataclass
from datetime import date, datetime
from itertools import zip_longest

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from eligibility import register as eligibility_register
from eligibility.records import ContentStatus, Edition, Register, Treatment
from eligibility.views import pages as eligibility_pages
from registrations.forms import assessment_day
from registrations.models import AgendaChanges, AgendaVersion, Webinar, agenda_changes
from registrations.views.access import reads

EARLIER_WEBINARS = 10


@reads
def home(request: HttpRequest) -> HttpResponse:
    """Show the open webinar; a list when several are open, and the earlier ones when none is."""
    now = timezone.now()
    webinars = list(Webinar.objects.open_at(now).select_related("audience").prefetch_related("sessions"))
    if len(webinars) == 1:
        return _webinar_page(request, webinars[0], now)
    soon = list(Webinar.objects.opening_after(now))
    others = Webinar.objects.exclude(pk__in=[webinar.pk for webinar in [*webinars, *soon]])
    context = {
        "webinars": webinars,
        "soon": soon,
        "to_come": others.to_come(now),
        "earlier": [] if webinars else others.past(now)[:EARLIER_WEBINARS],
    }
    return render(request, "registrations/webinars/home.html", context)


@reads
def show_webinar(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one webinar: what, when, who may take part, how to register."""
    return _webinar_page(request, find_webinar(slug), timezone.now())


def find_webinar(slug: str) -> Webinar:
    """Return a webinar with its audience and sessions; raise Http404 where there is none."""
    webinars = Webinar.objects.select_related("audience").prefetch_related("sessions")
    return get_object_or_404(webinars, slug=slug)


def _webinar_page(request: HttpRequest, webinar: Webinar, now: datetime) -> HttpResponse:
    sessions = list(webinar.sessions.all())
    to_come = [session for session in sessions if session.can_be_chosen(now)]
    as_of = assessment_day(webinar, now)
    context = {
        "webinar": webinar,
        "sessions": sessions,
        "to_come": to_come,
        "over": [session for session in sessions if session.is_over(now)],
        "is_open": webinar.is_open(now) and bool(to_come),
        "opens_at": webinar.registration_opens_at if webinar.opens_later(now) and to_come else None,
        "agenda": webinar.agenda_versions.first(),
        "hear_by": webinar.promised_day(now),
        "as_of": as_of,
        "lists": admitting_lists(eligibility_register.current(webinar.audience.key), as_of),
    }
    return render(request, "registrations/webinars/webinar.html", context)


def admitting_lists(register: Register, on: date) -> list[Edition]:
    """Return the editions that admit countries on a day; none where a person decides about every country."""
    rule = register.rule_on(on)
    if rule is None or rule.status == ContentStatus.NOT_DOCUMENTED:
        return []
    editions = [edition for list_key in rule.lists if (edition := register.edition_on(list_key, on))]
    if len(editions) < len(rule.lists):
        return []
    return [edition for edition in editions if _admits(edition)]


def _admits(edition: Edition) -> bool:
    return any(entry.treatment == Treatment.ADMITTED for entry in edition.entries)


@reads
def show_eligibility_of_webinar(request: HttpRequest) -> HttpResponseBase:
    """Show the country lists of the open webinar's day, unless the address names another day."""
    if "on" in request.GET:
        return eligibility_pages.show_eligibility(request)
    now = timezone.now()
    webinar = Webinar.objects.open_at(now).prefetch_related("sessions").first()
    if webinar is None:
        return eligibility_pages.show_eligibility(request)
    return redirect(f"{request.path}?on={assessment_day(webinar, now).isoformat()}")


@reads
def show_agenda(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the newest agenda, then every earlier version, each with what changed against the one before it."""
    webinar = get_object_or_404(Webinar.objects.prefetch_related("sessions"), slug=slug)
    versions = published_versions(webinar)
    context = {"webinar": webinar, "newest": versions[0] if versions else None, "earlier": versions[1:]}
    return render(request, "registrations/agenda/agenda.html", context)


@dataclass(frozen=True, slots=True)
class PublishedVersion:
    """A published agenda and what changed against the one before; the first has no changes."""

    agenda: AgendaVersion
    previous: AgendaVersion | None
    changes: AgendaChanges | None


def published_versions(webinar: Webinar) -> list[PublishedVersion]:
    """Return all published agendas of a webinar, newest first, by one query."""
    agendas = list(webinar.agenda_versions.all())
    return [
        PublishedVersion(agenda, before, agenda_changes(before.items, agenda.items) if before else None)
        for agenda, before in zip_longest(agendas, agendas[1:])
    ]
