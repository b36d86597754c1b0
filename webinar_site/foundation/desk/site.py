"""The admin of this site: stock Django's, with the pages of the tables, and with forms kept through a sign-in."""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, cast
from urllib.parse import urlsplit

from django.apps import apps
from django.contrib import admin
from django.contrib.admin import AdminSite
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import URLPattern, URLResolver, path, resolve
from django.views.decorators.http import require_http_methods

from webinar_site.foundation.desk.kept_forms import may_be_kept, sign_in_again
from webinar_site.foundation.desk.table import Button, ListAction, ListButton, Page, Reader, Tool


class Desk(AdminSite):
    """The admin, with pages, buttons and actions from the apps' tables (D-87).

    Its pages keep what was filled in when whoever sends it has been signed out (D-72).
    """

    def __init__(self, name: str = "admin") -> None:
        """Start without a page of our own."""
        super().__init__(name)
        self.pages: dict[str, Page] = {}
        self.actions_of_lists: list[ListAction] = []

    def add(self, pages: Iterable[Page], actions: Iterable[ListAction] = ()) -> None:
        """Take over the pages of an app, and the actions of its lists, in the order of their buttons."""
        self.pages |= {page.name: page for page in pages}
        self.actions_of_lists += actions

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Return the addresses of all pages: ours go before stock Django's."""
        own = [path(page.address, self._opened(page), name=page.name) for page in self.pages.values()]
        return [*own, *super().get_urls()]

    def _opened(self, page: Page) -> Callable[..., HttpResponseBase]:
        """Return the view of a page for those it is for: strangers sign in first, others get 403."""

        @wraps(page.view)
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not page.is_for(request.user):
                raise PermissionDenied
            return page.view(request, *args, **kwargs)

        opened: Callable[..., HttpResponseBase] = self.admin_view(checked)
        return require_http_methods(page.methods)(opened) if page.methods else opened

    def admin_view(self, view: Callable[..., Any], cacheable: bool = False) -> Any:
        """Let staff open a view; who was signed out before sending a form signs in without losing it."""
        opened = super().admin_view(view, cacheable)

        @wraps(opened)
        def kept(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            if request.method == "POST" and not self.has_permission(request) and may_be_kept(request):
                return sign_in_again(request)
            return opened(request, *args, **kwargs)

        return kept

    def _build_app_dict(self, request: HttpRequest, label: Any = None) -> Any:
        """Return the apps and models that somebody may see, with each name translated once.

        Every page sorts them for the list at its side; stock Django's lazy names are translated again each time that
        two of them are compared.
        """
        apps_by_label = super()._build_app_dict(request, label)
        for app in apps_by_label.values():
            for model in app["models"]:
                model["name"] = str(model["name"])
        return apps_by_label

    def buttons(self, row: Model, reader: Reader, *, of: str = "") -> list[Tool]:
        """Return what somebody may do about a row now: all buttons of its page, or those that lead to the page `of`."""
        pages = [self.pages[of]] if of else self.pages.values()
        return [
            tool
            for page in pages
            for button in page.buttons
            if isinstance(button, Button) and button.stands_on(page, row) and page.is_for(reader.user)
            for tool in button.tools(page, row, reader)
        ]

    def list_buttons(self, model: type[Model], request: HttpRequest) -> list[Tool]:
        """Return the buttons above the list of a model, for whoever looks at it."""
        return [
            button.tool(page, request)
            for page in self.pages.values()
            if page.model is model and page.is_for(request.user)
            for button in page.buttons
            if isinstance(button, ListButton)
        ]

    def action(self, name: str) -> ListAction | None:
        """Return the action of a list by its name."""
        return next((each for each in self.actions_of_lists if each.name == name), None)

    def actions_for(self, model: type[Model], user: Any) -> list[ListAction]:
        """Return what somebody may do about the rows of a list that are ticked."""
        return [
            each for each in self.actions_of_lists if each.model is model and user.has_perm(each.permission)
        ]

    def may_follow(self, user: User, url: str) -> bool:
        """Return whether an address of the site leads somebody to its page, and not to a refusal."""
        match = resolve(urlsplit(url).path)
        if "admin" not in match.app_names:
            return True
        if (page := self.pages.get(str(match.url_name))) is not None:
            return page.is_for(user)
        app, name, act = str(match.url_name).split("_", 2)
        if act == "add":
            return user.has_perm(f"{app}.add_{name}")
        return may_view(user, apps.get_model(app, name))


def may_view(user: Any, model: type[Model]) -> bool:
    """Return whether somebody may look at the rows of a model."""
    app, name = model._meta.app_label, model._meta.model_name
    return any(user.has_perm(f"{app}.{act}_{name}") for act in ("view", "change"))


def the_desk() -> Desk:
    """Return the admin of this site."""
    return cast(Desk, admin.site)
