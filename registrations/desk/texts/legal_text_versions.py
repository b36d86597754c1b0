"""Legal texts: a new wording is a new version; what people agreed to never changes."""

from typing import Any, cast

from django import forms
from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registrations import permissions, services
from registrations.models import LegalText
from webinar_site.foundation.desk.lists import ReadOnlyAdmin
from webinar_site.foundation.desk.pages import StaffRequest


class FirstWordingForm(forms.ModelForm[LegalText]):
    """The first version of a text in a language; every later one is written on the page of the one before."""

    language = forms.RegexField(
        "^[a-z]{2,3}$",
        label=gettext_lazy("Language"),
        help_text=gettext_lazy("Its code, as in “fr”."),
        error_messages={"invalid": gettext_lazy("Write the code of a language, as in “fr”.")},
    )

    class Meta:
        model = LegalText
        fields = ("kind", "language", "body")

    def clean(self) -> dict[str, Any]:
        """Refuse a text that is there already, and words that cannot be one."""
        cleaned = super().clean() or {}
        kind, language, body = (cleaned.get(name, "") for name in ("kind", "language", "body"))
        newest = LegalText.objects.newest().filter(kind=kind, language=language).first()
        if newest is not None:
            self.add_error(
                None,
                _("This text is there in version %(version)d: open that one and write a new version there.")
                % {"version": newest.version},
            )
        elif body:
            try:
                services.texts.check_wording(None, kind, body)
            except services.errors.LegalTextRefused as refusal:
                self.add_error("body", str(refusal))
        return cleaned


@admin.register(LegalText)
class LegalTextAdmin(ReadOnlyAdmin):
    """Legal texts to read, and to add a version to."""

    form = FirstWordingForm
    list_display = ("kind", "language", "version", "created_at")
    list_filter = ("kind", "language")
    fields = ("kind", "language", "version", "body", "sha256", "created_at")

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        """Return whether somebody may add a version."""
        return request.user.has_perm(permissions.ADD_LEGAL_TEXT)

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        """Return what is filled in for a new text, or all of an existing one."""
        return super().get_fields(request, obj) if obj else ("kind", "language", "body")

    def save_model(self, request: HttpRequest, obj: LegalText, form: Any, change: bool) -> None:
        """Publish the first version in a language."""
        text = services.texts.publish_wording(
            obj.kind,
            obj.language,
            body=obj.body,
            seen=0,
            by=cast(StaffRequest, request).user,
            now=timezone.now(),
        )
        obj.pk, obj.version = text.pk, text.version
