"""Answers to invitations by somebody else than the person invited: a small list that staff settle."""

from django.contrib import admin
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from registrations import services
from registrations.desk.columns import link_to
from registrations.models import UnplacedAnswer
from webinar_site.foundation.desk.lists import ReadOnlyAdmin
from webinar_site.foundation.desk.pages import StaffRequest, tell


def settle(request: StaffRequest, answers: QuerySet[UnplacedAnswer]) -> None:
    """Take the ticked answers off the list for good; history keeps that somebody did."""
    ids = list(answers.values_list("pk", flat=True))
    count = services.mail.settle_replies(ids, by=request.user, now=timezone.now())
    words = ngettext("%(count)d answer is off the list.", "%(count)d answers are off the list.", count)
    tell(request, words % {"count": count})


@admin.register(UnplacedAnswer)
class UnplacedAnswerAdmin(ReadOnlyAdmin):
    """What calendars answered that belong to nobody invited."""

    list_display = ("answer", "session", "attendee", "sender", "person", "answered_at", "received_at")
    list_display_links = None
    list_filter = ("answer", "session")
    list_select_related = ("session", "registration")

    @admin.display(description=_("registration"))
    def person(self, answer: UnplacedAnswer) -> SafeString | str:
        """Return the registration it is likely about, linked."""
        return link_to(answer.registration)
