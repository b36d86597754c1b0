"""Let staff read what is published, and Rule keepers edit drafts; not even a superuser changes a published row."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.options import BaseModelAdmin
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from eligibility import services
from eligibility.desk.forms import DraftForm, EntryForm, EntryFormSet
from eligibility.explain import condition_in_words
from eligibility.models import (
    Audience,
    ListEdition,
    ListEntry,
    Publication,
    PublicationProposal,
    RuleVersion,
)
from eligibility.register import rule_record, stored_sources
from webinar_site.foundation.desk.lists import DeskAdmin, ReadOnly

MOST_BY_HAND = 75  # entries: Django refuses a form of more than 1,000 boxes, and an entry has eleven


class Drafts(BaseModelAdmin[Any]):
    """Let whoever has the permission change and delete a draft that waits for nobody's answer; all else is read."""

    formfield_overrides = ReadOnly.formfield_overrides

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return whether this is a draft, and this person may change drafts."""
        return _is_editable(obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return whether this is a draft, and this person may delete drafts."""
        return _is_editable(obj) and super().has_delete_permission(request, obj)


def _is_editable(row: ListEdition | RuleVersion | None) -> bool:
    return row is not None and row.is_editable


def _is_large(edition: Any) -> bool:
    return edition is not None and edition.entry_count > MOST_BY_HAND


class EntryInline(Drafts, admin.TabularInline[ListEntry, ListEdition]):
    """Show an edition's countries below it; those of a draft can be changed."""

    model = ListEntry
    form = EntryForm
    formset = EntryFormSet
    fields = ["code", "name", "treatment", "parent", "signed", "in_force", "attested", "confidence", "note"]
    extra = 1

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return whether this is a draft of few entries, and this person may add to drafts."""
        return _is_editable(obj) and not _is_large(obj) and super().has_add_permission(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return whether this is a draft of few entries, and this person may change drafts."""
        return not _is_large(obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return whether this is a draft of few entries, and this person may delete drafts."""
        return not _is_large(obj) and super().has_delete_permission(request, obj)


class EditionInline(ReadOnly, admin.TabularInline[ListEdition, Publication]):
    """Show a publication's editions below it."""

    model = ListEdition
    fields = ["key", "list_key", "starts", "ends"]
    show_change_link = True


class RuleInline(ReadOnly, admin.TabularInline[RuleVersion, Any]):
    """Show the rules of a publication or an audience below it."""

    model = RuleVersion
    fields = ["key", "starts", "ends", "content_status"]
    show_change_link = True


@admin.register(Audience)
class AudienceAdmin(ReadOnly, DeskAdmin):
    """Browse audiences and their rules."""

    list_display = ["name", "key"]
    inlines = [RuleInline]


@admin.register(Publication)
class PublicationAdmin(ReadOnly, DeskAdmin):
    """Browse the acts that made editions and rules official."""

    list_display = ["number", "published_at", "origin", "published_by", "confirmed_by", "note"]
    list_select_related = ["published_by", "confirmed_by"]
    list_filter = ["origin"]
    inlines = [EditionInline, RuleInline]


@admin.register(PublicationProposal)
class PublicationProposalAdmin(ReadOnly, DeskAdmin):
    """Browse what was proposed for publication, and answer what is open."""

    list_display = ["number", "keys", "proposed_by", "proposed_at", "publication", "declined_by"]
    list_select_related = ["proposed_by", "publication", "declined_by"]
    list_filter = [("publication", admin.EmptyFieldListFilter), ("declined_at", admin.EmptyFieldListFilter)]
    inlines = [EditionInline, RuleInline]

    @admin.display(description=_("number"), ordering="pk")
    def number(self, proposal: PublicationProposal) -> str:
        """Return what a proposal is called."""
        return str(proposal)


class OfficialAdmin(Drafts, DeskAdmin):
    """What rests on sources: they are named, with links, rather than shown as they are stored."""

    exclude = ["further_sources"]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Return a row's page; name the territories about which a draft does not say what another list says."""
        row = context["original"]
        if row.publication_id is None:
            ids = {model: [row.pk] if isinstance(row, model) else [] for model in (ListEdition, RuleVersion)}
            for sentence in services.disputed_territories(editions=ids[ListEdition], rules=ids[RuleVersion]):
                messages.warning(request, sentence)
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.display(description=_("further sources"))
    def cited(self, row: ListEdition | RuleVersion) -> SafeString:
        """Return the sources beside the main one, each on a line."""
        named = [
            (format_html('<a href="{}">{}</a>', source.url, source.title) if source.url else source.title,)
            for source in stored_sources(row.further_sources)
        ]
        return format_html_join(mark_safe("<br>"), "{}", named)


@admin.register(ListEdition)
class ListEditionAdmin(OfficialAdmin):
    """Browse editions with their countries, and edit drafts."""

    form = DraftForm

    list_display = ["key", "list_key", "title", "starts", "ends", "countries", "corrects", "publication"]
    list_select_related = ["corrects", "publication"]
    list_filter = ["list_key"]
    search_fields = ["key", "title", "entries__code", "entries__name"]
    readonly_fields = [
        "key",
        "list_key",
        "starts",
        "confidence",
        "source_hash",
        "cited",
        "corrects",
        "publication",
        "proposal",
    ]
    inlines = [EntryInline]
    actions = None  # deleting many at once would have to ask of each whether it is a draft

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Return False: pages of their own start a draft (`pages.PAGES`)."""
        return False

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Return an edition's page; say so where a draft has too many entries for the page to change them."""
        row = context["original"]
        if row.is_editable and _is_large(row):
            words = {"most": MOST_BY_HAND}
            messages.info(
                request, _("With more than %(most)d countries a draft is changed from a table.") % words
            )
        return super().render_change_form(request, context, *args, **kwargs)

    def get_queryset(self, request: HttpRequest) -> QuerySet[ListEdition]:
        """Return the editions, each with the number of its entries."""
        editions: QuerySet[ListEdition] = super().get_queryset(request)
        return editions.annotate(entry_count=Count("entries", distinct=True))

    @admin.display(description=_("entries"))
    def countries(self, edition: Any) -> int:
        """Return how many entries an edition has."""
        return int(edition.entry_count)


@admin.register(RuleVersion)
class RuleVersionAdmin(OfficialAdmin):
    """Browse rules; a draft is edited on a page of its own, and deleted here."""

    list_display = ["key", "audience", "starts", "ends", "content_status", "corrects", "publication"]
    list_select_related = ["audience", "corrects", "publication"]
    list_filter = ["audience", "content_status"]
    readonly_fields = ["admitting_lists", "stated_conditions", "cited", "publication", "proposal"]
    fields = [
        "key", "audience", "starts", "ends", "content_status", "admitting_lists", "stated_conditions", "wording",
        "note", "source_title", "source_url", "source_date", "source_hash", "cited", "corrects",
        "publication", "proposal",
    ]  # fmt: skip
    actions = None  # deleting many at once would have to ask of each whether it is a draft

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Return False: a draft starts from a published version."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: RuleVersion | None = None) -> bool:
        """Return False: a page of its own edits a draft (`pages.PAGES`)."""
        return False

    @admin.display(description=_("lists that admit"))
    def admitting_lists(self, rule: RuleVersion) -> str:
        """Return the lists a rule names."""
        return ", ".join(rule.lists)

    @admin.display(description=_("conditions"))
    def stated_conditions(self, rule: RuleVersion) -> str:
        """Return when a person must look, whatever the lists say, each condition on a line."""
        return "\n".join(map(condition_in_words, rule_record(rule).conditions))
