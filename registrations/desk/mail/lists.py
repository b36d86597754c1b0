"""Mails: how far they got, and what they say."""

from email import message_from_bytes, policy
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from registrations.desk.columns import as_text, lines, link_to, plain_json
from registrations.desk.filters import UnfinishedFilter
from registrations.links import without_personal_links
from registrations.models import OutgoingMail, is_late
from webinar_site.foundation.desk.lists import ReadOnlyAdmin


class LateFilter(admin.SimpleListFilter):
    """Which mails wait longer than 15 minutes, as the start page counts them."""

    title = _("late")
    parameter_name = "late"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return the one choice."""
        return [("yes", _("yes"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any] | None:
        """Return the late mails, or None without the choice."""
        return queryset.filter(is_late(timezone.now())) if self.value() == "yes" else None


@admin.register(OutgoingMail)
class OutgoingMailAdmin(ReadOnlyAdmin):
    """Mails: who is told what, and what the mail server said."""

    list_display = ("id", "kind", "person", "state", "attempts", "due_at", "sent_at", "reply")
    list_filter = ("state", "kind", UnfinishedFilter, LateFilter)
    list_select_related = ("registration",)
    search_fields = ("registration__reference__istartswith",)
    search_help_text = _("Reference of a registration")
    fields = (
        "kind",
        "person",
        "recipient",
        "language",
        "state",
        "attempts",
        "reply",
        "planned_at",
        "due_at",
        "created_at",
        "sent_at",
        "returned_at",
        "sends_again",
        "message_id",
        "written_under",
        "content",
    )
    written_under = as_text("text", _("mail text"))

    def get_queryset(self, request: HttpRequest) -> QuerySet[OutgoingMail]:
        """Return mails without what only their own page shows."""
        return super().get_queryset(request).defer("raw", "facts")

    @admin.display(description=_("registration"))
    def person(self, mail: OutgoingMail) -> SafeString | str:
        """Return the registration, linked."""
        return link_to(mail.registration)

    @admin.display(description=_("sends again"))
    def sends_again(self, mail: OutgoingMail) -> SafeString | str:
        """Return the mail that staff had sent again, linked."""
        return link_to(mail.resend_of)

    @admin.display(description=_("text"))
    def content(self, mail: OutgoingMail) -> SafeString:
        """Return subject and text as sent, or before that the facts they will be made of; no personal links."""
        if mail.raw is None:
            return lines([without_personal_links(plain_json(mail.facts))])
        message = message_from_bytes(bytes(mail.raw), policy=policy.default)
        body = message.get_body(("plain",))
        text = body.get_content() if body else ""
        return lines([message["Subject"], "", without_personal_links(text)])
