"""Contests: what people object to, read here, answered on the page of admin_views."""

from collections.abc import Sequence

from django.contrib import admin
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from registrations import permissions
from registrations.desk.columns import as_text, link_to
from registrations.desk.contests.answer import answer_contest
from registrations.desk.filters import AnsweredFilter
from registrations.models import Contest
from webinar_site.foundation.desk.pages import ReadOnlyAdmin, Tool


def contest_tools(contests: Sequence[Contest], request: HttpRequest) -> list[Tool]:
    """Return the button that answers what is open, for those who decide."""
    waiting = [contest for contest in contests if contest.is_open]
    if not (waiting and request.user.has_perm(permissions.DECIDE)):
        return []
    return [
        Tool(_("Answer the contest"), reverse("admin:registrations_contest_answer", args=[waiting[0].pk]))
    ]


@admin.register(Contest)
class ContestAdmin(ReadOnlyAdmin):
    """Objections of people to the result for their seat, and the answers."""

    list_display = ("seat", "person", "created_at", "answered_by", "answered_at")
    list_filter = (AnsweredFilter, "seat__session")
    list_select_related = ("seat__registration", "seat__session", "answered_by")
    fields = ("seat_name", "person", "text", "created_at", "answer", "who_answered", "answered_at")
    seat_name = as_text("seat", _("seat"))
    who_answered = as_text("answered_by", _("answered by"))

    def get_urls(self) -> list[URLPattern]:
        """Add the page on which a contest is answered."""
        answer = path("<int:contest_id>/answer/", answer_contest, name="registrations_contest_answer")
        return [answer, *super().get_urls()]

    def tools(self, request: HttpRequest, row: Contest) -> list[Tool]:
        """Return the button that answers, while there is no answer."""
        return contest_tools([row], request)

    @admin.display(description=_("person"))
    def person(self, contest: Contest) -> SafeString | str:
        """Return whose seat it is, linked to their page."""
        return link_to(contest.seat.registration)
