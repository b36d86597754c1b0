"""Writing a new version of a legal text: first its difference to the last one, then the button that publishes it."""

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registrations import services
from registrations.desk.refusals import refusals_in
from registrations.models import LegalText
from registrations.models.legal_texts import text_digest
from webinar_site.foundation import stale_pages
from webinar_site.foundation.desk.pages import StaffRequest, back_to, holding, is_stale, row_of, show, tell


class WordingForm(forms.Form):
    """A new wording; which words its writer saw the difference of."""

    body = forms.CharField(
        label=gettext_lazy("Text"),
        strip=False,
        max_length=services.texts.LONGEST_WORDING,
        widget=forms.Textarea(attrs={"rows": 24, "cols": 90}),
        help_text=gettext_lazy(
            "Paragraphs with an empty line between them; “## ” makes a heading, lines that begin with “- ” a list."
        ),
    )
    compared = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)


@holding(row_of(LegalText))
def new_version(request: StaffRequest, text_id: int) -> HttpResponse:
    """Show the newest words to be changed; the POST shows the difference, and publishes what it was shown of."""
    opened = get_object_or_404(LegalText, pk=text_id)
    newest = LegalText.objects.newest().get(kind=opened.kind, language=opened.language)
    shown = stale_pages.picture(opened, newest.version)
    form = WordingForm(initial={"body": newest.body})
    difference: list[services.texts.WordingChange] = []
    if request.method == "POST":
        form = WordingForm(request.POST)
        if form.is_valid() and not is_stale(request, shown):
            with refusals_in(form):
                body = services.texts.check_wording(newest, newest.kind, form.cleaned_data["body"])
                difference = services.texts.wording_difference(newest, body)
                if request.POST.get("act") == "publish" and form.cleaned_data["compared"] == text_digest(
                    body
                ):
                    return _publish(request, newest, form)
                form = WordingForm(initial={"body": body, "compared": text_digest(body)})
    return show(
        request,
        "registrations/texts/legal_text_new.html",
        newest,
        title=_("Write a new version"),
        text=newest,
        number=newest.version + 1,
        form=form,
        seen=shown.token,
        difference=difference,
    )


def _publish(request: StaffRequest, newest: LegalText, form: WordingForm) -> HttpResponse:
    text = services.texts.publish_wording(
        newest.kind,
        newest.language,
        body=form.cleaned_data["body"],
        seen=newest.version,
        by=request.user,
        now=timezone.now(),
    )
    tell(
        request,
        _("Version %(version)d is published; people are shown it from now on.") % {"version": text.version},
    )
    return back_to(text)
