"""What Rule keepers fill in about a rule version: shape and wording; the services check the world."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any, cast

from django import forms
from django.db.models import Count
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from eligibility.countries import display_name, normalise
from eligibility.desk.forms import SourceForm, day_input, refuse_early_end
from eligibility.models import ListEdition, RuleVersion
from eligibility.records import Condition, ContentStatus, Rule
from eligibility.rules import UnknownCountry
from webinar_site.foundation.days import day_in_words
from webinar_site.foundation.stale_forms import DrawnForm

# The registration form stores such values; which there are is no business of this package.
ORGANISATION_TYPE = re.compile(r"[a-z][a-z0-9_]{0,29}")
MOST_CONDITIONS = 20


def known_organisation_types() -> list[str]:
    """Return the organisation types that published rules name, in alphabetical order; one query."""
    stored = RuleVersion.objects.published().order_by().values_list("conditions", flat=True)
    return sorted(
        {
            value
            for conditions in stored
            for condition in conditions
            for value in condition["organisation_types"]
        }
    )


class RuleForm(DrawnForm, SourceForm):
    """Everything a draft rule states, but for its conditions, which are a form each."""

    lists = forms.MultipleChoiceField(
        label=_("Lists that admit"), required=False, widget=forms.CheckboxSelectMultiple
    )

    class Meta(SourceForm.Meta):
        model = RuleVersion
        fields = (
            "key", "starts", "ends", "content_status", "lists", "wording", "note",
            "source_title", "source_url", "source_date", "source_hash",
        )  # fmt: skip
        widgets = {**SourceForm.Meta.widgets, "ends": day_input()}

    def __init__(self, base: Rule, *args: Any, **kwargs: Any) -> None:
        """Ask for what a rule states, starting from what the base does."""
        super().__init__(*args, **kwargs)
        self.base = base
        self.fields["source_hash"].help_text = gettext(
            "Filled in from the document below, where one is chosen."
        )
        lists = cast(forms.MultipleChoiceField, self.fields["lists"])
        lists.choices = list(_list_choices(base.lists))
        lists.initial = list(base.lists)

    def clean(self) -> dict[str, Any]:
        """Return what was filled in; refuse a last day before the first."""
        stated: dict[str, Any] = super().clean() or self.cleaned_data
        refuse_early_end(self, stated)
        return stated

    def record(self, conditions: tuple[Condition, ...]) -> Rule:
        """Return the rule that was filled in, with these conditions."""
        stated: dict[str, Any] = self.cleaned_data
        return Rule(
            audience=self.base.audience,
            key=stated["key"],
            source=self.source(),
            status=ContentStatus(stated["content_status"]),
            starts=stated["starts"],
            ends=stated["ends"],
            lists=tuple(stated["lists"]),
            conditions=conditions,
            wording=stated["wording"],
            note=stated["note"],
            corrects=self.base.corrects,
            further_sources=self.base.further_sources,
        )


class NewVersionForm(RuleForm):
    """A new rule version, and its relation to the one it starts from."""

    relation = forms.ChoiceField(
        label=_("The new version"),
        widget=forms.RadioSelect,
        choices=[
            ("corrects", _("corrects the version it starts from")),
            ("takes_over", _("takes over from it on a later day, and corrects nothing")),
        ],
    )

    field_order = ("relation",)

    def __init__(self, original: Rule, *args: Any, **kwargs: Any) -> None:
        """Start from what the original states, but for its key, its first day and its source."""
        kept = {"ends": original.ends, "content_status": original.status}
        words = {"wording": original.wording, "note": original.note}
        super().__init__(original, *args, initial=kept | words, **kwargs)

    def clean(self) -> dict[str, Any]:
        """Return what was filled in; refuse a successor that does not start later."""
        stated = super().clean()
        if stated.get("relation") == "takes_over" and "starts" in stated:
            self._refuse_if_not_later(stated["starts"])
        return stated

    def _refuse_if_not_later(self, starts: date | None) -> None:
        if starts is None or starts <= (self.base.starts or date.min):
            first = day_in_words(self.base.starts) if self.base.starts else gettext("the beginning")
            sentence = gettext("To take over from %(key)s it must start later than that does, %(first)s.")
            self.add_error("starts", sentence % {"key": self.base.key, "first": first})

    def record(self, conditions: tuple[Condition, ...]) -> Rule:
        """Return the rule that was filled in, naming what it corrects."""
        corrects = self.base.key if self.cleaned_data["relation"] == "corrects" else ""
        return replace(super().record(conditions), corrects=corrects)


def _list_choices(own: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Yield the lists a rule may name: first those it names, in its order, then the others, drafts included."""
    counted = ListEdition.objects.order_by("list_key").values_list("list_key").annotate(Count("publication"))
    published = dict(counted)
    for key in dict.fromkeys((*own, *published)):
        if key not in published:
            yield key, gettext("%(list)s (has no edition)") % {"list": key}
        elif not published[key]:
            yield key, gettext("%(list)s (drafted only)") % {"list": key}
        else:
            yield key, key


class ConditionForm(forms.Form):
    """When a person must look, whatever the lists say."""

    organisation_types = forms.CharField(
        label=_("Organisation types"), max_length=500, widget=forms.TextInput(attrs={"size": 80})
    )
    countries = forms.CharField(
        label=_("Countries"),
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 2, "cols": 80}),
        help_text=_(
            "Names or codes, separated by commas or each on a line. Empty: every country. What names a state holds "
            "for the territories that follow it, too."
        ),
    )
    reason = forms.CharField(
        label=_("Reason"), max_length=1000, widget=forms.Textarea(attrs={"rows": 2, "cols": 80})
    )

    def __init__(self, *args: Any, hint: str = "", **kwargs: Any) -> None:
        """Ask for a condition, saying which organisation types there are."""
        super().__init__(*args, **kwargs)
        self.fields["organisation_types"].help_text = hint

    def clean_organisation_types(self) -> tuple[str, ...]:
        """Return the values; refuse what cannot be one."""
        values = [part for part in re.split(r"[\s,;]+", self.cleaned_data["organisation_types"]) if part]
        if wrong := [value for value in values if not ORGANISATION_TYPE.fullmatch(value)]:
            raise forms.ValidationError(
                gettext(
                    "No organisation type is written like this: %(values)s. Use small letters and underscores."
                )
                % {"values": ", ".join(wrong)}
            )
        if not values:
            raise forms.ValidationError(gettext("This field is required."), code="required")
        return tuple(dict.fromkeys(values))

    def clean_countries(self) -> tuple[str, ...]:
        """Return ISO codes; refuse what is no country."""
        codes: dict[str, None] = {}
        unknown: list[str] = []
        for part in _parts(self.cleaned_data["countries"]):
            try:
                codes[normalise(part)] = None
            except UnknownCountry:
                unknown.append(part)
        if unknown:
            raise forms.ValidationError(
                gettext("Not a country's code or name: %(names)s.") % {"names": ", ".join(unknown)}
            )
        return tuple(codes)


def _parts(text: str) -> Iterator[str]:
    """Yield the names in a text; a name that has a comma of its own must be on its own line."""
    for part in filter(None, map(str.strip, re.split(r"[\n;]", text))):
        try:
            normalise(part)
        except UnknownCountry:
            yield from filter(None, map(str.strip, part.split(",")))
        else:
            yield part


class ConditionFormSet(forms.BaseFormSet[ConditionForm]):
    """The conditions of a rule; a form that stays empty, or is ticked to be deleted, is none."""

    def stated(self) -> tuple[Condition, ...]:
        """Return the conditions that were filled in."""
        filled_in = [form.cleaned_data for form in self.forms if form not in self.deleted_forms]
        return tuple(
            Condition(stated["organisation_types"], stated["reason"], stated["countries"])
            for stated in filled_in
            if stated
        )


ConditionForms = forms.formset_factory(
    ConditionForm,
    formset=ConditionFormSet,
    extra=2,
    can_delete=True,
    max_num=MOST_CONDITIONS,
    validate_max=True,
)


def conditions_form(base: Rule, data: Any = None) -> ConditionFormSet:
    """Return the form that was sent, or one for each condition of a rule and some empty ones."""
    initial = _shown(base.conditions) if data is None else None
    known = ", ".join(known_organisation_types())
    hint = gettext("In use: %(types)s. Several are separated by commas.") % {"types": known} if known else ""
    made = ConditionForms(data, initial=initial, prefix="conditions", form_kwargs={"hint": hint})
    return cast(ConditionFormSet, made)


def conditions_as_sent(base: Rule) -> ConditionFormSet:
    """Return what comes back of a page that shows the conditions of a rule, where nobody touches them."""
    shown = _shown(base.conditions)
    count = {"conditions-TOTAL_FORMS": len(shown), "conditions-INITIAL_FORMS": len(shown)}
    boxes = {
        f"conditions-{number}-{name}": value
        for number, condition in enumerate(shown)
        for name, value in condition.items()
    }
    return conditions_form(base, count | boxes)


def _shown(conditions: tuple[Condition, ...]) -> list[dict[str, str]]:
    """Return what the boxes of conditions start with; countries by the English names that `normalise` knows."""
    with translation.override("en"):
        return [
            {
                "organisation_types": ", ".join(condition.organisation_types),
                "countries": "\n".join(display_name(code) for code in condition.countries),
                "reason": condition.reason,
            }
            for condition in conditions
        ]
