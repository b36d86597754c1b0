"""Inviting speakers, moderators and colleagues, outside eligibility."""

from typing import Any, cast

from django import forms
from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from eligibility.countries import COUNTRIES
from registrations import services
from registrations.desk.refusals import refusals_in
from registrations.forms.fields import LineField, OthersAddressField
from registrations.models import Registration, WebinarSession
from webinar_site.foundation.desk.pages import StaffRequest, back_to, show, tell


class SessionsField(forms.ModelMultipleChoiceField[WebinarSession]):
    """Sessions to tick, each named with its webinar."""

    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, obj: WebinarSession) -> str:
        """Return the webinar and the session."""
        return f"{obj.webinar} · {obj}"

    def clean(self, value: Any) -> QuerySet[Any]:
        """Return the sessions; refuse a number that no database can hold like any other that is not offered."""
        try:
            return super().clean(value)
        except OverflowError as error:
            message = _("Choose from the sessions that are offered.")
            raise forms.ValidationError(message, code="invalid_choice") from error


def _country_choices() -> list[tuple[str, str]]:
    return [("", gettext_lazy("Select a country")), *COUNTRIES]


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


class GuestForm(forms.ModelForm[Registration]):
    """Somebody staff invite: a speaker, a moderator, a colleague."""

    country = forms.ChoiceField(label=gettext_lazy("Country of establishment"), choices=_country_choices)
    language = forms.ChoiceField(label=gettext_lazy("Language of our mails"), choices=settings.LANGUAGES)
    sessions = SessionsField(label=gettext_lazy("Sessions"), queryset=WebinarSession.objects.none())

    class Meta:
        model = Registration
        fields = GUEST_ANSWERS
        field_classes = {
            **dict.fromkeys(("first_name", "last_name", "organisation", "position"), LineField),
            "email": OthersAddressField,
        }
        help_texts = {"first_name": gettext_lazy("Leave this empty for somebody who has only one name.")}

    def __init__(self, data: Any = None) -> None:
        """Offer the sessions still to come of every webinar."""
        super().__init__(data)
        sessions = WebinarSession.objects.to_come(timezone.now())
        offered = sessions.select_related("webinar").order_by("-webinar_id", "number")
        cast(SessionsField, self.fields["sessions"]).queryset = offered

    def clean_sessions(self) -> list[WebinarSession]:
        """Return the sessions; refuse a choice across webinars, which would be two registrations."""
        sessions = list(self.cleaned_data["sessions"])
        if len({session.webinar_id for session in sessions}) > 1:
            raise forms.ValidationError(_("Choose sessions of one webinar only."))
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


def invite_guest(request: StaffRequest) -> HttpResponse:
    """Show the form for a guest; the POST gives the places and mails the invitations."""
    form = GuestForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with refusals_in(form):
            registration = services.people.invite_guest(
                form.webinar_id(), guest=form.guest(), by=request.user, now=timezone.now()
            )
            tell(request, _("The guest is invited."))
            return back_to(registration)
    return show(
        request, "registrations/people/guest.html", Registration, title=_("Invite a guest"), form=form
    )
