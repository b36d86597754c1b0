"""What the views behind the desk's pages share: what they show, lock and compare, and what the next page says."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import User
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy

from webinar_site.foundation import stale_pages

P = ParamSpec("P")


class StaffRequest(HttpRequest):
    """A request of a signed-in member of staff."""

    user: User


StaffView = Callable[Concatenate[StaffRequest, P], HttpResponseBase]


class ConfirmationForm(forms.Form):
    """What the second person says to what a colleague asked for, by the button pressed."""

    answer = forms.ChoiceField(
        choices=[("confirm", gettext_lazy("Confirm")), ("decline", gettext_lazy("Decline"))]
    )


def lock_rows(rows: "models.QuerySet[Any]") -> None:
    """Hold these rows until the end of the transaction, in the order of ids; others may still refer to them."""
    list(rows.order_by("pk").select_for_update(no_key=True).values_list("pk", flat=True))


Locks = Callable[[int], Iterable["models.QuerySet[Any]"]]


def row_of(model: type[models.Model]) -> Locks:
    """Return what locks the row of a model that an address names first."""
    return lambda pk: [model._base_manager.filter(pk=pk)]


def holding(locks: Locks) -> Callable[[StaffView[P]], StaffView[P]]:
    """Make a POST one transaction that holds these rows, found by the first id in the address, in this order.

    What the view then reads, and compares with what the page was drawn from, stays as it is until it has acted.
    """

    def decorate(view: StaffView[P]) -> StaffView[P]:
        @wraps(view)
        def held(request: StaffRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if request.method != "POST":
                return view(request, *args, **kwargs)
            with transaction.atomic():
                for rows in locks(cast(int, next(iter(kwargs.values())))):
                    lock_rows(rows)
                return view(request, *args, **kwargs)

        return held

    return decorate


def is_stale(request: HttpRequest, shown: stale_pages.Picture) -> bool:
    """Return whether what was sent comes from a page that shows what is no longer so, and say who changed it."""
    why_not = shown.why_not(request.POST.get(stale_pages.SEEN, "")) if request.method == "POST" else ""
    if why_not:
        warn(request, why_not)
    return bool(why_not)


def note_change(request: StaffRequest, row: models.Model, *labels: str) -> None:
    """Write into the admin's log who changed which parts of a row, by their English labels."""
    message = [{"changed": {"fields": list(labels)}}]
    LogEntry.objects.log_actions(request.user.pk, [row], CHANGE, message, single_object=True)


def show(
    request: HttpRequest, template: str, about: models.Model | type[models.Model], **context: object
) -> HttpResponse:
    """Return a page of the desk, from a template below `admin/`, under the breadcrumbs of a row or a list."""
    original = about if isinstance(about, models.Model) else None
    page = {**admin.site.each_context(request), "opts": about._meta, "original": original, **context}
    return TemplateResponse(request, f"admin/{template}", page)


def back_to(row: models.Model) -> HttpResponseRedirect:
    """Redirect to a row's page in the admin."""
    return redirect(f"admin:{row._meta.label_lower.replace('.', '_')}_change", row.pk)


@contextmanager
def refusals_of(form: forms.BaseForm, *refusals: type[Exception]) -> Iterator[None]:
    """Put the reason into the form where a service refuses by one of these errors, and go on behind the block."""
    try:
        yield
    except refusals as refusal:
        form.add_error(None, str(refusal))


def tell(request: HttpRequest, text: object) -> None:
    """Leave a message of success for the next page."""
    messages.success(request, str(text))


def warn(request: HttpRequest, text: object) -> None:
    """Leave a message that something is not as expected for the next page."""
    messages.warning(request, str(text))
