"""What every page of the desk shares: who may open it, how it looks, and how a refusal is told."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from registrations import services
from registrations.states import IllegalMove

P = ParamSpec("P")


class StaffRequest(HttpRequest):
    """A request of a signed-in member of staff."""

    user: User


StaffView = Callable[Concatenate[StaffRequest, P], HttpResponseBase]
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def staff_page(permission: str) -> Callable[[StaffView[P]], View[P]]:
    """Let only signed-in staff with this permission open a view; others sign in first, or get 403."""

    def decorate(view: StaffView[P]) -> View[P]:
        @wraps(view)
        def checked(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not request.user.has_perm(permission):
                raise PermissionDenied
            return view(cast(StaffRequest, request), *args, **kwargs)

        return admin.site.admin_view(checked)

    return decorate


def show(request: HttpRequest, template: str, about: Model | type[Model], **context: object) -> HttpResponse:
    """Return a page of the desk under the breadcrumbs of a row, or of a model's list."""
    return TemplateResponse(
        request,
        f"admin/registrations/{template}",
        {
            **admin.site.each_context(request),
            "opts": about._meta,
            "original": about if isinstance(about, Model) else None,
            **context,
        },
    )


def back_to(row: Model) -> HttpResponseRedirect:
    """Redirect to a row's page in the admin."""
    return redirect(f"admin:{row._meta.label_lower.replace('.', '_')}_change", row.pk)


@contextmanager
def refusals_in(form: forms.BaseForm) -> Iterator[None]:
    """Put the reason into the form where a service refuses, and go on behind the block."""
    try:
        yield
    except (services.Refused, IllegalMove) as refusal:
        form.add_error(None, str(refusal))


def tell(request: HttpRequest, text: object) -> None:
    """Leave a message of success for the next page."""
    messages.success(request, str(text))


def warn(request: HttpRequest, text: object) -> None:
    """Leave a message that something is not as expected for the next page."""
    messages.warning(request, str(text))
