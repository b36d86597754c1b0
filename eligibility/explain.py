"""Put a verdict's reasoning into plain language: the same sentences for mail, page, admin and command."""

from datetime import date

from django.utils.html import escape, urlize
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from eligibility import labels
from eligibility.countries import display_name, footnotes
from eligibility.records import Condition, Confidence, ContentStatus
from eligibility.rules import Step, StepCode, Verdict
from webinar_site.foundation.days import day_in_words
from webinar_site.foundation.languages import SOURCE_LANGUAGE, in_language

SENTENCES = {
    StepCode.NO_RULE: gettext_lazy(
        "No rule is in force on this day, so a person decides about every country."
    ),
    StepCode.RULE_IN_FORCE: gettext_lazy("Rule %(rule)s is in force %(period)s (%(status)s): “%(wording)s”"),
    StepCode.RULE_NOT_DOCUMENTED: gettext_lazy(
        "What rule %(rule)s says about countries is not documented, so a person decides about every country."
    ),
    StepCode.EDITION_IN_FORCE: gettext_lazy(
        "The list “%(title)s” was consulted: edition %(edition)s, in force %(period)s."
    ),
    StepCode.NO_EDITION: gettext_lazy(
        "The list %(list)s has no edition in force on this day, so a person decides about every country."
    ),
    StepCode.LISTED: gettext_lazy(
        "%(country)s is on the list “%(title)s” (edition %(edition)s; %(confidence)s)."
    ),
    StepCode.NOT_LISTED: gettext_lazy("%(country)s is on none of these lists."),
    StepCode.ABSENT: gettext_lazy("%(country)s is not on the list “%(title)s” (%(confidence)s)."),
    StepCode.TERRITORY_FOLLOWS: gettext_lazy(
        "%(country)s is treated as %(parent)s is (“%(title)s”, edition %(edition)s; %(confidence)s)."
    ),
    StepCode.TERRITORY_NOT_ELIGIBLE: gettext_lazy(
        "%(country)s does not take part, whatever holds for its state "
        "(“%(title)s”, edition %(edition)s; %(confidence)s)."
    ),
    StepCode.TERRITORY_REVIEW: gettext_lazy(
        "A person decides about %(country)s (“%(title)s”, edition %(edition)s; %(confidence)s)."
    ),
    StepCode.TERRITORY_DISPUTED: gettext_lazy(
        "These lists do not say the same of %(country)s, so a person decides."
    ),
    StepCode.TERRITORY_CIRCLE: gettext_lazy(
        "These lists let %(country)s follow itself in a circle, so a person decides."
    ),
    StepCode.CONDITION: gettext_lazy("A condition of the rule applies. %(reason)s"),
}

KEPT_IN_ENGLISH = frozenset({"title", "wording", "source", "note", "exclusions", "reason"})


def explain(verdict: Verdict) -> list[str]:
    """Return the whole reasoning as sentences of plain text in the active language, addresses of sources included.

    The last ones are the footnotes that must be wherever Kosovo* or Palestine* is named.
    """
    return [*sentences(verdict), *(footnote.text for footnote in footnotes([verdict.country]))]


def sentences(verdict: Verdict) -> list[str]:
    """Return a sentence for every step of the reasoning, then the result; the footnotes are the caller's to show."""
    return [*(_sentence(step, _words(step.params)) for step in verdict.steps), conclusion(verdict)]


def explain_html(verdict: Verdict) -> list[SafeString]:
    """Return what `explain` does, for a page: what is quoted in English is marked so, addresses are links."""
    return [*sentences_html(verdict), *(escape(note.text) for note in footnotes([verdict.country]))]


def sentences_html(verdict: Verdict) -> list[SafeString]:
    """Return what `sentences` does, for a page: what is quoted in English is marked so, addresses are links."""
    return [*map(_sentence_html, verdict.steps), escape(conclusion(verdict))]


def conclusion(verdict: Verdict) -> str:
    """Return the result in one sentence, with country and day."""
    return _("Result for %(country)s on %(day)s: %(outcome)s.") % {
        "country": display_name(verdict.country),
        "day": day_in_words(verdict.on),
        "outcome": labels.OUTCOMES[verdict.outcome],
    }


def condition_in_words(condition: Condition) -> str:
    """Return a condition on one line: its organisation types, its countries, its reason."""
    named = ", ".join(map(display_name, condition.countries)) or _("every country")
    return f"{', '.join(condition.organisation_types)}; {named}; {condition.reason}"


def _sentence_html(step: Step) -> SafeString:
    words = _words(step.params)
    marked = {key: _marked(word, key, step) if word else "" for key, word in words.items()}
    return mark_safe(_sentence(step, marked))  # noqa: S308  # the words are escaped, the rest is ours


def _marked(word: str, key: str, step: Step) -> str:
    """Return a parameter as HTML; one that nobody translated says which language it is in."""
    html = mark_safe(urlize(word, autoescape=True))  # noqa: S308  # urlize escapes what it does not write itself
    return in_language(html, SOURCE_LANGUAGE) if key in KEPT_IN_ENGLISH and word == step.params[key] else html


def _sentence(step: Step, words: dict[str, str]) -> str:
    """Return a step as a sentence, made of its parameters as they are to be read."""
    parts = [SENTENCES[step.code] % words, words.get("note", "")]
    if words.get("state"):
        parts.append(
            _("It names %(state)s, and what holds for a state holds for the territories that follow it.")
            % words
        )
    if words.get("exclusions"):
        parts.append(_("Not covered: %(exclusions)s.") % words)
    if words.get("source"):
        parts += [_("Source: %(source)s.") % words, words["url"]]
    return " ".join(part for part in parts if part)


def _words(params: dict[str, str]) -> dict[str, str]:
    """Return a step's parameters with codes and days replaced by what people read."""
    words = dict(params)
    for key in ("country", "parent", "state"):
        if params.get(key):
            words[key] = display_name(params[key])
    if "confidence" in params:
        words["confidence"] = str(labels.CONFIDENCES[Confidence(params["confidence"])])
    if "status" in params:
        words["status"] = str(labels.CONTENT_STATUSES[ContentStatus(params["status"])])
    if "title" in params:
        words["title"] = labels.list_title(params["title"])
    if "starts" in params:
        words["period"] = period(_day(params["starts"]), _day(params["ends"]))
    return words


def period(starts: date | None, ends: date | None) -> str:
    """Return how long something holds, as a part of a sentence; a last day is inclusive."""
    if starts and ends:
        return _("from %(starts)s to %(ends)s") % {"starts": day_in_words(starts), "ends": day_in_words(ends)}
    if starts:
        return _("since %(starts)s") % {"starts": day_in_words(starts)}
    if ends:
        return _("until %(ends)s") % {"ends": day_in_words(ends)}
    return _("from the beginning")


def _day(written: str) -> date | None:
    return date.fromisoformat(written) if written else None
