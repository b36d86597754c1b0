"""Legal texts: a new wording is a new version; what people agreed to never changes."""

import hashlib
from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from eligibility.desk import ReadOnlyAdmin
from registrations.models import LegalText


@admin.register(LegalText)
class LegalTextAdmin(ReadOnlyAdmin):
    """Legal texts to read, and to add a version to."""

    list_display = ("kind", "language", "version", "created_at")
    list_filter = ("kind", "language")
    fields = ("kind", "language", "version", "body", "sha256", "created_at")

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        """Return whether somebody may add a version."""
        return request.user.has_perm("registrations.add_legaltext")

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        """Return what is filled in for a new version, or all of an existing one."""
        return super().get_fields(request, obj) if obj else ("kind", "language", "body")

    def save_model(self, request: HttpRequest, obj: LegalText, form: Any, change: bool) -> None:
        """Number the new version and hash its words."""
        others = LegalText.objects.select_for_update().filter(kind=obj.kind, language=obj.language)
        obj.version = max((text.version for text in others), default=0) + 1
        obj.sha256 = hashlib.sha256(obj.body.encode()).hexdigest()
        super().save_model(request, obj, form, change)
