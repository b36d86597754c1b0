"""What staff say about an attendance report: the file, and which of its columns says what."""

import datetime
import hashlib
from datetime import tzinfo
from typing import Any, cast

from django import forms
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registrations import services
from registrations.desk.uploads import MOST_UPLOADED_LINES, ListForm
from registrations.meeting_reports import attendance
from registrations.meeting_reports.headings import Part, part_of
from registrations.meeting_reports.times import Order, possible_orders
from registrations.models import WebinarSession
from webinar_site.foundation import days
from webinar_site.foundation.tables import reader

SAMPLE_LETTERS = 30
UTC, BRUSSELS, REPORT = "utc", "brussels", "report"
ZONES: dict[str, tzinfo] = {UTC: datetime.UTC, BRUSSELS: days.BRUSSELS}
LABELS = {
    Part.NAME: gettext_lazy("Name"),
    Part.FIRST_NAME: gettext_lazy("First name"),
    Part.LAST_NAME: gettext_lazy("Family name"),
    Part.EMAIL: gettext_lazy("Email address"),
    Part.ORGANISATION: gettext_lazy("Organisation"),
    Part.ROLE: gettext_lazy("Role in the meeting"),
    Part.ATTENDED: gettext_lazy("Attended, yes or no"),
    Part.WAITING: gettext_lazy("In the waiting room, yes or no"),
    Part.DATE: gettext_lazy("Date, if it has a column of its own"),
    Part.JOINED: gettext_lazy("Time of joining"),
    Part.LEFT: gettext_lazy("Time of leaving"),
    Part.DURATION: gettext_lazy("Duration"),
}
CLOCKS = [(BRUSSELS, gettext_lazy("Brussels time")), (UTC, gettext_lazy("GMT (UTC)"))]
NAMING = (Part.NAME, Part.FIRST_NAME, Part.LAST_NAME, Part.EMAIL)
TIMING = (Part.JOINED, Part.DURATION)


class ReportForm(ListForm):
    """A meeting's attendance report, as a file or as text."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Name the boxes for what goes into them."""
        super().__init__(*args, **kwargs)
        self.fields["upload"].label = _("Attendance report (CSV or .xlsx)")
        self.fields["text"].label = _("Or paste the report")
        self.fields["text"].help_text = _(
            "As WebEx, Teams, Zoom, GoTo or BigBlueButton write it, with its headings; at most 1 MB and 5,000 lines."
        )

    def clean(self) -> dict[str, Any]:
        """Add the `table`, and the hash of its text; refuse what is none."""
        cleaned = super().clean()
        if self.errors:
            return cleaned
        text = cleaned["text"]
        try:
            cleaned["table"] = reader.read_table(text, most_rows=MOST_UPLOADED_LINES, known=_is_heading)
        except reader.UnreadableTable as refusal:
            self.add_error(None, str(refusal))
        cleaned["sha256"] = hashlib.sha256(text.encode()).hexdigest()
        return cleaned


def _is_heading(cell: str) -> bool:
    return part_of(cell) is not None


class ReadingForm(forms.Form):
    """Which column of a report says what; starts from a guess, and shows values to recognise a column by."""

    order = forms.ChoiceField(
        label=gettext_lazy("Dates like 05/06/2020"),
        required=False,
        choices=[
            ("", gettext_lazy("choose, if there are any")),
            (Order.DAY_FIRST.value, gettext_lazy("day first: 5 June")),
            (Order.MONTH_FIRST.value, gettext_lazy("month first: 6 May")),
        ],
    )
    clock = forms.ChoiceField(label=gettext_lazy("Times that name no zone are in"), choices=CLOCKS)

    def __init__(self, table: reader.Table, data: Any = None) -> None:
        """Ask about each kind of column, starting from what the headings seem to say."""
        self.table = table
        guess = attendance.guess(table)
        self.named = guess.zone
        super().__init__(data, initial=_initial(guess))
        if guess.zone not in ZONES.values():
            named = (REPORT, _("%(zone)s, as the report says") % {"zone": guess.zone})
            cast(forms.ChoiceField, self.fields["clock"]).choices = [named, *CLOCKS]
        choices = [("", _("not in the report")), *_columns(table)]
        for part, label in LABELS.items():
            self.fields[part.value] = forms.ChoiceField(label=label, required=False, choices=choices)
        self.order_fields([*(part.value for part in LABELS), "order", "clock"])

    def clean(self) -> dict[str, Any]:
        """Add the `reading`; refuse one that finds nobody, or no time, or dates that can be read in two ways."""
        cleaned = super().clean() or {}
        columns = {part: int(cleaned[part.value]) for part in LABELS if cleaned.get(part.value)}
        if not any(part in columns for part in NAMING):
            self.add_error(None, _("Say in which column names or email addresses are."))
        if not any(part in columns for part in TIMING):
            self.add_error(None, _("Say in which column the time of joining, or the duration, is."))
        order = Order(cleaned["order"]) if cleaned.get("order") else None
        possible = possible_orders(attendance.times_of(self.table, columns))
        if not possible or (order and len(possible) == 1 and order not in possible):
            self.add_error("order", _("Not all dates of these columns can be read in this way."))
        elif order is None and len(possible) > 1:
            self.add_error("order", _("These dates can be read in two ways: say which of them is meant."))
        order = order or next(iter(possible), None)
        zone = ZONES.get(cleaned.get("clock", ""), self.named)
        cleaned["reading"] = attendance.reading_of(self.table, columns, order, zone)
        return cleaned

    def notes(self, session: WebinarSession) -> tuple[str, ...]:
        """Return what is assumed in reading the report of a dated session, as sentences."""
        reading = self.cleaned_data["reading"]
        assumed = list(self.table.notes)
        if session.starts_at and attendance.lacks_dates(self.table, reading.columns):
            day = days.day_in_words(session.starts_at.astimezone(days.BRUSSELS).date())
            assumed.append(_("Times without a date are those of the session's day, %(day)s.") % {"day": day})
        return tuple(assumed)

    def as_json(self) -> dict[str, object]:
        """Return how the report is read, as it is kept with it."""
        reading = self.cleaned_data["reading"]
        columns = {part.value: position for part, position in reading.columns.items()}
        return {"columns": columns, "order": reading.order, "zone": str(reading.zone)}


def _initial(guess: attendance.Reading) -> dict[str, str]:
    columns = {part.value: str(position) for part, position in guess.columns.items()}
    clock = next((name for name, zone in ZONES.items() if zone == guess.zone), REPORT)
    return {**columns, "order": guess.order or "", "clock": clock}


def _columns(table: reader.Table) -> list[tuple[str, str]]:
    """Return a choice for each column: its heading, and some of its values."""
    return [(str(position), _column(table, position)) for position in range(len(table.headings))]


def _column(table: reader.Table, position: int) -> str:
    heading = table.headings[position] or _("column %(number)d") % {"number": position + 1}
    values = ", ".join(Truncator(value).chars(SAMPLE_LETTERS) for value in table.samples(position))
    if not values:
        return _("%(heading)s (empty)") % {"heading": heading}
    return _("%(heading)s (for example %(values)s)") % {"heading": heading, "values": values}


class MatchForm(forms.Form):
    """Whose seat an attendance was, by the button pressed: one of those that are shown."""

    act = forms.ChoiceField(choices=[("match", "match"), ("aside", "aside"), ("reopen", "reopen")])
    seat = forms.IntegerField(
        required=False, error_messages={"invalid": gettext_lazy("Choose somebody from the list.")}
    )

    def clean(self) -> dict[str, Any]:
        """Return the answers; refuse a match with nobody."""
        cleaned = super().clean() or {}
        if cleaned.get("act") == "match" and cleaned.get("seat") is None and not self.errors:
            self.add_error("seat", _("Choose somebody from the list."))
        return cleaned


def source_of(form: ReportForm, reading: ReadingForm) -> services.attendance.ReportSource:
    """Return where a report comes from, of two valid forms."""
    return services.attendance.ReportSource(form.cleaned_data["sha256"], reading.as_json())
