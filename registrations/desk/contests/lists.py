"""Contests: what people object to, read here, answered on a page of its own."""

from django.contrib import admin
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from registrations.desk.columns import as_text, link_to
from registrations.desk.filters import YesNoFilter
from registrations.models import Contest
from webinar_site.foundation.desk.lists import ReadOnlyAdmin


class AnsweredFilter(YesNoFilter):
    """Whether somebody on the staff has answered."""

    title = _("answered")
    parameter_name = "answered"
    column = "answered_at"


@admin.register(Contest)
class ContestAdmin(ReadOnlyAdmin):
    """Objections of people to the result for their seat, and the answers."""

    list_display = ("seat", "person", "created_at", "answered_by", "answered_at")
    list_filter = (AnsweredFilter, "seat__session")
    list_select_related = ("seat__registration", "seat__session", "answered_by")
    fields = ("seat_name", "person", "text", "created_at", "answer", "who_answered", "answered_at")
    seat_name = as_text("seat", _("place"))
    who_answered = as_text("answered_by", _("answered by"))

    @admin.display(description=_("person"))
    def person(self, contest: Contest) -> SafeString | str:
        """Return whose seat it is, linked to their page."""
        return link_to(contest.seat.registration)
