"""What Rule keepers fill in on the pages around a draft: shape and wording; the services check the world."""

import hashlib
from datetime import date
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from eligibility.days import in_words
from eligibility.models import ListEdition
from eligibility.records import Source

MEGABYTE = 1024 * 1024
LARGEST_DOCUMENT = 10 * MEGABYTE


def _day() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class CorrectionForm(forms.ModelForm):
    """A draft's name, its first day, and the document it rests on."""

    source_url = ListEdition._meta.get_field("source_url").formfield(assume_scheme="https")
    document = forms.FileField(
        label=_("The document itself"),
        required=False,
        help_text=_(
            "Up to 10 MB. The site keeps its SHA-256 hash, which proves later that a copy is the same; "
            "the file itself is not kept."
        ),
    )

    class Meta:
        model = ListEdition
        fields = ("key", "starts", "source_title", "source_url", "source_date")
        widgets = {"starts": _day(), "source_date": _day()}

    def clean_document(self) -> UploadedFile | None:
        """Return the document; refuse one that is too large."""
        document: UploadedFile | None = self.cleaned_data["document"]
        if document and document.size and document.size > LARGEST_DOCUMENT:
            raise forms.ValidationError(gettext("The document is larger than 10 MB."))
        return document

    def source(self) -> Source:
        """Return the source that was filled in, with the hash of its document."""
        stated: dict[str, Any] = self.cleaned_data
        return Source(
            title=stated["source_title"],
            url=stated["source_url"],
            dated=stated["source_date"],
            file_hash=_sha256(stated["document"]) if stated["document"] else "",
        )


def _sha256(document: UploadedFile) -> str:
    digest = hashlib.sha256()
    for chunk in document.chunks():
        digest.update(chunk)
    return digest.hexdigest()


class DraftForm(forms.ModelForm):
    """A draft on its page in the admin, where its first day stands and does not change."""

    def clean_ends(self) -> date | None:
        """Return the last day; refuse one before the first."""
        ends: date | None = self.cleaned_data["ends"]
        if ends and ends < self.instance.starts:
            raise forms.ValidationError(
                gettext("The last day lies before the first, %(first)s.")
                % {"first": in_words(self.instance.starts)}
            )
        return ends


class ProposalForm(forms.Form):
    """Why drafts are to be published."""

    note = forms.CharField(
        label=_("Note"),
        help_text=_("Why this is to be published. It stays with the publication."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4, "cols": 80}),
    )


class AnswerForm(forms.Form):
    """What somebody says to a proposal, by the button pressed."""

    answer = forms.ChoiceField(choices=[("confirm", _("Confirm")), ("decline", _("Decline"))])
