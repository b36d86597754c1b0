"""What staff fill in on the desk's own pages: shape and wording; services check the world."""

import re
from datetime import UTC, date, datetime, time
from typing import Any, cast
from uuid import uuid4

from django import forms
from django.conf import settings
from django.db.models import Model, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from eligibility.countries import COUNTRIES
from registrations import services
from registrations.forms.fields import Line, OthersAddressField
from registrations.models import (
    REASONS,
    STANDING_PART,
    STANDING_PARTS,
    Registration,
    SessionState,
    WebinarSession,
)
from registrations.models.webinar import validate_plain_line
from registrations.services.seats import Shown
from registrations.states import MOVES_WITHOUT_REASON, Move
from webinar_site.foundation.days import BRUSSELS, validate_year
from webinar_site.foundation.desk.pages import AnswerForm
from webinar_site.foundation.drawn_forms import DrawnForm


class ReasonForm(forms.Form):
    """Why something is done."""

    reason = forms.CharField(
        label=_("Reason"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4, "cols": 80})
    )

    def __init__(self, data: Any = None, *, help_text: str = "") -> None:
        """Ask for the reason, saying who will read it."""
        super().__init__(data)
        self.fields["reason"].help_text = help_text


class ShownSeatsField(forms.RegexField):
    """Seats something is done about, however many, as one hidden field: of each its id, and how it stood on the page.

    Links to a page name ids alone. A form that is sent so shows the page again, since it does not say what it was drawn
    from.
    """

    widget = forms.HiddenInput

    def __init__(self, **options: Any) -> None:
        """Take ids, each with or without its standing, separated by commas."""
        standing = f"[\\w-]{{{STANDING_PART * len(STANDING_PARTS)}}}"
        one = f"[0-9]{{1,18}}(:{standing})?"
        super().__init__(re.compile(f"^{one}(,{one})*$", re.ASCII), **options)

    def clean(self, value: Any) -> dict[int, str]:
        """Return how each seat was shown by its id, in the order of ids; "" where the field does not say."""
        seats = super().clean(value)
        parts = (seat.partition(":") for seat in seats.split(",")) if seats else ()
        return dict(sorted((int(pk), standing) for pk, _colon, standing in parts))

    @staticmethod
    def written(shown: Shown) -> str:
        """Return what the field says of seats that are shown so."""
        return ",".join(f"{pk}:{standing}" for pk, standing in shown.items())


class SeatsForm(ReasonForm):
    """Seats something is done about, and why."""

    seats = ShownSeatsField()


class ShownAnswerForm(AnswerForm):
    """What the second person says about seats, and how these stood on the page."""

    seats = ShownSeatsField(required=False)


class DecisionForm(SeatsForm):
    """Seats to decide about; and why, where it goes against the person."""

    reason_code = forms.ChoiceField(
        label=_("Reason"),
        required=False,
        help_text=_("The person reads it as a sentence in the language of their mails: “Preview” shows it."),
    )
    page = forms.UUIDField(required=False, widget=forms.HiddenInput, initial=uuid4)
    field_order = ("reason_code", "reason")

    def __init__(self, move: Move, data: Any = None) -> None:
        """Ask for a reason where the move goes against the person: to choose, where the table has any, and to write."""
        super().__init__(
            data,
            help_text=gettext(
                "The person reads it in the mail. About several people name nobody: the history keeps it for good."
            ),
        )
        self.codes = REASONS.get(move, ())
        if move in MOVES_WITHOUT_REASON:
            del self.fields["reason"]
        if not self.codes:
            del self.fields["reason_code"]
            return
        choices = [
            ("", gettext("none of these: see my own words")),
            *((code, code.label) for code in self.codes),
        ]
        cast(forms.ChoiceField, self.fields["reason_code"]).choices = choices
        self.fields["reason"].label = gettext("In your own words")
        self.fields["reason"].required = False

    def clean(self) -> dict[str, Any]:
        """Refuse where a reason could be chosen or written, and neither was."""
        cleaned = super().clean() or {}
        if self.codes and not self.errors and not (cleaned["reason_code"] or cleaned["reason"]):
            self.add_error("reason_code", gettext("Choose a reason, or write one, or both."))
        return cleaned


class PlaceForm(ReasonForm):
    """Which place on a waiting list somebody is to have, and why."""

    place = forms.IntegerField(label=_("New place"), min_value=1)
    seen = forms.IntegerField(widget=forms.HiddenInput)
    field_order = ("place", "reason")

    def __init__(self, place: int, length: int, data: Any = None) -> None:
        """Ask for a place on a list of this length, for somebody who has `place` now."""
        super().__init__(data, help_text=gettext("Colleagues and auditors read it; nobody is mailed."))
        self.fields["seen"].initial = place
        self.fields["place"].help_text = gettext("From 1 to %(length)d; 1 gets the next free place.") % {
            "length": length
        }


class ContestAnswerForm(forms.Form):
    """What staff answer to an objection, and whether they will decide about the seat again."""

    answer = forms.CharField(
        label=_("Answer"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4, "cols": 80}),
        help_text=_("The person reads it in the mail and on their own page."),
    )
    put_back = forms.BooleanField(label=_("Put the seat back to requested"), required=False)

    def __init__(self, why_not_put_back: str, data: Any = None) -> None:
        """Offer no tick where the seat cannot be put back, and say why; a page opened before that is refused later."""
        super().__init__(data)
        self.fields["put_back"].help_text = why_not_put_back
        if why_not_put_back:
            self.fields["put_back"].widget.attrs["disabled"] = True


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
        """Start from the session's present times; offer to move along what lies by them: agenda, close of registration."""
        super().__init__(data, initial=_times_of(session))
        self.about = self.session = session
        self._offer_closing(session)
        lines = session.agenda_items.filter(starts_at__isnull=False)
        times = [line.starts_at for line in lines if line.starts_at]
        if not session.is_dated or not times or not all(map(session.holds, times)):
            del self.fields["with_agenda"]

    def _offer_closing(self, session: WebinarSession) -> None:
        """Offer to move the close of registration where there is one to come; ticked where it is before the session's end."""
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
            self.add_error(None, gettext("These are the title and place the session has."))
        return cleaned


class PublishForm(forms.Form):
    """Whether an agenda goes out without a mail."""

    silent = forms.BooleanField(
        label=_("Tell nobody"),
        required=False,
        help_text=_(
            "Only where a misprint was corrected. History says so, and the next mail about the agenda tells this change too."
        ),
    )


class SessionsField(forms.ModelMultipleChoiceField):
    """Sessions to tick, each named with its webinar."""

    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, obj: Model) -> str:
        """Return the webinar and the session."""
        session = cast(WebinarSession, obj)
        return f"{session.webinar} · {session}"

    def clean(self, value: Any) -> QuerySet[Any]:
        """Return the sessions; refuse a number that no database can hold like any other that is not offered."""
        try:
            return super().clean(value)
        except OverflowError as error:
            message = gettext("Choose from the sessions that are offered.")
            raise forms.ValidationError(message, code="invalid_choice") from error


def _country_choices() -> list[tuple[str, str]]:
    return [("", _("Select a country")), *COUNTRIES]


GUEST_ANSWERS = (
    "title",
    "first_name",
    "last_name",
    "email",
    "organisation",
    "organisation_type",
    "position",
    "country",
    "language",
)


class GuestForm(forms.ModelForm):
    """Somebody staff invite: a speaker, a moderator, a colleague."""

    country = forms.ChoiceField(label=_("Country of establishment"), choices=_country_choices)
    language = forms.ChoiceField(label=_("Language of our mails"), choices=settings.LANGUAGES)
    sessions = SessionsField(label=_("Sessions"), queryset=WebinarSession.objects.none())

    class Meta:
        model = Registration
        fields = GUEST_ANSWERS
        field_classes = {
            **dict.fromkeys(("first_name", "last_name", "organisation", "position"), Line),
            "email": OthersAddressField,
        }
        help_texts = {"first_name": _("Leave this empty for somebody who has only one name.")}

    def __init__(self, data: Any = None) -> None:
        """Offer the sessions still to come of every webinar."""
        super().__init__(data)
        sessions = WebinarSession.objects.filter(state=SessionState.PLANNED).exclude(
            ends_at__lte=timezone.now()
        )
        offered = sessions.select_related("webinar").order_by("-webinar_id", "number")
        cast(SessionsField, self.fields["sessions"]).queryset = offered

    def clean_sessions(self) -> list[WebinarSession]:
        """Return the sessions; refuse a choice across webinars, which would be two registrations."""
        sessions = list(self.cleaned_data["sessions"])
        if len({session.webinar_id for session in sessions}) > 1:
            raise forms.ValidationError(gettext("Choose sessions of one webinar only."))
        return sessions

    def webinar_id(self) -> int:
        """Return the webinar the chosen sessions belong to."""
        webinar_id: int = self.cleaned_data["sessions"][0].webinar_id
        return webinar_id

    def guest(self) -> services.people.Guest:
        """Return what was filled in as values."""
        answers = {name: self.cleaned_data[name] for name in GUEST_ANSWERS}
        return services.people.Guest(
            **answers, sessions=tuple(session.pk for session in self.cleaned_data["sessions"])
        )
