"""Let staff read what is published and drafted; nothing here changes a row, not even for a superuser."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.options import BaseModelAdmin
from django.db import models
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from eligibility.models import Audience, ListEdition, ListEntry, Publication, RuleVersion


class ReadOnly(BaseModelAdmin):
    """Refuse to add, change and delete; viewing stays a matter of permissions."""

    # The admin builds a form even to show a row, and Django warns of the scheme that an address without one gets.
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return False: rows come from publications."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return False: a correction is a new row."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return False: what was published stays on record."""
        return False


class EntryInline(ReadOnly, admin.TabularInline):
    """Show an edition's countries below it."""

    model = ListEntry
    fields = ["code", "name", "treatment", "parent", "signed", "in_force", "attested", "confidence", "note"]


class EditionInline(ReadOnly, admin.TabularInline):
    """Show a publication's editions below it."""

    model = ListEdition
    fields = ["key", "list_key", "starts", "ends"]
    show_change_link = True


class RuleInline(ReadOnly, admin.TabularInline):
    """Show the rules of a publication or an audience below it."""

    model = RuleVersion
    fields = ["key", "starts", "ends", "content_status"]
    show_change_link = True


@admin.register(Audience)
class AudienceAdmin(ReadOnly, admin.ModelAdmin):
    """Browse audiences and their rules."""

    list_display = ["name", "key"]
    inlines = [RuleInline]


@admin.register(Publication)
class PublicationAdmin(ReadOnly, admin.ModelAdmin):
    """Browse the acts that made editions and rules official."""

    list_display = ["number", "published_at", "origin", "published_by", "confirmed_by", "note"]
    list_select_related = ["published_by", "confirmed_by"]
    list_filter = ["origin"]
    inlines = [EditionInline, RuleInline]


@admin.register(ListEdition)
class ListEditionAdmin(ReadOnly, admin.ModelAdmin):
    """Browse editions with their countries."""

    list_display = ["key", "list_key", "title", "starts", "ends", "countries", "corrects", "publication"]
    list_select_related = ["corrects", "publication"]
    list_filter = ["list_key"]
    search_fields = ["key", "title", "entries__code", "entries__name"]
    inlines = [EntryInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[ListEdition]:
        """Return the editions, each with the number of its entries."""
        return super().get_queryset(request).annotate(entry_count=Count("entries", distinct=True))

    @admin.display(description=_("entries"))
    def countries(self, edition: Any) -> int:
        """Return how many entries an edition has."""
        return edition.entry_count


@admin.register(RuleVersion)
class RuleVersionAdmin(ReadOnly, admin.ModelAdmin):
    """Browse rules."""

    list_display = ["key", "audience", "starts", "ends", "content_status", "corrects", "publication"]
    list_select_related = ["audience", "corrects", "publication"]
    list_filter = ["audience", "content_status"]
