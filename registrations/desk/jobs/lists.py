"""Bulk jobs: how far they got, and why something was left alone."""

from collections import Counter
from typing import Any, cast

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from registrations import permissions, services
from registrations.desk.columns import as_text, why
from registrations.desk.filters import UnfinishedFilter
from registrations.desk.jobs.pages import may_stop, of_window
from registrations.models import BulkJob, BulkJobRow, OutgoingMail
from webinar_site.foundation.desk.lists import ReadOnlyAdmin
from webinar_site.foundation.desk.pages import StaffRequest

ROWS_PER_PAGE = 50


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
    change_form_template = "admin/registrations/jobs/job.html"
    list_filter = ("state", "kind", UnfinishedFilter)
    linked_filters = ("due_at",)
    list_select_related = ("webinar", "session", "created_by")
    fields = ("kind", "decided", "webinar", "session", "why", "staff", "created_at", "finished_at")
    staff = as_text("created_by", _("started by"))

    @admin.display(description=_("job"), ordering="kind")
    def name(self, job: BulkJob) -> str:
        """Return what the job is called: what it does, in which sessions, to how many."""
        return str(job)

    def get_fields(self, request: HttpRequest, obj: BulkJob | None = None) -> Any:
        """Return all columns that say something; why somebody was decided about only for those who may see people."""
        hidden = set()
        page = services.jobs.kind_of(obj).page if obj is not None else None
        if page is not None and page.decided is None:
            hidden.add("decided")
        may_see_people = request.user.has_perm(permissions.VIEW_REGISTRATIONS)
        if not may_see_people and page is not None and not page.is_reason_public:
            hidden.add("why")
        return [name for name in self.fields if name not in hidden]

    @admin.display(description=_("what was decided"))
    def decided(self, job: BulkJob) -> str:
        """Return the move of a decision about many."""
        page = services.jobs.kind_of(job).page
        return page.decided(job) if page.decided else ""

    @admin.display(description=_("reason given"))
    def why(self, job: BulkJob) -> str:
        """Return the reason that goes with the decision or the cancellation."""
        return why(services.jobs.kind_of(job).page.reason(job))

    def page_context(self, request: HttpRequest, row: BulkJob) -> dict[str, Any]:
        """Return how far the job is, a page of the rows it left alone, and whether it can be stopped or released."""
        is_unfinished = row.due_at is not None
        record = services.jobs.kind_of(row)
        window = of_window(row, timezone.now())
        rows = row.rows.select_related("seat__registration", "seat__session").order_by("pk")
        page = Paginator(rows, ROWS_PER_PAGE).get_page(request.GET.get("page"))
        done = row.changed + row.skipped + row.failed
        has_left = is_unfinished and not window["is_held"]
        return {
            "done": done,
            "all": done + services.jobs.left_of(row) if is_unfinished else row.total,
            "reasons": _reasons(row),
            "mails": [
                (OutgoingMail.State(state).label, number)
                for state, number in row.mails.order_by("state").values_list("state").annotate(Count("pk"))
            ],
            "rows": page,
            "left_alone": [(each, str(services.jobs.note_of(each) or each.reason)) for each in page],
            "lines": record.page.lines(row)[:ROWS_PER_PAGE] if record.page.lines else (),
            "is_unfinished": is_unfinished,
            **window,
            "past_stopping": record.together.released if has_left and record.together else "",
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
