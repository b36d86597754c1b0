"""Forms that edit what is there: each value says what it was drawn from; a page changes only what its sender touched.

What the sender left alone stays as it is now, whoever changed it meanwhile. What both touched is refused once, with the
colleague's value; the sender's own stays in its box, and sending the page again is the answer (D-73).
"""

import copy
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.forms.formsets import DELETION_FIELD_NAME, INITIAL_FORM_COUNT, TOTAL_FORM_COUNT
from django.forms.models import ModelChoiceIterator
from django.forms.widgets import ChoiceWidget, Widget
from django.utils import timezone, translation
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from webinar_site.foundation import stale_pages

BESIDE = "-"
NAME = "drawn"  # the hidden field of a form, and of each line of a table


@dataclass(frozen=True, slots=True)
class Drawn:
    """What came back of the values that a form was drawn with; nothing where the page was tampered with."""

    moment: str = ""
    seals: Mapping[str, str] = field(default_factory=dict)

    def is_still(self, name: str, value: object) -> bool:
        """Return whether a field was drawn with this value."""
        return stale_pages.is_sealed(self.seals.get(name, ""), self.moment, name, value)


def _read(token: str) -> Drawn:
    moment, *seals = token.split()[:1000] or [""]
    return Drawn(moment, dict(part.partition(":")[::2] for part in seals))


class _TokenField(forms.Field):
    """Carries what the form is drawn from now, whatever came back; what came back is read before all other fields."""

    def __init__(self, form: "DrawnForm") -> None:
        super().__init__(required=False, widget=forms.HiddenInput)
        self.form = form

    def prepare_value(self, value: Any) -> str:
        return self.form.token()

    def clean(self, value: Any) -> None:
        return None

    def has_changed(self, initial: Any, data: Any) -> bool:
        return False


class DrawnForm(forms.BaseForm):
    """A form whose `initial`, or instance, is what is there now, also when it comes back.

    `about` is the row by which who changed it is found on record; a form of a model is about its instance.
    """

    about: Model | None = None
    is_preview = False  # nothing is done with what came back, so it need not say what it was drawn from
    beside: tuple[object, ...] = ()  # what else is shown, which the sender assessed by
    lost: str = ""  # why a line of a table is no longer the one that was drawn

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Let the form carry what it is drawn from, unless it adds something new."""
        super().__init__(*args, **kwargs)
        self.changed: set[str] = set()
        self._clashes: dict[str, str] = {}
        instance = getattr(self, "instance", None)
        self.about = self.about or instance
        if instance is None or instance.pk is not None:
            self.fields[NAME] = _TokenField(self)

    def token(self) -> str:
        """Return what the form carries: the moment, and a seal over each value."""
        moment = timezone.now().isoformat()
        seals = (
            f"{name}:{stale_pages.seal(moment, name, self._stated(name, self._untouched(name)))}"
            for name in self._compared()
        )
        return " ".join((moment, f"{BESIDE}:{stale_pages.seal(moment, BESIDE, self.beside)}", *seals))

    def full_clean(self) -> None:
        """Take over what others changed and the sender left alone; refuse what both touched."""
        if self.is_bound and NAME in self.fields:
            self._merge()
        super().full_clean()
        if self.lost and self.has_changed():
            self.add_error(None, self.lost)
        for name, words in self._clashes.items():
            self.add_error(name or None, words)

    def _clean_fields(self) -> None:
        super()._clean_fields()  # type: ignore[misc]
        self.cleaned_data.pop(NAME, None)

    def clashes_with(self, value: str, record: stale_pages.RecordedChange | None) -> str:
        """Return what is said of a field that the sender and somebody else changed to something different."""
        if record is None:
            return _(
                "While this page was open, this was changed to “%(value)s”. Your own value is in the "
                "box: send the page again to keep it."
            ) % {"value": value}
        return _(
            "While this page was open, %(who)s changed this to “%(value)s” (%(when)s). Your own "
            "value is in the box: send the page again to keep it."
        ) % {"value": value, "who": record.who, "when": stale_pages.moment_in_brussels(record.at)}

    def _compared(self) -> Iterator[str]:
        for name, each in self.fields.items():
            is_shown = not isinstance(each.widget, forms.HiddenInput) and not isinstance(
                each, forms.FileField
            )
            if is_shown and not each.disabled:
                yield name

    def _merge(self) -> None:
        was = _read(str(self.data.get(self.add_prefix(NAME)) or ""))
        if not was.moment and self.is_preview:
            return
        if stale_pages.moment_of(was.moment) is None:
            self._clashes[""] = stale_pages.came_back_incomplete()
            return
        data, touched = _several(self.data), set()
        for name in self._compared():
            untouched = self._untouched(name)
            now, mine = self._stated(name, untouched), self._stated(name, self.data)
            if not was.is_still(name, now):
                self.changed.add(name)
            if was.is_still(name, mine):
                self._put(data, name, untouched)
                continue
            touched.add(name)
            if name in self.changed and mine != now:
                self._clashes[name] = self._clash(name, was)
        if touched and not was.is_still(BESIDE, self.beside):
            self._clashes[""] = _(
                "What is shown beside this was changed while the page was open. Look at it, then "
                "send the page again."
            )
        self.data = data

    def _clash(self, name: str, was: Drawn) -> str:
        record = stale_pages.last_change(self.about, stale_pages.moment_of(was.moment), self._on_record(name))
        return self.clashes_with(self._in_words(name), record)

    def changed_on_record(self) -> list[str]:
        """Return what the sender of a valid form changed, as the admin's log keeps it: by English labels."""
        return [self._on_record(name) for name in self.changed_data]

    def _on_record(self, name: str) -> str:
        with translation.override(None):
            return str(self.fields[name].label or name)

    def is_touched(self) -> bool:
        """Return whether the sender of a form changed anything in it, so far as it says what it was drawn from."""
        was = _read(str(self.data.get(self.add_prefix(NAME)) or ""))
        return any(not was.is_still(name, self._stated(name, self.data)) for name in self._compared())

    def _untouched(self, name: str) -> MultiValueDict[str, str]:
        """Return what a browser sends of a field that nobody touches, as things are now."""
        each, bound = self.fields[name], self[name]
        sent = _sent(_bare(each.widget), bound.html_name, each.prepare_value(bound.initial))
        found: MultiValueDict[str, str] = MultiValueDict()
        offered = _offered(each)
        for key, value in sent:
            if offered is None or value in offered:
                found.appendlist(key, value)
        return found

    def _put(self, data: MultiValueDict[str, str], name: str, untouched: MultiValueDict[str, str]) -> None:
        for key in _keys(_bare(self.fields[name].widget), self.add_prefix(name)):
            data.pop(key, None)
        for key, values in untouched.lists():
            data.setlist(key, values)

    def _stated(self, name: str, data: Any) -> object:
        """Return what a field says, however it was written."""
        each = self.fields[name]
        raw = each.widget.value_from_datadict(data, MultiValueDict(), self.add_prefix(name))
        try:
            return _plain(each.clean(raw))
        except ValidationError:
            return _plain(raw)

    def _in_words(self, name: str) -> str:
        """Return what is in a field now, as people read it."""
        each = self.fields[name]
        values = [value for _key, values in self._untouched(name).lists() for value in values]
        if isinstance(each.widget, forms.CheckboxInput):
            return _("yes") if values else _("no")
        words = {str(value): str(label) for value, label in _choices(each)}
        return ", ".join(words.get(value, value) for value in values if value)


def _bare(widget: Widget) -> Widget:
    """Return a widget without what the admin puts around it."""
    return cast(Widget, getattr(widget, "widget", widget))


def _sent(widget: Widget, name: str, value: Any) -> Iterator[tuple[str, str]]:
    """Yield the names and values that a browser sends for a widget that shows a value."""
    if isinstance(widget, forms.MultiWidget):
        parts = value if isinstance(value, list | tuple) else widget.decompress(value) or ()
        for suffix, box, part in zip(_suffixes(widget), widget.widgets, parts, strict=True):
            yield from _sent(box, f"{name}{suffix}", part)
    elif isinstance(widget, forms.CheckboxInput):
        if widget.check_test(value):
            yield name, "on"
    elif isinstance(widget, ChoiceWidget):
        yield from ((name, str(each)) for each in cast(Any, widget.format_value(value)) or ())
    else:
        shown = widget.format_value(value)
        yield name, "" if shown is None else str(shown)


def _keys(widget: Widget, name: str) -> set[str]:
    if isinstance(widget, forms.MultiWidget):
        return {f"{name}{suffix}" for suffix in _suffixes(widget)}
    return {name}


def _suffixes(widget: forms.MultiWidget) -> list[str]:
    """Return what the names of the boxes of one field end with."""
    return list(cast(Any, widget).widgets_names)


def _choices(each: forms.Field) -> Iterator[tuple[Any, Any]]:
    for value, label in getattr(each, "choices", ()):
        if isinstance(label, list | tuple):
            yield from label
        else:
            yield value, label


def _offered(each: forms.Field) -> set[str] | None:
    """Return the values that boxes are shown for; None where whatever is set is shown."""
    choices = getattr(each, "choices", None)
    is_list = choices is not None and not isinstance(choices, ModelChoiceIterator)
    many = is_list and getattr(each.widget, "allow_multiple_selected", False)
    return {str(value) for value, _label in _choices(each)} if many else None


def _plain(value: Any) -> object:
    """Return a value as it can be told from others: no rows, no line breaks of one system, no order of ticks."""
    if isinstance(value, Model):
        return str(value.pk)
    if isinstance(value, QuerySet | list | tuple | set):
        return sorted(str(_plain(each)) for each in value)
    if isinstance(value, str):
        return value.replace("\r\n", "\n").strip()
    if isinstance(value, datetime):
        return value.timestamp()
    return "" if value is None else value


def _several(data: Any) -> MultiValueDict[str, str]:
    """Return a copy of what was sent that can be written to."""
    if isinstance(data, MultiValueDict):
        return copy.copy(data)
    return MultiValueDict({key: value if isinstance(value, list) else [value] for key, value in data.items()})


class DrawnModelForm(DrawnForm, forms.ModelForm[Any]):
    """A form about a row, where the form needs nothing of its own."""


class DrawnFormSet(forms.BaseInlineFormSet[Any, Any, Any]):
    """Lines of a table below a row; a line that somebody deleted meanwhile holds up nobody, and its words stay.

    A line that the sender did not touch stays deleted. One with words of the sender's comes back as a new line that
    says so, and is added when the page is sent again.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Look which lines are still there."""
        super().__init__(*args, **kwargs)
        self._lost: dict[int, str] = {}
        if self.is_bound:
            self._move_lost_lines()

    def add_fields(self, form: Any, index: int | None) -> None:
        """Let each line know what it belongs to, and whether its row is gone."""
        super().add_fields(form, index)
        form.about = self.instance
        if index is not None:
            form.lost = self._lost.get(index, "")

    def clean(self) -> None:
        """Refuse to delete a line that somebody changed meanwhile, once."""
        super().clean()
        for form in self.initial_forms:
            if self.can_delete and form.cleaned_data.get(DELETION_FIELD_NAME) and form.changed:
                raise ValidationError(
                    _(
                        "While this page was open, “%(line)s”, which you ticked to be deleted, was changed. Look at it "
                        "again, then send the page once more to delete it."
                    )
                    % {"line": form.instance}
                )

    def _move_lost_lines(self) -> None:
        """Renumber the lines: those still there, those gone but with words of the sender's, the new ones."""
        there = {str(row.pk) for row in self.get_queryset()}
        known, total = self.initial_form_count(), self.total_form_count()
        pk = cast(Any, self.model)._meta.pk.name
        said = [self.data.get(f"{self.add_prefix(number)}-{pk}") for number in range(known)]
        gone = [number for number in range(known) if said[number] is not None and said[number] not in there]
        if not gone:
            return
        kept = [number for number in range(known) if number not in gone]
        lost = [number for number in gone if self._has_words(number)]
        order = [*kept, *lost, *range(known, total)]
        data = self._renumbered(order)
        for index, number in enumerate(lost, start=len(kept)):
            self._lost[index] = self._why_lost(number)
            data.pop(f"{self.add_prefix(index)}-{pk}", None)
        data.setlist(f"{self.prefix}-{INITIAL_FORM_COUNT}", [str(len(kept))])
        data.setlist(f"{self.prefix}-{TOTAL_FORM_COUNT}", [str(len(order))])
        self.data = data
        del self.management_form

    def _has_words(self, number: int) -> bool:
        form = cast(Any, self.form)(self.data, prefix=self.add_prefix(number), **self.form_kwargs)
        form.fields.pop(cast(Any, self.fk).name, None)
        return bool(form.is_touched()) and not self.data.get(
            f"{self.add_prefix(number)}-{DELETION_FIELD_NAME}"
        )

    def _why_lost(self, number: int) -> str:
        was = _read(str(self.data.get(f"{self.add_prefix(number)}-{NAME}") or ""))
        record = stale_pages.last_change(self.instance, stale_pages.moment_of(was.moment))
        if record is None:
            return _(
                "This line was deleted while the page was open. Send the page again to add it as a new one, or empty it."
            )
        return _(
            "%(who)s deleted this line while the page was open (%(when)s). Send the page again to add it as a new one, or "
            "empty it."
        ) % {"who": record.who, "when": stale_pages.moment_in_brussels(record.at)}

    def _renumbered(self, order: Iterable[int]) -> MultiValueDict[str, str]:
        """Return what was sent with the lines in this order, without the others."""
        indexes = {str(number): index for index, number in enumerate(order)}
        data: MultiValueDict[str, str] = MultiValueDict()
        for key, values in _several(self.data).lists():
            number, dash, rest = key.removeprefix(f"{self.prefix}-").partition("-")
            if not key.startswith(f"{self.prefix}-") or not dash or not number.isdigit():
                data.setlist(key, values)
            elif number in indexes:
                data.setlist(f"{self.prefix}-{indexes[number]}-{rest}", values)
        return data
