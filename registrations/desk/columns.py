"""What the desk's columns and fields share: related rows as text or as links, lines and JSON as they are."""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.contrib import admin
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Model
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from registrations.models import ReasonCode, Seat
from registrations.models.history_facts import HistoryFacts


def as_text(column: str, description: Any) -> Callable[[Any, Any], str]:
    """Return an admin column that writes a related row as text: stock ones link to pages the reader may not open."""

    @admin.display(description=description)
    def text(self: Any, row: Any) -> str:
        return str(getattr(row, column) or "")

    return text


def page_of(row: Model) -> str:
    """Return the address of a row's page in the admin."""
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])


def link_to(row: Model | None, text: object = "") -> SafeString | str:
    """Return a link to a row's page, in the row's own words unless others are given; nothing for no row."""
    return format_html('<a href="{}">{}</a>', page_of(row), text or row) if row else ""


def lines(texts: Iterable[object]) -> SafeString:
    """Return texts one below the other, as they are."""
    return format_html('<pre class="as-is">{}</pre>', "\n".join(map(str, texts)))


def plain_json(data: object) -> str:
    """Return stored JSON as somebody can read it."""
    return json.dumps(data, indent=2, ensure_ascii=False, cls=DjangoJSONEncoder)


def why(about: Seat | HistoryFacts | Mapping[str, str]) -> str:
    """Return why it was decided so, as staff read it: the reason chosen, then the words written."""
    if isinstance(about, Mapping):
        code, words = about.get("reason_code", ""), about.get("reason", "")
    else:
        code, words = getattr(about, "reason_code", ""), getattr(about, "reason", "")
    label = str(ReasonCode(code).label) if code else ""
    return gettext(": ").join(text for text in (label, words) if text)
