"""What the desk's admin classes share: rows that are only read, and buttons above them."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Model
from django.forms import SplitDateTimeField
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _


@dataclass(frozen=True, slots=True)
class Tool:
    """A button: what it says, and the page it leads to."""

    label: str | Promise
    url: str


class DeskAdmin(admin.ModelAdmin):
    """Rows whose pages carry buttons for what this member of staff may do now."""

    linked_filters: tuple[str, ...] = ()  # columns that links narrow a list by, and no filter of it shows

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        """Return whether an address may narrow the list by this: by its columns, its filters and our own links alone.

        Stock Django allows every column of the table, and a list that is empty or not tells a token or a password
        letter by letter, and who has access needs.
        """
        columns = {column.name for column in self.model._meta.get_fields()}
        filters = (item[0] if isinstance(item, tuple) else item for item in self.get_list_filter(request))
        shown = [*self.get_list_display(request), *filters, *self.linked_filters]
        is_shown = any(f"{lookup}__".startswith(f"{name}__") for name in shown)
        if lookup.partition("__")[0] in columns and not is_shown:
            return False
        return super().lookup_allowed(lookup, value, request)

    def tools(self, request: HttpRequest, row: Any) -> list[Tool]:
        """Return the buttons above a row's page; none unless a class says so."""
        return []

    def list_tools(self, request: HttpRequest) -> list[Tool]:
        """Return the buttons above the list; none unless a class says so."""
        return []

    def page_context(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        """Return what else a row's page shows; nothing unless a class says so."""
        return {}

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Return a form field; the two boxes of a moment get names, which stock Django leaves out."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if isinstance(field, SplitDateTimeField):
            for box, part in zip(field.widget.widgets, (_("date"), _("time")), strict=True):
                box.attrs["aria-label"] = f"{db_field.verbose_name}: {part}"
        return field

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Return a row's page with its buttons and whatever else it shows."""
        row = context.get("original")
        if row is not None:
            context |= {"tools": self.tools(request, row), **self.page_context(request, row)}
        return super().render_change_form(request, context, *args, **kwargs)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Return the list with its buttons."""
        return super().changelist_view(request, {"tools": self.list_tools(request), **(extra_context or {})})


class ReadOnlyAdmin(DeskAdmin):
    """Rows that nobody adds, changes or deletes here, not even a superuser."""

    show_full_result_count = False  # counting a large table again on every page says nothing new

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        """Return False: these rows are made by services."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Return False: these rows are changed by services."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Return False: what happened stays on record."""
        return False


def as_text(column: str, description: Any) -> Callable[[Any, Any], str]:
    """Return an admin column that writes a related row as text: the stock one links to pages the reader may not open."""

    @admin.display(description=description)
    def text(self: Any, row: Any) -> str:
        return str(getattr(row, column) or "")

    return text


def page_of(row: Model) -> str:
    """Return the address of a row's page in the admin."""
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])


def link_to(row: Model | None, text: object = "") -> SafeString | str:
    """Return a link to a row's page, in the row's own words unless others are given; nothing for no row."""
    return format_html('<a href="{}">{}</a>', page_of(row), text or row) if row else ""


def lines(texts: Iterable[object]) -> SafeString:
    """Return texts one below the other, as they are."""
    return format_html('<pre class="as-is">{}</pre>', "\n".join(map(str, texts)))


def plain_json(data: object) -> str:
    """Return stored JSON as somebody can read it."""
    return json.dumps(data, indent=2, ensure_ascii=False, cls=DjangoJSONEncoder)
