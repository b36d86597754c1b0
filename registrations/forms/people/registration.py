"""What people fill in to register, to change their answers, and to get their links again."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Fieldset, Layout, Submit
from django import forms
from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from eligibility import countries
from eligibility import register as eligibility_register
from eligibility.explain import explain_html
from eligibility.rules import Verdict
from registrations import services
from registrations.forms.fields import TOO_LONG, AddressField, LongTextField, Options, line, longest
from registrations.forms.people.countries import CountrySelect, assessment_day, country_hint, country_list
from registrations.forms.shown_texts import TEXTS_SHOWN, ShowsTexts, language
from registrations.models import (
    CONSENTS,
    AccessNeed,
    LegalText,
    OrganisationType,
    PersonTitle,
    Registration,
    Webinar,
    WebinarSession,
)
from registrations.states import SeatState
from registrations.times import session_time_html
from webinar_site.foundation.languages import in_language
from webinar_site.foundation.stale_forms import NAME, DrawnForm
from webinar_site.foundation.stale_pages import RecordedChange

COUNTRY_STATUS = '{% include "registrations/people/country_status.html" %}'


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why somebody may not take part in these sessions, as sentences."""

    sessions: tuple[WebinarSession, ...]
    reasons: tuple[str, ...]


def _session_label(session: WebinarSession) -> SafeString:
    return format_html(
        '<span><strong lang="{}">{}. {}</strong><br>{}</span>',
        session.webinar.language,
        session.number,
        session.title,
        session_time_html(session.starts_at, session.ends_at),
    )


def offer_without_texts(webinar: Webinar) -> services.people.Offer:
    """Return what a webinar (with its audience and sessions) offers to somebody who is not asked about their data."""
    return services.people.Offer(webinar, eligibility_register.current(webinar.audience.key))


class RegistrationForm(ShowsTexts):
    """Ask for everything a registration needs; `refuse` adds the reasons when a country may not take part."""

    title = forms.ChoiceField(
        label=gettext_lazy("Title"),
        required=False,
        choices=[("", gettext_lazy("No title")), *PersonTitle.choices],
        widget=forms.Select(attrs={"autocomplete": "honorific-prefix"}),
    )
    first_name = line(
        "first_name",
        gettext_lazy("First name"),
        help_text=gettext_lazy(
            "If you have only one name, leave this empty and enter it as your family name."
        ),
        autocomplete="given-name",
    )
    last_name = line(
        "last_name",
        gettext_lazy("Family name"),
        missing=gettext_lazy("Enter your family name."),
        autocomplete="family-name",
    )
    email = AddressField(
        label=gettext_lazy("Email address"),
        help_text=gettext_lazy("We send a link to this address, to confirm that it is yours."),
    )
    organisation = line(
        "organisation",
        gettext_lazy("Organisation"),
        missing=gettext_lazy("Enter the name of your organisation."),
        autocomplete="organization",
    )
    organisation_type = forms.ChoiceField(
        label=gettext_lazy("Type of organisation"),
        choices=[("", gettext_lazy("Select a type")), *OrganisationType.choices],
        error_messages={"required": gettext_lazy("Select the type of your organisation.")},
    )
    position = line("position", gettext_lazy("Position"), autocomplete="organization-title")
    country = forms.ChoiceField(
        label=gettext_lazy("Country where your organisation is established"),
        error_messages={
            "required": gettext_lazy("Select the country where your organisation is established."),
            "invalid_choice": gettext_lazy("Select a country from the list."),
        },
        widget=CountrySelect(attrs={"autocomplete": "country"}),
    )
    ask_review = forms.BooleanField(
        label=gettext_lazy("I ask a member of staff to look at my case"), required=False
    )
    sessions = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Sessions you want to attend"),
        coerce=int,
        widget=Options,
        error_messages={
            "required": gettext_lazy("Choose at least one session."),
            "invalid_choice": gettext_lazy(
                "Choose from the sessions of this webinar that are still to come."
            ),
        },
    )
    question = LongTextField(
        label=gettext_lazy("Question for the discussion"),
        required=False,
        max_length=longest("question"),
        error_messages={"max_length": TOO_LONG},
    )
    access_needs = forms.MultipleChoiceField(
        label=gettext_lazy("What you need to take part"),
        required=False,
        choices=AccessNeed.Measure.choices,
        widget=Options,
        help_text=gettext_lazy("Seen only by the people who organise it, and deleted first."),
    )
    privacy_acknowledged = forms.BooleanField(
        label=gettext_lazy("I have read the privacy statement"),
        error_messages={
            "required": gettext_lazy("Tick the box to say that you have read the privacy statement.")
        },
    )
    share_contact = forms.BooleanField(
        label=gettext_lazy("My name and organisation may stand in a list that is given to the participants."),
        required=False,
    )
    contact_me = forms.BooleanField(
        label=gettext_lazy("The Cluster Team may write to me about other cluster events."), required=False
    )

    submit_label = gettext_lazy("Send registration")

    def __init__(self, *args: Any, offer: services.people.Offer, now: datetime, **kwargs: Any) -> None:
        """Offer the sessions of a webinar that can still be chosen, and the countries by its lists."""
        super().__init__(*args, **kwargs)
        self.refusals: list[Refusal] = []
        webinar = offer.webinar
        offered = self.offered_sessions(webinar, now)
        self._choices("sessions").choices = [(session.pk, _session_label(session)) for session in offered]
        self.fields["sessions"].help_text = in_language(webinar.recording_notice, webinar.language)
        listed = country_list(offer.register, assessment_day(webinar, now))
        self._choices("country").choices = listed.choices
        cast(CountrySelect, self.fields["country"].widget).written = listed.html
        self.fields["country"].help_text = country_hint()
        self.show_texts(offer.texts)

    def _choices(self, name: str) -> forms.ChoiceField:
        return cast(forms.ChoiceField, self.fields[name])

    def offered_sessions(self, webinar: Webinar, now: datetime) -> list[WebinarSession]:
        """Return the sessions that the form lets people choose from."""
        return [session for session in webinar.sessions.all() if session.can_be_chosen(now)]

    @property
    def helper(self) -> FormHelper:
        """Return how crispy forms lays the form out: groups of fields, reasons of a refusal below the country."""
        organisation = ["organisation", "organisation_type", "position", "country", HTML(COUNTRY_STATUS)]
        if self.refusals or self["ask_review"].value():
            organisation += [HTML('{% include "registrations/people/refusal.html" %}'), "ask_review"]
        helper = FormHelper()
        helper.layout = Layout(
            Fieldset(_("About you"), *self._present("title", "first_name", "last_name", "email", "language")),
            Fieldset(_("Your organisation"), *organisation),
            Fieldset(_("The webinar"), *self._present("sessions", "question", "access_needs")),
            Fieldset(_("Your data"), *self._present("privacy_acknowledged", *CONSENTS)),
            HTML(TEXTS_SHOWN),
            *self._present(NAME),
        )
        helper.add_input(Submit("", self.submit_label))
        return helper

    def _present(self, *names: str) -> list[str]:
        return [name for name in names if name in self.fields]

    def refuse(self, verdicts: Iterable[tuple[WebinarSession, Verdict]]) -> None:
        """Show why the country may not take part, and offer that a member of staff looks at the case."""
        sessions_by_reasons: dict[tuple[str, ...], list[WebinarSession]] = {}
        for session, verdict in verdicts:
            sessions_by_reasons.setdefault(tuple(explain_html(verdict)), []).append(session)
        self.refusals = [Refusal(tuple(found), reasons) for reasons, found in sessions_by_reasons.items()]
        message = _(
            "Organisations established in %(country)s cannot take part. Below you read why, and can ask for a human look."
        )
        self.add_error("country", message % {"country": countries.display_name(self.cleaned_data["country"])})

    def submission(self) -> services.people.Submission:
        """Return the answers of a valid form as values for the services."""
        data = self.cleaned_data
        return services.people.Submission(
            **{name: data[name] for name in services.people.ANSWERS},
            **{name: data.get(name, False) for name in CONSENTS},
            privacy_text=self.said_to_be_shown(LegalText.Kind.PRIVACY),
            consent_text=self.said_to_be_shown(LegalText.Kind.CONSENTS),
            email=data.get("email", ""),
            sessions=tuple(data.get("sessions", ())),
            access_needs=tuple(data["access_needs"]),
            language=data.get("language") or language(),
        )


class EditForm(DrawnForm, RegistrationForm):
    """Ask for the same again, filled in, and for the language of mails; what was agreed to has its own page."""

    email = None  # type: ignore[assignment]  # how Django takes a field away
    privacy_acknowledged = None  # type: ignore[assignment]
    share_contact = None  # type: ignore[assignment]
    contact_me = None  # type: ignore[assignment]
    language = forms.ChoiceField(
        label=gettext_lazy("Language of our mails to you"), choices=settings.LANGUAGES
    )
    submit_label = gettext_lazy("Save changes")

    def __init__(self, *args: Any, registration: Registration, now: datetime) -> None:
        """Show what a registration says; its seats and access needs are prefetched."""
        self.chosen = [
            seat.session_id for seat in registration.seats.all() if seat.state != SeatState.CANCELLED
        ]
        initial = {
            **{name: getattr(registration, name) for name in (*services.people.ANSWERS, "language")},
            "sessions": self.chosen,
            "access_needs": [need.measure for need in registration.access_needs.all()],
        }
        super().__init__(*args, offer=offer_without_texts(registration.webinar), now=now, initial=initial)
        if not self._choices("sessions").choices:
            del self.fields["sessions"]

    def clashes_with(self, value: str, record: RecordedChange | None) -> str:
        """Return what is said of an answer that was changed here and in another window."""
        return _(
            "In another window this was changed to “%(value)s” while this page was open. What you wrote here stands in "
            "the box: send the page again to keep it."
        ) % {"value": value}

    def offered_sessions(self, webinar: Webinar, now: datetime) -> list[WebinarSession]:
        """Return the sessions still to come: all of them while registration is open, then the person's own."""
        sessions = super().offered_sessions(webinar, now)
        return sessions if webinar.is_open(now) else [each for each in sessions if each.pk in self.chosen]


class MyLinkForm(forms.Form):
    """Ask for the address that links are to be sent to."""

    email = AddressField(label=gettext_lazy("Email address you registered with"))

    @property
    def helper(self) -> FormHelper:
        """Return how crispy forms lays the form out."""
        helper = FormHelper(self)
        helper.add_input(Submit("", _("Send me my links")))
        return helper
