"""What the desk's lists and the pages of their rows share: what they were drawn from, buttons, rows only to read."""

from collections.abc import Callable, Iterator
from typing import Any, cast

from django import forms
from django.contrib import admin
from django.contrib.admin.helpers import AdminForm
from django.contrib.admin.options import IS_POPUP_VAR, BaseModelAdmin
from django.contrib.admin.utils import unquote
from django.contrib.admin.views.main import ChangeList
from django.db import models, transaction
from django.forms import SplitDateTimeField
from django.forms.models import _get_foreign_key
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from webinar_site.foundation import stale_pages
from webinar_site.foundation.days import validate_year
from webinar_site.foundation.desk.long_lists import CappedPaginator, LongList
from webinar_site.foundation.desk.pages import is_stale, lock_rows
from webinar_site.foundation.desk.site import may_view, the_desk
from webinar_site.foundation.desk.table import ListAction, Reader, Tool
from webinar_site.foundation.stale_forms import DrawnForm, DrawnFormSet


class DrawnAdmin(admin.ModelAdmin[Any]):
    """Rows whose pages of change and deletion say what they were drawn from; a POST locks the row it is about (D-73).

    Several rows are never deleted at once: the page before would have to say of each what it was drawn from.
    """

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """Return the form of a row, which changes only what its sender touched."""
        form = super().get_form(request, obj, change=change, **kwargs)
        return form if issubclass(form, DrawnForm) else type(form.__name__, (DrawnForm, form), {})

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """Return a row; where it may be changed, locked first, so that it is read as nobody else leaves it later."""
        row = super().get_object(request, object_id, from_field)
        if row is None or request.method != "POST" or not transaction.get_connection().in_atomic_block:
            return row
        lock_rows(self.model._base_manager.filter(pk=row.pk))
        return super().get_object(request, object_id, from_field)

    def get_actions(self, request: HttpRequest) -> Any:
        """Return the actions of a list without the one that deletes."""
        return {
            name: action for name, action in super().get_actions(request).items() if name != "delete_selected"
        }

    def _delete_view(self, request: HttpRequest, object_id: str, extra_context: Any) -> Any:
        row = self.get_object(request, unquote(object_id))
        if row is None or not self.has_delete_permission(request, row):
            return super()._delete_view(request, object_id, extra_context)  # type: ignore[misc]
        shown = stale_pages.picture(row, *self._with_lines(request, row))
        if is_stale(request, shown):
            request.POST = QueryDict()  # the page asks again
        seen = {"seen": shown.token, **(extra_context or {})}
        return super()._delete_view(request, object_id, seen)  # type: ignore[misc]

    def _with_lines(self, request: HttpRequest, row: models.Model) -> Iterator[object]:
        """Yield the columns of a row and of the lines below it, without what the site itself notes there."""
        yield stale_pages.columns_of(row, "last_login")
        for inline in self.get_inline_instances(request, row):
            key = _get_foreign_key(self.model, inline.model, fk_name=inline.fk_name)
            lines = inline.model._base_manager.filter(**{key.name: row}).order_by("pk")
            yield [stale_pages.columns_of(line) for line in lines]


class DeskAdmin(DrawnAdmin):
    """Rows whose pages carry buttons for what this member of staff may do now."""

    linked_filters: tuple[str, ...] = ()  # columns that links narrow a list by, and no filter of it shows

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        """Return whether an address may narrow the list by this: by its columns, its filters and our own links alone.

        Stock Django allows every column of the table, and a list that is empty or not tells a token or a password
        character by character, and who has access needs (D-70).
        """
        columns = {column.name for column in self.model._meta.get_fields()}
        filters = [item[0] if isinstance(item, tuple) else item for item in self.get_list_filter(request)]
        if lookup in {getattr(item, "parameter_name", None) for item in filters}:
            return True
        shown = [*self.get_list_display(request), *filters, *self.linked_filters]
        is_shown = any(f"{lookup}__".startswith(f"{name}__") for name in shown)
        if lookup.partition("__")[0] in columns and not is_shown:
            return False
        return super().lookup_allowed(lookup, value, request)

    def get_actions(self, request: HttpRequest) -> Any:
        """Return what may be done about ticked rows: also what the table of pages says of this list."""
        own = [] if IS_POPUP_VAR in request.GET else the_desk().actions_for(self.model, request.user)
        return super().get_actions(request) | {
            action.name: (_called(action), action.name, action.label) for action in own
        }

    def tools(self, request: HttpRequest, row: Any) -> list[Tool]:
        """Return the buttons above a row's page: those of the table of pages that are offered now."""
        return the_desk().buttons(row, Reader(cast(Any, request.user), timezone.now()))

    def page_context(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        """Return what else a row's page shows; nothing unless a class says so."""
        return {}

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Return a form field; the two boxes of a moment get names, which stock Django leaves out, and a usual year."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if isinstance(field, SplitDateTimeField):
            field.validators.append(validate_year)
            for box, part in zip(field.widget.widgets, (_("date"), _("time")), strict=True):
                box.attrs["aria-label"] = _(": ").join((str(db_field.verbose_name), part))
        return field

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Return a row's page with its buttons and whatever else it shows; its links lead where the reader may go."""
        row = context.get("original")
        unlink_what_is_closed(context["adminform"], self.model, request.user)
        if row is not None:
            context |= {"tools": self.tools(request, row), **self.page_context(request, row)}
        return super().render_change_form(request, context, *args, **kwargs)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Return the list with its buttons."""
        tools = the_desk().list_buttons(self.model, request)
        return super().changelist_view(request, {"tools": tools, **(extra_context or {})})


def _called(action: ListAction) -> Callable[[Any, HttpRequest, Any], Any]:
    """Return an action as stock Django calls it: with its list, which it knows already."""
    return lambda _list, request, rows: action.act(request, rows)


def unlink_what_is_closed(form: AdminForm, model: type[models.Model], user: Any) -> None:
    """Show related rows as text where a reader may not open them: stock Django links to every page that there is."""
    texts: dict[str, Callable[[Any], str]] = {}
    for field in model._meta.fields:
        related = field.related_model
        if related and field.name in form.readonly_fields and not may_view(user, related):
            texts[field.name] = _as_text(field)
    cast(Any, form).readonly_fields = [*form.readonly_fields, *texts.values()]
    form.fieldsets = [
        (title, {**options, "fields": [_without_links(line, texts) for line in options["fields"]]})
        for title, options in form.fieldsets
    ]


def _without_links(line: Any, texts: dict[str, Callable[[Any], str]]) -> Any:
    """Return a line of a page, one column or several beside each other, with texts in the place of links."""
    if isinstance(line, list | tuple):
        return [texts.get(name, name) for name in line]
    return texts.get(line, line)


def _as_text(field: Any) -> Callable[[Any], str]:
    @admin.display(description=field.verbose_name)
    def text(row: Any) -> str:
        related = getattr(row, field.name)
        return related and str(related)

    return text


class ReadOnly(BaseModelAdmin[Any]):
    """Refuse to add, change and delete, also to a superuser; viewing stays a matter of permissions."""

    # The admin builds a form even to show a row, and Django warns of the scheme that an address without one gets.
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return False: services make these rows."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return False: services change these rows; what was published is corrected by a new row."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return False: what happened stays on record."""
        return False


class ReadOnlyAdmin(ReadOnly, DeskAdmin):
    """Rows of tables that grow with every person, which nobody adds, changes or deletes here."""

    show_full_result_count = False  # counting a large table again on every page says nothing new
    paginator = CappedPaginator

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        """Return the list that counts no further than anybody reads."""
        return LongList


class NamedFormSet(DrawnFormSet):
    """Lines of a table; each box carries the name of its column, which a table alone does not give it."""

    def add_fields(self, form: forms.ModelForm[Any], index: int | None) -> None:
        """Name the boxes of one line, the one that deletes it included."""
        super().add_fields(form, index)
        for field in form.fields.values():
            field.widget.attrs["aria-label"] = str(field.label)
