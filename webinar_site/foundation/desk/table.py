"""What one line of the table of desk pages says: address, view, who may open it, and the buttons that lead to it.

Each app has such a table (`desk/pages.py`); `site.Desk` makes addresses, buttons and permission checks of it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from django.contrib.auth.models import User
from django.db.models import Model
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.functional import Promise

SHOWS = ("GET", "HEAD")  # a page that never acts
ACTS = ("POST",)  # a page that only acts

Kept = TypeVar("Kept")


@dataclass(frozen=True, slots=True)
class Tool:
    """A button as it is shown: what it says, and the page it leads to."""

    label: str | Promise
    url: str


@dataclass(frozen=True, slots=True)
class Reader:
    """Who looks at a page of the desk, and when; what was counted for one of its buttons is kept for the others."""

    user: User
    now: datetime
    _kept: dict[type[Any], Any] = field(default_factory=dict, compare=False, repr=False)

    def kept(self, kind: type[Kept]) -> Kept:
        """Return the one object of a class that all buttons share; made without arguments when first asked for."""
        if kind not in self._kept:
            self._kept[kind] = kind()
        kept: Kept = self._kept[kind]
        return kept


def always(_row: Any, _reader: Reader) -> bool:
    """Return True: whoever may open the page is offered it."""
    return True


def own_id(row: Any) -> object:
    """Return what is in the address of a page about a row: its id."""
    return row.pk


@dataclass(frozen=True, slots=True)
class Button:
    """A button on a row's page: what it says, when it is offered, and what of the row is in its address."""

    label: str | Promise
    offered: Callable[[Any, Reader], bool] = always
    about: Callable[[Any], object] = own_id

    def stands_on(self, page: "Page", row: Model) -> bool:
        """Return whether it stands on the page of this row: those do whose kind its own page is about."""
        return page.model is not None and isinstance(row, page.model)

    def tools(self, page: "Page", row: Any, reader: Reader) -> list[Tool]:
        """Return the button of a row, where it is offered."""
        return [Tool(self.label, page.url(self.about(row)))] if self.offered(row, reader) else []


@dataclass(frozen=True, slots=True)
class ListButton:
    """A button above a list: what it says, and what is in the address it leads to."""

    label: str | Promise
    about: tuple[object, ...] = ()
    keeps_filters: bool = False

    def tool(self, page: "Page", request: HttpRequest) -> Tool:
        """Return the button; where it keeps the filters, its page is about the rows that the list shows."""
        url = page.url(*self.about)
        return Tool(self.label, f"{url}?{request.GET.urlencode()}" if self.keeps_filters else url)


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the desk: its name among the site's addresses, where it is, what it shows, and who may open it.

    Without a permission it is for every member of staff. `methods` are those it answers, where not all.
    """

    name: str
    address: str
    view: Callable[..., HttpResponseBase]
    permission: str = ""
    buttons: tuple[Button | ListButton, ...] = ()
    model: type[Model] | None = None
    methods: tuple[str, ...] = ()

    def is_for(self, user: Any) -> bool:
        """Return whether a member of staff may open it."""
        return not self.permission or user.has_perm(self.permission)

    def url(self, *about: object) -> str:
        """Return its address about these."""
        return reverse(f"admin:{self.name}", args=about)


@dataclass(frozen=True, slots=True)
class ListAction:
    """What can be done about the ticked rows of a list: at once, or on a page that says first what would happen."""

    model: type[Model]
    name: str
    act: Callable[[Any, Any], HttpResponseBase | None]
    permission: str
    label: str | Promise


@dataclass(frozen=True, slots=True)
class About:
    """What the pages about a model's rows have in common: the beginning of their names and addresses.

    `row` is how an address names a row, as in "<int:webinar_id>".
    """

    model: type[Model]
    row: str = ""

    def page(
        self,
        name: str,
        view: Callable[..., HttpResponseBase],
        permission: str,
        *buttons: Button,
        path: str = "",
        methods: tuple[str, ...] = (),
    ) -> Page:
        """Return a page about one row; its address ends in its name unless `path` says otherwise."""
        below = f"{self.row}/{path or _written(name)}"
        return self.list_page(name, view, permission, *buttons, path=below, methods=methods)

    def list_page(
        self,
        name: str,
        view: Callable[..., HttpResponseBase],
        permission: str,
        *buttons: Button | ListButton,
        path: str = "",
        methods: tuple[str, ...] = (),
    ) -> Page:
        """Return a page about several rows or none; its address ends in its name unless `path` says otherwise."""
        app, model = self.model._meta.app_label, self.model._meta.model_name
        address = f"{app}/{model}/{path or _written(name)}"
        return Page(f"{app}_{model}_{name}", address, view, permission, buttons, self.model, methods)


def _written(name: str) -> str:
    return f"{name.replace('_', '-')}/"
