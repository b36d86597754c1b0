"""What forms share that ask for consent: the very words that are kept as proof of what people read and agreed to."""

from collections.abc import Iterable
from typing import cast

from django import forms
from django.conf import settings
from django.http import QueryDict
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from registrations import services
from registrations.models import CONSENTS, LegalText
from registrations.models.legal_texts import shown_in
from webinar_site.foundation.languages import in_language

TEXTS_SHOWN = '{% include "registrations/people/texts_shown.html" %}'
LONGEST_ID = 18  # digits of the largest number that every database takes


def language() -> str:
    """Return the reader's language, one of settings.LANGUAGES."""
    return get_language() or settings.LANGUAGE_CODE


class ShowsTexts(forms.Form):
    """A form with the fields `privacy_acknowledged` and CONSENTS, or none of them; `shown` holds the texts by kind."""

    def show_texts(self, newest: Iterable[LegalText]) -> None:
        """Ask in the words of today, in the reader's language, in English where there are none."""
        self.shown: dict[str, LegalText] = {}
        if "privacy_acknowledged" not in self.fields:
            return
        self.shown = shown_in(language(), newest)
        privacy = self.shown.get(LegalText.Kind.PRIVACY)
        address = privacy.get_absolute_url() if privacy else reverse("registrations:privacy")
        link = format_html('<a href="{}">{}</a>', address, _("Read the privacy statement"))
        self.fields["privacy_acknowledged"].help_text = link
        consents = self.shown.get(LegalText.Kind.CONSENTS)
        if consents is not None:
            for name, words in zip(CONSENTS, consents.paragraphs, strict=False):
                self.fields[name].label = in_language(words, consents.language)

    def show_again(self, changed: services.errors.TextChanged) -> None:
        """Say that a text was changed meanwhile; what was ticked under the former words is not ticked any more."""
        ticks = {LegalText.Kind.PRIVACY: ("privacy_acknowledged",), LegalText.Kind.CONSENTS: CONSENTS}
        data = cast(QueryDict, self.data).copy()
        for name in ticks[changed.kind]:
            data.pop(name, None)
        self.data = data
        self.add_error(ticks[changed.kind][0], str(changed))

    def said_to_be_shown(self, kind: str) -> int | None:
        """Return the id of the text that the page says it showed; None where it says nothing that is one."""
        said = self.data.get(f"{kind}_text", "")
        return int(said) if said.isascii() and said.isdigit() and len(said) <= LONGEST_ID else None
