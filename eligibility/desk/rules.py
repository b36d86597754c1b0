"""The pages around a rule version: draft one from a published one, edit it, see what it changes."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from eligibility import services
from eligibility.desk.refusals import publishing_refusals_in, sent
from eligibility.desk.rule_forms import (
    ConditionFormSet,
    NewVersionForm,
    RuleForm,
    conditions_as_sent,
    conditions_form,
    known_organisation_types,
)
from eligibility.explain import condition_in_words
from eligibility.models import RuleVersion
from eligibility.records import Condition
from eligibility.register import rule_record
from webinar_site.foundation import stale_pages
from webinar_site.foundation.desk.pages import (
    StaffRequest,
    back_to,
    holding,
    note_change,
    row_of,
    show,
    tell,
    warn,
)

ROWS = RuleVersion.objects.select_related("audience", "corrects")


def draft_version(request: StaffRequest, rule_id: int) -> HttpResponse:
    """Ask what corrects a published rule or takes over from it, starting from what it states; the POST drafts it."""
    row = get_object_or_404(ROWS.published(), pk=rule_id)
    original = rule_record(row)
    form = NewVersionForm(original, **sent(request))
    conditions = conditions_form(original, sent(request).get("data"))
    if _are_right(form, conditions):
        with publishing_refusals_in(form):
            draft = services.draft_rule(form.record(conditions.stated()))
            _say_saved(request, conditions.stated())
            return back_to(draft)
    return show(
        request,
        "eligibility/rule.html",
        row,
        title=_("Draft a new version"),
        form=form,
        conditions=conditions,
    )


@holding(row_of(RuleVersion))
def edit_rule(request: StaffRequest, rule_id: int) -> HttpResponse:
    """Ask what a draft rule is to state; the POST changes it, unless somebody proposed it meanwhile."""
    row = get_object_or_404(ROWS.drafts(), pk=rule_id)
    record = rule_record(row)
    form = RuleForm(record, **sent(request), instance=row)
    conditions = conditions_form(record, sent(request).get("data"))
    if form.is_bound:
        conditions = _merged(request, form, conditions, row)
    if _are_right(form, conditions):
        with publishing_refusals_in(form):
            stated = conditions.stated()
            services.change_rule(row.pk, form.record(stated))
            changed = ["Conditions"] if stated != record.conditions else []
            note_change(request, row, *form.changed_on_record(), *changed)
            _say_saved(request, stated)
            return back_to(row)
    return show(
        request,
        "eligibility/rule.html",
        row,
        title=_("Edit the draft"),
        form=form,
        conditions=conditions,
        seen=stale_pages.picture(row, record.conditions).token,
    )


def _merged(
    request: StaffRequest, form: RuleForm, conditions: ConditionFormSet, row: RuleVersion
) -> ConditionFormSet:
    """Return the conditions to go on with: where the sender left them alone, those that the draft has by now.

    Where a colleague changed them too, say in the form who did, and what they are.
    """
    token = request.POST.get(stale_pages.SEEN, "")
    record = rule_record(row)
    why_not = stale_pages.picture(row, record.conditions).why_not(token)
    stated = conditions.stated() if conditions.is_valid() else None
    if not why_not or stated == record.conditions:
        return conditions
    if stated is not None and not stale_pages.picture(row, stated).why_not(token):
        return conditions_as_sent(record)
    form.add_error(None, why_not)
    for condition in record.conditions:
        form.add_error(
            None, _("The draft states now: %(condition)s") % {"condition": condition_in_words(condition)}
        )
    return conditions


def show_rule_difference(request: StaffRequest, rule_id: int) -> HttpResponse:
    """Show what a rule version changes against the one it corrects or takes over from."""
    row = get_object_or_404(RuleVersion, pk=rule_id)
    found = services.rule_differences(RuleVersion.objects.filter(pk=row.pk))
    return show(request, "eligibility/difference.html", row, title=_("Difference"), rule_differences=found)


def _are_right(form: RuleForm, conditions: ConditionFormSet) -> bool:
    if not form.is_bound:
        return False
    if not conditions.is_valid():
        form.add_error(None, _("The conditions are not right yet; each says what is missing."))
    return form.is_valid()


def _say_saved(request: StaffRequest, conditions: tuple[Condition, ...]) -> None:
    """Say that a draft is saved, and name the organisation types that no published rule uses (D-5)."""
    tell(request, _("Saved. Look at the difference, then propose it."))
    stated = {value for condition in conditions for value in condition.organisation_types}
    if new := sorted(stated - set(known_organisation_types())):
        words = {"types": ", ".join(new)}
        warn(request, _("No published rule names these organisation types: %(types)s. Misspelt?") % words)
