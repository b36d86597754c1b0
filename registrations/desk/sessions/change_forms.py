"""What staff fill in to change a session: its time, its title and place, or nothing."""

from datetime import UTC, date, datetime, time
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from registrations import services
from registrations.models import WebinarSession
from registrations.models.webinar import validate_plain_line
from webinar_site.foundation.days import BRUSSELS, validate_year
from webinar_site.foundation.stale_forms import DrawnForm


class TimesForm(DrawnForm, forms.Form):
    """When a session takes place, in Brussels time."""

    day = forms.DateField(
        label=_("Day"),
        validators=[validate_year],
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    starts = forms.TimeField(
        label=_("From (Brussels time)"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    ends = forms.TimeField(
        label=_("To (Brussels time)"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )

    with_agenda = forms.BooleanField(
        label=_("Move the times of the working agenda by as much"),
        required=False,
        initial=True,
        help_text=_("What is published of the agenda changes when you publish it again."),
    )

    with_closing = forms.BooleanField(
        label=_("Move the close of registration by as much"), required=False, initial=True
    )

    def __init__(self, session: WebinarSession, data: Any = None) -> None:
        """Start from the session's present times; offer to move what lies by them: agenda, close of registration."""
        super().__init__(data, initial=_times_of(session))
        self.about = self.session = session
        self._offer_closing(session)
        lines = session.agenda_items.timed()
        times = [line.starts_at for line in lines if line.starts_at]
        if not session.is_dated or not times or not all(map(session.holds, times)):
            del self.fields["with_agenda"]

    def _offer_closing(self, session: WebinarSession) -> None:
        """Offer to move a close of registration still to come; ticked where it is before the session's end."""
        closes_at = session.webinar.registration_closes_at
        if session.ends_at is None or closes_at is None or closes_at <= timezone.now():
            del self.fields["with_closing"]
            return
        self.initial["with_closing"] = closes_at <= session.ends_at
        words = {"moment": date_format(timezone.localtime(closes_at), "DATETIME_FORMAT")}
        self.fields["with_closing"].help_text = gettext("Registration closes on %(moment)s.") % words

    def clean(self) -> dict[str, Any]:
        """Add `starts_at` and `ends_at` in UTC, unless a time is missing or the clocks make it none or two."""
        cleaned = super().clean() or {}
        if {"day", "starts", "ends"} <= cleaned.keys():
            for field in ("starts", "ends"):
                try:
                    cleaned[f"{field}_at"] = brussels_moment(cleaned["day"], cleaned[field])
                except ValueError as problem:
                    self.add_error(field, str(problem))
        if {"starts_at", "ends_at"} <= cleaned.keys() and cleaned["ends_at"] <= cleaned["starts_at"]:
            self.add_error("ends", gettext("The session has to end after it starts."))
        elif "starts_at" in cleaned and cleaned["starts_at"] <= timezone.now():
            self.add_error("starts", gettext("The session has to start in the future."))
        closes_at = self.session.webinar.registration_closes_at
        if closes_at and "starts_at" in cleaned and cleaned.get("with_closing"):
            cleaned["closes_at"] = services.sessions.closing_after(
                closes_at, self.session.starts_at, cleaned["starts_at"]
            )
        if not self.errors and {"day", "starts", "ends"}.isdisjoint(self.changed_data):
            self.add_error(None, gettext("These are the times the session has."))
        return cleaned


def _times_of(session: WebinarSession) -> dict[str, date | time]:
    if session.starts_at is None or session.ends_at is None:
        return {}
    starts, ends = session.starts_at.astimezone(BRUSSELS), session.ends_at.astimezone(BRUSSELS)
    return {"day": starts.date(), "starts": starts.time(), "ends": ends.time()}


def brussels_moment(day: date, clock: time) -> datetime:
    """Return a Brussels wall time as a moment in UTC; raise ValueError when there is none, or are two, on that day."""
    early = datetime.combine(day, clock, BRUSSELS)
    late = early.replace(fold=1)
    if early.utcoffset() == late.utcoffset():
        return early.astimezone(UTC)
    if early.astimezone(UTC).astimezone(BRUSSELS).replace(tzinfo=None) != early.replace(tzinfo=None):
        raise ValueError(gettext("There is no such time on this day: the clocks go forward over it."))
    raise ValueError(
        gettext("This time comes twice on this day: the clocks go back over it. Choose another.")
    )


class DateBackForm(forms.Form):
    """Nothing to fill in: the session's date is taken back."""

    def __init__(self, session: WebinarSession, data: Any = None) -> None:
        """Take the date of this session back."""
        super().__init__(data)
        self.session = session

    def clean(self) -> dict[str, Any]:
        """Refuse where there is no date to take back."""
        if not self.session.is_dated:
            self.add_error(None, gettext("This session has no date."))
        return super().clean() or {}


class TitleForm(DrawnForm, forms.Form):
    """What a session is called, and where it is held."""

    # A model's validators are not part of the form field it makes.
    title = WebinarSession._meta.get_field("title").formfield(validators=[validate_plain_line])
    place = WebinarSession._meta.get_field("place").formfield(validators=[validate_plain_line])

    def __init__(self, session: WebinarSession, data: Any = None) -> None:
        """Start from the session's present title and place."""
        super().__init__(data, initial={"title": session.title, "place": session.place})
        self.about = session

    def clean(self) -> dict[str, Any]:
        """Refuse a change that changes nothing."""
        cleaned = super().clean() or {}
        if not self.errors and not self.has_changed():
            self.add_error(None, gettext("The session has this title and venue already."))
        return cleaned
