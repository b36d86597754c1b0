"""The texts of a webinar's mails: which are the site's own, and one page to write, look at, test and keep each."""

import re
from base64 import b64encode
from collections.abc import Callable
from hashlib import sha256
from typing import Any

from django import forms
from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registrations import services
from registrations.mails.editor_texts import MailWords, token
from registrations.mails.placeholders import PLACEHOLDERS, RULES
from registrations.models import MailKind, MailText, Registration, Webinar
from registrations.services.texts import TextKey
from webinar_site.foundation import stale_pages
from webinar_site.foundation.desk.pages import StaffRequest, holding, is_stale, row_of, show, tell

SEE_PEOPLE = "registrations.view_registration"
STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)


class MailTextForm(forms.Form):
    """Subject and text of a kind of mail, and whom the preview is about; what may be in them, services check."""

    subject = forms.CharField(
        label=gettext_lazy("Subject"), required=False, widget=forms.TextInput(attrs={"size": 90})
    )
    body = forms.CharField(
        label=gettext_lazy("Text"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 18, "cols": 90}),
        help_text=gettext_lazy(
            "Paragraphs with an empty line between them; lines that begin with “- ” make a list. The "
            "greeting, the way to the person's own page and the signature are added around it."
        ),
    )
    reference = forms.CharField(
        label=gettext_lazy("Preview for this reference"),
        required=False,
        max_length=20,
        help_text=gettext_lazy("Empty: the preview is about an invented person."),
    )

    def __init__(self, webinar: Webinar, *, may_see_people: bool, **kwargs: Any) -> None:
        """Offer a real person's preview only to those who may see people."""
        super().__init__(**kwargs)
        self.webinar = webinar
        if not may_see_people:
            del self.fields["reference"]

    def clean_reference(self) -> Registration | None:
        """Return whom the preview is about, or None for somebody invented."""
        reference = self.cleaned_data["reference"].strip().upper()
        if not reference:
            return None
        person = self.webinar.registrations.select_related("webinar").filter(reference=reference).first()
        if person is None:
            raise forms.ValidationError(_("No registration for this webinar has this reference."))
        return person

    def words(self) -> MailWords:
        """Return what was written."""
        return MailWords(self.cleaned_data["subject"], self.cleaned_data["body"])


Act = Callable[[StaffRequest, TextKey, MailTextForm, int], services.texts.MailPreview | HttpResponse | None]


def list_mail_texts(request: StaffRequest, webinar_id: int) -> HttpResponse:
    """Show every kind of mail in every language, and whether its text is the site's own."""
    webinar = get_object_or_404(Webinar, pk=webinar_id)
    newest = MailText.objects.newest([webinar.pk], MailKind)
    rows = [
        (kind, code, language, newest.get((webinar.pk, kind.value, code)))
        for kind in MailKind
        for code, language in settings.LANGUAGES
    ]
    return show(request, "registrations/texts/mail_texts.html", webinar, title=_("Mail texts"), rows=rows)


@holding(row_of(Webinar))
def edit_mail_text(request: StaffRequest, webinar_id: int, kind: str, language: str) -> HttpResponse:
    """Show one mail's text; the POST previews it, saves it, sends it as a test or goes back to the standard text."""
    languages = dict(settings.LANGUAGES)
    if kind not in MailKind or language not in languages:
        raise Http404
    webinar = get_object_or_404(Webinar, pk=webinar_id)
    key = TextKey(webinar.pk, MailKind(kind), language)
    words, version = services.texts.current_words(key)
    shown = stale_pages.picture(webinar, kind, language, version)
    form = _form(request, webinar, key, words)
    may_act = not is_stale(request, shown) and form.is_valid()
    done = _act(request, key, form, version) if may_act else None
    if isinstance(done, HttpResponse):
        return done
    response = show(
        request,
        "registrations/texts/mail_text.html",
        webinar,
        title=_("%(mail)s: mail text, %(language)s")
        % {"mail": capfirst(MailKind(kind).label), "language": languages[language]},
        language=language,
        is_to_staff=key.kind.is_to_staff,
        form=form,
        seen=shown.token,
        preview=done,
        needed=[(token(name), PLACEHOLDERS[name]) for name in RULES[key.kind].must],
        possible=[(token(name), PLACEHOLDERS[name]) for name in RULES[key.kind].may],
        to=request.user.email,
    )
    return _with_style_of(done, response) if done else response


def _with_style_of(preview: services.texts.MailPreview, response: HttpResponse) -> HttpResponse:
    """Let in the style of the mail shown: its frame takes over the page's policy, which knows no style but its own."""
    response._csp_update = {"style-src": [_hash_of_style(preview.html)]}  # type: ignore[attr-defined]
    return response


def _form(request: StaffRequest, webinar: Webinar, key: TextKey, words: MailWords) -> MailTextForm:
    may_see_people = request.user.has_perm(SEE_PEOPLE) and not key.kind.is_to_staff
    initial = {"subject": words.subject, "body": words.body}
    data = request.POST if request.method == "POST" else None
    form = MailTextForm(webinar, may_see_people=may_see_people, initial=initial, data=data)
    for name in ("subject", "body") if key.kind.is_to_staff else ():
        form.fields[name].help_text = ""
        form.fields[name].disabled = True  # one text for all webinars: shown and sent as a test, not written
    return form


def _act(
    request: StaffRequest, key: TextKey, form: MailTextForm, version: int
) -> services.texts.MailPreview | HttpResponse | None:
    """Do what the pressed button says, the preview for none; put refusals into the form."""
    try:
        return TEXT_ACTS.get(request.POST.get("act", ""), _preview)(request, key, form, version)
    except services.errors.MailTextRefused as refusal:
        for field, problems in refusal.problems.items():
            for problem in problems:
                form.add_error(field or None, problem)
    except services.errors.NoAddress as refusal:
        form.add_error(None, str(refusal))
    return None


def _preview(
    _request: StaffRequest, key: TextKey, form: MailTextForm, _version: int
) -> services.texts.MailPreview:
    person = form.cleaned_data.get("reference")
    return services.texts.preview_mail(key, form.words(), now=timezone.now(), registration=person)


def _save(request: StaffRequest, key: TextKey, form: MailTextForm, version: int) -> HttpResponse:
    services.texts.save_mail_text(key, form.words(), seen=version, by=request.user, now=timezone.now())
    tell(request, _("The text is saved. Mails that are written from now on say it."))
    return redirect("admin:registrations_webinar_mail_texts", key.webinar_id)


def _reset(request: StaffRequest, key: TextKey, _form: MailTextForm, version: int) -> HttpResponse:
    services.texts.reset_mail_text(key, seen=version, by=request.user, now=timezone.now())
    tell(request, _("Mails that are written from now on say the standard text again."))
    return redirect("admin:registrations_webinar_mail_texts", key.webinar_id)


def _send_test(request: StaffRequest, key: TextKey, form: MailTextForm, _version: int) -> None:
    mail = services.texts.send_test_mail(key, form.words(), by=request.user, now=timezone.now())
    tell(request, _("A test is on its way to %(address)s.") % {"address": mail.recipient})


TEXT_ACTS: dict[str, Act] = {"preview": _preview, "save": _save, "standard": _reset, "test": _send_test}


def _hash_of_style(html: str) -> str:
    """Return the hash by which a Content-Security-Policy lets a mail's one style element in (CSP 3, section 2.3.1)."""
    styles = STYLE.findall(html)
    return f"'sha256-{b64encode(sha256(styles[0].encode()).digest()).decode()}'"
