"""Agendas: the working lines below their session, and what was published, to read."""

from django.contrib import admin
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from registrations.desk.columns import as_text, lines
from registrations.models import AgendaItem, AgendaVersion, WebinarSession
from webinar_site.foundation.desk.lists import NamedFormSet, ReadOnlyAdmin
from webinar_site.foundation.stale_forms import DrawnModelForm


class AgendaItemInline(admin.TabularInline[AgendaItem, WebinarSession]):
    """The working agenda of a session."""

    model = AgendaItem
    form = DrawnModelForm
    formset = NamedFormSet
    fields = ("position", "starts_at", "title", "speakers")
    extra = 1


@admin.register(AgendaVersion)
class AgendaVersionAdmin(ReadOnlyAdmin):
    """Published agendas, as everybody who had or awaited a place was told of them."""

    list_display = ("webinar", "number", "published_at", "published_by")
    list_display_links = ("webinar", "number")
    list_filter = ("webinar",)
    list_select_related = ("webinar", "published_by")
    fields = ("webinar", "number", "published_at", "staff", "agenda")
    staff = as_text("published_by", _("published by"))

    @admin.display(description=_("agenda"))
    def agenda(self, version: AgendaVersion) -> SafeString:
        """Return the agenda line by line."""
        return lines(
            " ".join(filter(None, (f"{item['session']}.", item["time"], item["title"], item["speakers"])))
            for item in version.items
        )
