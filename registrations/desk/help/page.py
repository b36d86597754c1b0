"""The page that tells staff what they can do here, first what they themselves may, and where each thing is."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import cast

from django.apps import apps
from django.contrib.auth.models import User
from django.db.models import Model
from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from registrations import permissions
from registrations.desk.help.manual import MANUAL, Chapter, ManualEntry
from registrations.models import Registration, Seat
from webinar_site.foundation.desk.pages import StaffRequest
from webinar_site.foundation.desk.site import may_view, the_desk
from webinar_site.foundation.desk.table import ListButton, Page

HOMES: dict[type[Model], type[Model]] = {Seat: Registration}  # a seat is shown on its person's page


@dataclass(frozen=True, slots=True)
class StepToPage:
    """One step on the way to a page: what to choose; its address, where the reader may go there at once."""

    text: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class ShownEntry:
    """An entry as the page shows it: also who may do it, and the ways there."""

    entry: ManualEntry
    who: tuple[str, ...]
    ways: list[list[StepToPage]]


def show_help(request: StaffRequest) -> HttpResponse:
    """Show the manual: what the reader may do, then what others do."""
    page = {
        **the_desk().each_context(request),
        "title": _("Help"),
        "groups": list(request.user.groups.values_list("name", flat=True)),
        "own": _chapters(request.user, own=True),
        "others": _chapters(request.user, own=False),
    }
    return TemplateResponse(request, "admin/registrations/help/page.html", page)


def _chapters(user: User, *, own: bool) -> list[tuple[Chapter, list[ShownEntry]]]:
    """Return the chapters with those entries that somebody may follow, or with those that are for others."""
    chapters = [
        (chapter, [_shown(entry, user) for entry in chapter.entries if _may(entry, user) is own])
        for chapter in MANUAL
    ]
    return [(chapter, entries) for chapter, entries in chapters if entries]


def _may(entry: ManualEntry, user: User) -> bool:
    needed = needed_for(entry)
    return not needed or user.has_perm(needed)


def needed_for(entry: ManualEntry) -> str:
    """Return the permission that an entry takes: its own, or that of its first page; "" for every member of staff."""
    if entry.needs is not None or not entry.where:
        return entry.needs or ""
    return permission_of(entry.where[0])


def permission_of(name: str) -> str:
    """Return the permission that a page or an action asks for, by its name in the table or among stock Django's."""
    desk = the_desk()
    found = desk.pages.get(name) or desk.action(name)
    if found is not None:
        return found.permission
    app, model, _act = name.split("_", 2)
    return f"{app}.view_{model}"


def _shown(entry: ManualEntry, user: User) -> ShownEntry:
    needed = needed_for(entry)
    who = tuple(group for group, held in permissions.GROUPS.items() if needed in held)
    return ShownEntry(entry, who, list(_joined(way_to(name, user) for name in entry.where)))


def _joined(ways: Iterable[list[StepToPage]]) -> Iterator[list[StepToPage]]:
    """Yield the ways; as one, those that differ only in a last step that has no address."""
    for before, same in groupby(ways, key=lambda way: way[:-1]):
        last = [way[-1] for way in same]
        if before and not any(step.url for step in last):
            yield [*before, StepToPage(", ".join(step.text for step in last))]
        else:
            yield from ([*before, step] for step in last)


def way_to(name: str, user: User) -> list[StepToPage]:
    """Return the steps to a page or an action, by its name; with addresses as far as somebody may go there at once."""
    desk = the_desk()
    if (page := desk.pages.get(name)) is not None:
        return _way_to_page(page, user)
    if (action := desk.action(name)) is not None:
        return [_list_of(action.model, user), StepToPage(_("tick the rows")), StepToPage(str(action.label))]
    app, model_name, act = name.split("_", 2)
    model = apps.get_model(app, model_name)
    return [_list_of(model, user), *([_row_of(model)] if act == "change" else [])]


def _way_to_page(page: Page, user: User) -> list[StepToPage]:
    model = cast(type[Model], page.model)
    labels = ", ".join(str(button.label) for button in page.buttons)
    button = page.buttons[0]
    if isinstance(button, ListButton):
        url = page.url(*button.about) if page.is_for(user) else ""
        return [_list_of(model, user), StepToPage(labels, url)]
    home = HOMES.get(model, model)
    return [_list_of(home, user), _row_of(home), StepToPage(labels)]


def _list_of(model: type[Model], user: User) -> StepToPage:
    name = capfirst(str(model._meta.verbose_name_plural))
    app, model_name = model._meta.app_label, model._meta.model_name
    return StepToPage(name, reverse(f"admin:{app}_{model_name}_changelist") if may_view(user, model) else "")


def _row_of(model: type[Model]) -> StepToPage:
    return StepToPage(str(model._meta.verbose_name))
