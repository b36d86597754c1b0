"""What staff do about mail that came back: the button above a person's page, and answers that could not be placed."""

from typing import cast

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from registrations import permissions, services
from registrations.desk.columns import link_to
from registrations.models import OutgoingMail, Registration, UnplacedAnswer
from webinar_site.foundation.desk.pages import ReadOnlyAdmin, StaffRequest, Tool, tell


def address_tools(registration: Registration, request: HttpRequest) -> list[Tool]:
    """Return the button that lets mail go again, for those who may."""
    if registration.bounced_at is None or not request.user.has_perm(permissions.RETRY_ADDRESS):
        return []
    url = reverse("admin:registrations_registration_retry_address", args=[registration.pk])
    return [Tool(_("Try this address again"), url)]


def undelivered(registration: Registration) -> OutgoingMail | None:
    """Return the person's newest mail that was not delivered, unless a later one to the same address was sent."""
    mails = registration.mails.filter(recipient=registration.email).defer("raw", "facts")
    newest = mails.filter(sent_at__isnull=False).order_by("-sent_at", "-pk").first()
    return newest if newest is not None and newest.state == OutgoingMail.State.RETURNED else None


@admin.register(UnplacedAnswer)
class UnplacedAnswerAdmin(ReadOnlyAdmin):
    """Answers to invitations by somebody else than the person invited: a small list that staff settle."""

    list_display = ("answer", "session", "attendee", "sender", "person", "answered_at", "received_at")
    list_display_links = None
    list_filter = ("answer", "session")
    list_select_related = ("session", "registration")
    actions = ("settle",)

    def has_settle_permission(self, request: HttpRequest) -> bool:
        """Return whether somebody may take answers off the list; the action asks this."""
        return request.user.has_perm(permissions.SETTLE_ANSWERS)

    @admin.action(description=_("Seen: take off the list"), permissions=["settle"])
    def settle(self, request: HttpRequest, answers: QuerySet[UnplacedAnswer]) -> None:
        """Take these answers off the list for good; history keeps that somebody did."""
        ids = list(answers.values_list("pk", flat=True))
        by = cast(StaffRequest, request).user
        count = services.mail.settle_answers(ids, by=by, now=timezone.now())
        words = ngettext("%(count)d answer is off the list.", "%(count)d answers are off the list.", count)
        tell(request, words % {"count": count})

    @admin.display(description=_("registration"))
    def person(self, answer: UnplacedAnswer) -> SafeString | str:
        """Return the registration it is likely about, linked."""
        return link_to(answer.registration)
