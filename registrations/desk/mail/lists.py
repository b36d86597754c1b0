"""Mails and bulk jobs: how far they got, and why something was left alone."""

from collections import Counter
from email import message_from_bytes, policy
from typing import Any, cast

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from registrations import permissions, services
from registrations.desk.columns import as_text, lines, link_to, plain_json, why
from registrations.desk.filters import LateFilter, UnfinishedFilter
from registrations.desk.jobs.pages import may_stop, of_window, release_job, stop_job
from registrations.desk.mail.resend import resend_mail
from registrations.links import without_personal_links
from registrations.models import BulkJob, BulkJobRow, OutgoingMail
from registrations.services.steps import left_of
from registrations.states import Move
from webinar_site.foundation.desk.pages import ReadOnlyAdmin, StaffRequest, Tool

ROWS_PER_PAGE = 50


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

    def get_urls(self) -> list[URLPattern]:
        """Add the page that sends a mail again."""
        resend = path("<int:mail_id>/resend/", resend_mail, name="registrations_outgoingmail_resend")
        return [resend, *super().get_urls()]

    def tools(self, request: HttpRequest, row: OutgoingMail) -> list[Tool]:
        """Return the button that sends a mail again, once it is finished."""
        if row.due_at is not None or not request.user.has_perm(permissions.RESEND_MAIL):
            return []
        return [Tool(_("Send again"), reverse("admin:registrations_outgoingmail_resend", args=[row.pk]))]

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


@admin.register(BulkJob)
class BulkJobAdmin(ReadOnlyAdmin):
    """Acts that touch many people: how many were changed, skipped and failed, and why."""

    list_display = (
        "id",
        "name",
        "state",
        "webinar",
        "total",
        "changed",
        "skipped",
        "failed",
        "created_by",
        "created_at",
    )
    list_display_links = ("id", "name")
    list_filter = ("state", "kind", UnfinishedFilter)
    linked_filters = ("due_at",)
    list_select_related = ("webinar", "session", "created_by")
    fields = ("kind", "decided", "webinar", "session", "why", "staff", "created_at", "finished_at")
    staff = as_text("created_by", _("started by"))

    @admin.display(description=_("job"), ordering="kind")
    def name(self, job: BulkJob) -> str:
        """Return what the job is called: what it does, in which sessions, to how many."""
        return str(job)

    def get_urls(self) -> list[URLPattern]:
        """Add the buttons that stop and release a job."""
        return [
            path("<int:job_id>/stop/", stop_job, name="registrations_bulkjob_stop"),
            path("<int:job_id>/release/", release_job, name="registrations_bulkjob_release"),
            *super().get_urls(),
        ]

    def get_fields(self, request: HttpRequest, obj: BulkJob | None = None) -> Any:
        """Return all columns that say something; why somebody was decided about only for those who may see people."""
        hidden = set()
        if obj is not None and obj.kind != BulkJob.Kind.DECISION:
            hidden.add("decided")
        may_see_people = request.user.has_perm(permissions.VIEW_REGISTRATIONS)
        if not may_see_people and obj is not None and obj.kind != BulkJob.Kind.SESSION_CHANGE:
            hidden.add("why")
        return [name for name in self.fields if name not in hidden]

    @admin.display(description=_("what was decided"))
    def decided(self, job: BulkJob) -> str:
        """Return the move of a decision about many."""
        return str(Move(job.facts["move"]).label)

    @admin.display(description=_("reason given"))
    def why(self, job: BulkJob) -> str:
        """Return the reason that goes with the decision or the cancellation."""
        return why(job.facts)

    def page_context(self, request: HttpRequest, row: BulkJob) -> dict[str, Any]:
        """Return how far the job is, a page of the rows it left alone, and whether it can be stopped or released."""
        is_unfinished = row.due_at is not None
        window = of_window(row, timezone.now())
        rows = row.rows.select_related("seat__registration", "seat__session").order_by("pk")
        page = Paginator(rows, ROWS_PER_PAGE).get_page(request.GET.get("page"))
        done = row.changed + row.skipped + row.failed
        return {
            "done": done,
            "all": done + left_of(row) if is_unfinished else row.total,
            "reasons": _reasons(row),
            "mails": [
                (OutgoingMail.State(state).label, number)
                for state, number in row.mails.order_by("state").values_list("state").annotate(Count("pk"))
            ],
            "rows": page,
            "left_alone": [(each, str(services.jobs.note_of(each) or each.reason)) for each in page],
            "lines": row.lines.exclude(problem="")[:ROWS_PER_PAGE] if row.kind == BulkJob.Kind.IMPORT else (),
            "is_unfinished": is_unfinished,
            **window,
            # Half of the calendars would be wrong.
            "is_past_stopping": is_unfinished
            and not window["is_held"]
            and row.kind == BulkJob.Kind.SESSION_CHANGE,
            "may_stop": may_stop(cast(StaffRequest, request).user, row),
            "may_see_people": request.user.has_perm(permissions.VIEW_REGISTRATIONS),
        }


def _reasons(job: BulkJob) -> list[tuple[str, int]]:
    """Return why a job left rows alone, without the moments, and how often, the most frequent first."""
    found: Counter[str] = Counter()
    rows = job.rows.order_by().values("code", "about", "reason").annotate(number=Count("pk"))
    for row in rows:
        about = BulkJobRow(code=row["code"], about=row["about"])
        note = services.jobs.note_of(about)
        found[note.gist if note else row["reason"]] += row["number"]
    return found.most_common()
