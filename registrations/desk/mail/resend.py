"""Sending one mail again."""

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _

from registrations import services
from registrations.desk.refusals import refusals_in
from registrations.links import without_personal_links
from registrations.mails import appointment_of, wording_for
from registrations.models import OutgoingMail, Registration
from webinar_site.foundation import stale_pages
from webinar_site.foundation.desk.pages import StaffRequest, back_to, holding, is_stale, show, tell


@holding(lambda mail_id: [Registration.objects.filter(mails=mail_id)])
def resend_mail(request: StaffRequest, mail_id: int) -> HttpResponse:
    """Show what would go to whom once more, or why it cannot; the POST sends it."""
    mail = get_object_or_404(OutgoingMail.objects.select_related("registration"), pk=mail_id)
    form = forms.Form(request.POST if request.method == "POST" else None)
    shown = stale_pages.picture(mail, mail.state, mail.recipient)
    if is_stale(request, shown):
        pass
    elif form.is_valid():
        with refusals_in(form):
            again = services.mail.resend_mail(mail.pk, by=request.user, now=timezone.now())
            tell(request, _("The mail is sent again; this is the new one."))
            return back_to(again)
    wording = wording_for(mail)
    return show(
        request,
        "registrations/mail/resend.html",
        mail,
        title=_("Send again"),
        why_not="" if form.is_bound else services.mail.why_not_resend(mail, timezone.now()),
        subject=wording.subject,
        text=without_personal_links(wording.text),
        calendar=appointment_of(mail),
        form=form,
        seen=shown.token,
    )
