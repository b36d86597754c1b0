"""What Rule keepers fill in on the pages around a draft: shape and wording; the services check the world."""

import hashlib
import re
from datetime import date
from typing import Any, cast

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from eligibility import csvfiles
from eligibility.models import ListEdition, RuleVersion
from eligibility.records import Confidence, Edition, Source, Treatment, circles
from webinar_site.foundation.days import day_in_words
from webinar_site.foundation.desk.lists import NamedFormSet
from webinar_site.foundation.stale_forms import DrawnModelForm
from webinar_site.foundation.tables import reader
from webinar_site.foundation.tables.uploads import ListFile, ListText, ListUpload

MEGABYTE = 1024 * 1024
LARGEST_DOCUMENT = 10 * MEGABYTE
LARGEST_TABLE = 500_000  # bytes; all countries with all their sources are a fifth of it
MOST_ERRORS = 50
LIST_KEY = re.compile(r"[A-Z0-9][A-Z0-9-]*")


def day_input() -> forms.DateInput:
    """Return a box in which browsers offer a calendar."""
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class SourceForm(forms.ModelForm[Any]):
    """The document that a draft rests on."""

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
        widgets = {"starts": day_input(), "source_date": day_input()}

    def clean_document(self) -> UploadedFile[bytes] | None:
        """Return the document; refuse one that is too large."""
        document: UploadedFile[bytes] | None = self.cleaned_data["document"]
        if document and document.size and document.size > LARGEST_DOCUMENT:
            raise forms.ValidationError(gettext("The document is larger than 10 MB."))
        return document

    def source(self) -> Source:
        """Return the source that was filled in, with the hash of its document (D-7)."""
        stated: dict[str, Any] = self.cleaned_data
        document = stated["document"]
        return Source(
            title=stated["source_title"],
            url=stated["source_url"],
            dated=stated["source_date"],
            file_hash=_sha256(document) if document else stated.get("source_hash", ""),
        )


class CorrectionForm(SourceForm):
    """A draft's name, its first day, and the document it rests on."""

    class Meta(SourceForm.Meta):
        model = ListEdition
        fields: tuple[str, ...] = ("key", "starts", "source_title", "source_url", "source_date")


class NextEditionForm(CorrectionForm):
    """What a correction asks, and whether the countries are copied."""

    with_entries = forms.BooleanField(
        label=_("Copy its countries"),
        required=False,
        initial=True,
        help_text=_("Without them the draft starts empty."),
    )


class FirstEditionForm(SourceForm):
    """A list that is not there yet, and its first edition."""

    class Meta(SourceForm.Meta):
        model = ListEdition
        fields = (
            "list_key", "key", "title", "starts", "ends", "confidence", "source_title", "source_url", "source_date",
        )  # fmt: skip
        widgets = {**SourceForm.Meta.widgets, "ends": day_input()}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Say how a list is called."""
        super().__init__(*args, **kwargs)
        self.fields["list_key"].help_text = gettext("Short, in capital letters, for example COSME-3C.")

    def clean_list_key(self) -> str:
        """Return what the list is called; refuse the name of one that is there, and what rules could not name."""
        key: str = self.cleaned_data["list_key"]
        if not LIST_KEY.fullmatch(key):
            raise forms.ValidationError(gettext("Use capital letters, digits and hyphens."))
        if ListEdition.objects.filter(list_key=key).exists():
            raise forms.ValidationError(
                gettext("The list %(list)s is there already: draft its next edition instead.") % {"list": key}
            )
        return key

    def clean(self) -> dict[str, Any]:
        """Return what was filled in; refuse a last day before the first."""
        stated: dict[str, Any] = super().clean() or self.cleaned_data
        refuse_early_end(self, stated)
        return stated

    def record(self) -> Edition:
        """Return the edition that was filled in, without any country."""
        stated: dict[str, Any] = self.cleaned_data
        return Edition(
            list_key=stated["list_key"],
            key=stated["key"],
            title=stated["title"],
            starts=stated["starts"],
            ends=stated["ends"],
            confidence=Confidence(stated["confidence"]),
            source=self.source(),
        )


def refuse_early_end(form: forms.BaseForm, stated: dict[str, Any]) -> None:
    """Put an error into a form where the last day lies before the first."""
    starts, ends = stated.get("starts"), stated.get("ends")
    if starts and ends and ends < starts:
        form.add_error("ends", _early_end(starts))


def _early_end(starts: date) -> str:
    return gettext("The last day lies before the first, %(first)s.") % {"first": day_in_words(starts)}


def _sha256(document: UploadedFile[bytes]) -> str:
    digest = hashlib.sha256()
    for chunk in document.chunks():
        digest.update(chunk)
    return digest.hexdigest()


class DraftForm(DrawnModelForm):
    """A draft on its page in the admin, where its first day is shown and does not change."""

    def clean_ends(self) -> date | None:
        """Return the last day; refuse one before the first."""
        ends: date | None = self.cleaned_data["ends"]
        if ends and ends < self.instance.starts:
            raise forms.ValidationError(_early_end(self.instance.starts))
        return ends


class EntryForm(DrawnModelForm):
    """A country on the page of a draft."""

    def clean(self) -> dict[str, Any]:
        """Return what was filled in; refuse a territory that follows itself."""
        stated: dict[str, Any] = super().clean() or self.cleaned_data
        is_follower = stated.get("treatment") == Treatment.FOLLOWS
        if is_follower and stated.get("parent") and stated["parent"] == stated.get("code"):
            self.add_error("parent", gettext("A territory cannot follow itself."))
        return stated

    def clean_note(self) -> str:
        """Return the note with the line breaks that tables have too, not those that browsers send."""
        note: str = self.cleaned_data["note"]
        return note.replace("\r\n", "\n")


class EntryFormSet(NamedFormSet):
    """The countries on the page of a draft."""

    def clean(self) -> None:
        """Refuse territories that follow each other in a circle."""
        super().clean()
        stated = [
            form.cleaned_data
            for form in self.forms
            if form not in self.deleted_forms and form.is_valid() and form.cleaned_data
        ]
        found = circles(
            (row["code"], row["parent"]) for row in stated if row["treatment"] == Treatment.FOLLOWS
        )
        if found:
            sentence = gettext("These follow each other in a circle: %(codes)s.")
            raise forms.ValidationError([sentence % {"codes": ", ".join(codes)} for codes in found])


class TableForm(forms.Form):
    """A table of countries, pasted or as a file; its text stays in the box, wherever it came from."""

    text = ListText(
        label=_("Paste the table here"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 14, "cols": 100}),
    )
    file = ListUpload(
        label=_("Or choose a file"),
        help_text=_("CSV or an Excel workbook (.xlsx), up to 500 kB."),
        most_bytes=LARGEST_TABLE,
        too_large=_("The table is larger than 500 kB."),
    )

    def clean_text(self) -> str:
        """Return what was pasted; refuse too much of it."""
        text: str = self.cleaned_data["text"]
        if len(text.encode(errors="replace")) > LARGEST_TABLE:
            raise forms.ValidationError(gettext("The table is larger than 500 kB."))
        return text

    def clean_file(self) -> ListFile:
        """Return what the file says, and keep its text in the box above."""
        file: ListFile = self.cleaned_data["file"] or ListFile("")
        if file.text and not self.cleaned_data.get("text", "").strip():
            data = cast(QueryDict, self.data).copy()
            data["text"] = file.text
            self.data = data
        return file

    def clean(self) -> dict[str, Any]:
        """Return the entries that the table states; refuse both a text and a file, neither, and wrong lines."""
        stated = self.cleaned_data
        if not self.errors:
            texts = [text for text in (stated["text"], stated["file"].text) if text.strip()]
            if len(texts) == 1:
                self._read(texts[0])
            else:
                self.add_error(None, gettext("Paste a table or choose a file: one of the two."))
        return stated

    def _read(self, table: str) -> None:
        try:
            self.cleaned_data["entries"] = csvfiles.read_csv(table)
        except reader.UnreadableTable as refusal:
            self.add_error(None, str(refusal))
        except csvfiles.WrongLines as refusal:
            for wrong in refusal.lines[:MOST_ERRORS]:
                self.add_error(None, str(wrong))
            if (surplus := len(refusal.lines) - MOST_ERRORS) > 0:
                self.add_error(None, gettext("More of these: %(count)d.") % {"count": surplus})


class DraftsField(forms.ModelMultipleChoiceField[Any]):
    """Drafts to tick, each by its key."""

    default_error_messages = {
        "invalid_choice": _("A draft that was ticked is gone, published or proposed already. Look again."),
        "invalid_pk_value": _("A draft that was ticked is gone, published or proposed already. Look again."),
    }


class ProposalForm(forms.Form):
    """Why a draft is to be published, and which others with it."""

    editions = DraftsField(
        ListEdition.objects.none(),
        label=_("Publish these drafts of lists with it"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    rules = DraftsField(
        RuleVersion.objects.none(),
        label=_("Publish these drafts of rules with it"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    note = forms.CharField(
        label=_("Note"),
        help_text=_("Why this is to be published. It stays with the publication."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4, "cols": 80}),
    )

    def __init__(self, draft: ListEdition | RuleVersion, data: QueryDict | None = None) -> None:
        """Ask about a draft, and offer the others that can be proposed now."""
        super().__init__(data)
        self.draft = draft
        for name, model in (("editions", ListEdition), ("rules", RuleVersion)):
            others = model.objects.editable()
            if isinstance(draft, model):
                others = others.exclude(pk=draft.pk)
            cast(DraftsField, self.fields[name]).queryset = others
            if not others.exists() and name not in self.data:
                del self.fields[name]

    def ids(self, model: type[ListEdition] | type[RuleVersion]) -> list[int]:
        """Return the ids of what is to be proposed of one kind: the draft itself, and what was ticked."""
        ticked = self.cleaned_data.get("editions" if model is ListEdition else "rules", ())
        own = [self.draft] if isinstance(self.draft, model) else []
        return [row.pk for row in (*own, *ticked)]
