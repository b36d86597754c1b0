"""What the pages around drafts share: who may open them, where a refusal goes, and how a page is shown."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.decorators import permission_required
from django.contrib.auth.models import User
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from eligibility.publishing import PublishingRefused

VIEW_EDITIONS = "eligibility.view_listedition"
VIEW_RULES = "eligibility.view_ruleversion"
DRAFT_RULES = "eligibility.draft_rules"
PUBLISH_RULES = "eligibility.publish_rules"


class StaffRequest(HttpRequest):
    """A request of a signed-in member of staff."""

    user: User


def staff_page(permission: str) -> Callable[..., Callable[..., HttpResponse]]:
    """Let only signed-in staff with this permission open a view; others sign in first, or get 403."""

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        return admin.site.admin_view(permission_required(permission, raise_exception=True)(view))

    return decorate


@contextmanager
def refusals_in(form: forms.BaseForm) -> Iterator[None]:
    """Put the reason into the form where a service refuses, and go on behind the block."""
    try:
        yield
    except PublishingRefused as refusal:
        form.add_error(None, str(refusal))


def sent(request: HttpRequest) -> dict[str, Any]:
    """Return what a form is filled with, by the names of its arguments: on a POST what was sent, else nothing."""
    return {"data": request.POST, "files": request.FILES} if request.method == "POST" else {}


def show(request: HttpRequest, template: str, about: Model | type[Model], **context: object) -> HttpResponse:
    """Return a page under the breadcrumbs of a row, or of a kind of rows."""
    original = about if isinstance(about, Model) else None
    page = {**admin.site.each_context(request), "opts": about._meta, "original": original, **context}
    return TemplateResponse(request, f"admin/eligibility/{template}", page)
