"""Filters of the desk's lists."""

from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import Any, cast

from django.conf import settings
from django.contrib import admin
from django.db.models import Case, Exists, F, Model, OuterRef, Q, QuerySet, Value, When
from django.db.models.expressions import Combinable
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from eligibility.countries import display_name
from eligibility.labels import OUTCOMES
from eligibility.register import published_editions
from eligibility.rules import Outcome
from registrations import permissions, services
from registrations.desk.facets import ChoicesFacet, Facet, Label, YesNoFacet
from registrations.models import (
    FLAGS,
    AccessNeed,
    Answer,
    Kind,
    OrganisationType,
    OverrideQuerySet,
    ReasonCode,
    Registration,
    Seat,
    Webinar,
    WebinarSession,
    is_late,
)
from registrations.states import RegistrationState, SeatState


class StateFacet(ChoicesFacet):
    """How far a seat is."""

    title = _("state")
    parameter_name = "state__exact"
    column = "state"
    labels = SeatState.choices


class RegistrationStateFacet(StateFacet):
    """How far a registration is."""

    labels = RegistrationState.choices


class VerdictFacet(ChoicesFacet):
    """What the rules say."""

    title = _("verdict")
    parameter_name = "outcome__exact"
    column = "outcome"
    labels = tuple((outcome.value, OUTCOMES[outcome]) for outcome in Outcome)


class ListFacet(Facet):
    """The list whose entry decided; a country on two lists counts where the verdict says."""

    title = _("list")
    parameter_name = "list_key"
    column = "list_key"

    def options(self, counts: Mapping[str, int] | None) -> list[tuple[str, Label]]:
        """Return the lists by their keys, and none at all."""
        keys = counts if counts is not None else {edition.list_key for edition in published_editions()}
        return [*((key, key) for key in sorted(keys) if key), ("", _("no list"))]


class AnswerFacet(ChoicesFacet):
    """What the person's calendar answered."""

    title = _("calendar answer")
    parameter_name = "answer__exact"
    column = "answer"
    labels = Answer.choices


class ReasonFacet(ChoicesFacet):
    """The reason of the table that was chosen for a decision."""

    title = _("reason chosen")
    parameter_name = "reason_code__exact"
    column = "reason_code"
    labels = ReasonCode.choices


class SessionFacet(Facet):
    """The sessions."""

    title = _("session")
    parameter_name = "session__id__exact"
    column = "session_id"

    def options(self, counts: Mapping[str, int] | None) -> list[tuple[str, Label]]:
        """Return all sessions."""
        return [(str(session.pk), str(session)) for session in WebinarSession.objects.all()]


class WebinarFacet(Facet):
    """The webinars."""

    title = _("webinar")
    parameter_name = "webinar__id__exact"
    column = "webinar_id"

    def options(self, counts: Mapping[str, int] | None) -> list[tuple[str, Label]]:
        """Return all webinars."""
        return [(str(webinar.pk), str(webinar)) for webinar in Webinar.objects.all()]


class SeatStateFacet(ChoicesFacet):
    """The states of a person's seats; not counted, because one person may have several."""

    title = _("seats")
    parameter_name = "seats__state__exact"
    labels = SeatState.choices
    is_counted = False

    def narrow(self, queryset: QuerySet, value: str) -> QuerySet:
        """Return who has a seat in this state."""
        return queryset.filter(Exists(Seat.objects.filter(registration=OuterRef("pk"), state=value)))


class KindFacet(ChoicesFacet):
    """Participants and guests."""

    title = _("kind")
    parameter_name = "kind__exact"
    column = "kind"
    labels = Kind.choices


class SeatKindFacet(KindFacet):
    """Whose seat it is."""

    parameter_name = "registration__kind__exact"
    column = "registration__kind"


class CountryFacet(Facet):
    """The countries that occur, by their EU names."""

    title = _("country of establishment")
    parameter_name = column = "country"

    def options(self, counts: Mapping[str, int] | None) -> list[tuple[str, Label]]:
        """Return the countries in the order of their names."""
        if counts is None:
            counts = dict.fromkeys(
                Registration.objects.order_by().values_list("country", flat=True).distinct(), 0
            )
        return sorted(((code, display_name(code)) for code in counts), key=itemgetter(1))


class SeatCountryFacet(CountryFacet):
    """Where the person of a seat is established."""

    parameter_name = column = "registration__country"


class OrganisationTypeFacet(ChoicesFacet):
    """The types of organisation."""

    title = _("type of organisation")
    parameter_name = column = "organisation_type"
    labels = OrganisationType.choices


class SeatOrganisationTypeFacet(OrganisationTypeFacet):
    """Which type of organisation the person of a seat comes from."""

    parameter_name = column = "registration__organisation_type"


class LanguageFacet(Facet):
    """The languages that mails are written in."""

    title = _("language")
    parameter_name = column = "language"

    def options(self, counts: Mapping[str, int] | None) -> list[tuple[str, Label]]:
        """Return the site's languages, and those that occur besides, by their names."""
        codes = {code for code, _name in settings.LANGUAGES} | set(counts or ())
        return sorted(
            ((code, get_language_info(code)["name_translated"]) for code in codes), key=itemgetter(1)
        )


class SeatLanguageFacet(LanguageFacet):
    """Which language the person of a seat reads."""

    parameter_name = column = "registration__language"


class AccessFacet(YesNoFacet):
    """Who needs something to take part; only for those who may see access needs."""

    title = _("needs access support")
    parameter_name = "access"
    person = "pk"

    def condition(self) -> Exists:
        """Return whether the person asked for anything."""
        return Exists(AccessNeed.objects.filter(registration=OuterRef(self.person)))


class SeatAccessFacet(AccessFacet):
    """Whose person needs something to take part."""

    person = "registration_id"


class DuplicateFacet(YesNoFacet):
    """Who is registered for the same webinar under the same name with another address; not counted, which would cost a look for each."""

    title = _("likely duplicate")
    parameter_name = "duplicate"
    is_counted = False
    person = "pk"

    def condition(self) -> Q:
        """Return whether the person is one of several of a name."""
        return Q(**{f"{self.person}__in": Registration.objects.likely_duplicates().values("pk")})


class SeatDuplicateFacet(DuplicateFacet):
    """Whose person is one of several of a name."""

    person = "registration_id"


class FlaggedFacet(ChoicesFacet):
    """Whether the verdict changed after the decision, and what was decided: the states of flagged seats are the kinds."""

    title = _("flagged")
    parameter_name = "flagged"
    labels = (("yes", _("yes")), *((state.value, why) for state, why in FLAGS.items()), ("no", _("no")))

    def __init__(self, request: HttpRequest, params: dict, model: type[Model], model_admin: Any) -> None:
        """Take the answer out of the address; anything that is none of the choices is none."""
        super().__init__(request, params, model, model_admin)
        self.value = self.value if self.value in dict(self.labels) else None

    def expression(self) -> Combinable:
        """Return the state of a flagged seat, "" of any other."""
        return Case(When(services.reports.is_flagged(timezone.now()), then=F("state")), default=Value(""))

    def values_of(self, grouped: Any) -> tuple[str, ...]:
        """Return what would show a row: that it is flagged and why, or that it is not."""
        return ("yes", grouped) if grouped else ("no",)

    def narrow(self, queryset: QuerySet, value: str) -> QuerySet:
        """Return the flagged rows, those of one kind, or the others."""
        flagged = services.reports.is_flagged(timezone.now())
        if value == "no":
            return queryset.exclude(flagged)
        return queryset.filter(flagged if value == "yes" else flagged & Q(state=value))


class BouncedFacet(YesNoFacet):
    """Whether mail to the address came back."""

    title = _("address bounced")
    parameter_name = "bounced"
    column = "bounced_at"


ACCESS = (AccessFacet, SeatAccessFacet)


def facets_for(request: HttpRequest, facets: Sequence[Any]) -> list[Any]:
    """Return the filters of a list that somebody may use: access needs can touch on health, and a list that is empty tells."""
    may_see_needs = request.user.has_perm(permissions.VIEW_ACCESS_NEEDS)
    return [facet for facet in facets if may_see_needs or facet not in ACCESS]


class YesNoFilter(admin.SimpleListFilter):
    """Whether a column is filled in."""

    column: str

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return the two choices."""
        return [("yes", _("yes")), ("no", _("no"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet | None:
        """Return the rows of the choice, or None without one."""
        if self.value() not in ("yes", "no"):
            return None
        return queryset.filter(**{f"{self.column}__isnull": self.value() == "no"})


class DatedFilter(YesNoFilter):
    """Whether a session has a date."""

    title = _("date fixed")
    parameter_name = "dated"
    column = "starts_at"


class AttendanceFilter(admin.SimpleListFilter):
    """Which sessions have attendances to match or to look at, as the start page counts them."""

    title = _("attendance")
    parameter_name = "attendance"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return the one choice, for those who match them."""
        return [("open", _("to be matched"))] if request.user.has_perm(permissions.RECORD_ATTENDANCE) else []

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet | None:
        """Return the sessions to look at, or None without the choice."""
        if self.value() != "open":
            return None
        return queryset.filter(pk__in=services.reports.attended_to_look_at().values("pk"))


class OverrideFilter(admin.SimpleListFilter):
    """How requests for an override stand."""

    title = _("how it stands")
    parameter_name = "stands"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return the ways they can stand."""
        return [
            ("open", _("waits for a second person")),
            ("confirmed", _("confirmed")),
            ("lapsed", _("lapsed, for a session to come")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet | None:
        """Return the requests that stand so, or None without a choice."""
        overrides = cast(OverrideQuerySet, queryset)
        match self.value():
            case "open":
                return overrides.open()
            case "confirmed":
                return overrides.filter(confirmed_by__isnull=False)
            case "lapsed":
                return overrides.lapsed(timezone.now())
        return None


class AnsweredFilter(YesNoFilter):
    """Whether somebody on the staff has answered."""

    title = _("answered")
    parameter_name = "answered"
    column = "answered_at"


class UnfinishedFilter(YesNoFilter):
    """Whether a worker still has something to do."""

    title = _("unfinished")
    parameter_name = "unfinished"
    column = "due_at"


class LateFilter(admin.SimpleListFilter):
    """Which mails wait longer than 15 minutes, as the start page counts them."""

    title = _("late")
    parameter_name = "late"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return the one choice."""
        return [("yes", _("yes"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet | None:
        """Return the late mails, or None without the choice."""
        return queryset.filter(is_late(timezone.now())) if self.value() == "yes" else None
