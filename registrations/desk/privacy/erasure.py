"""Erasing somebody who cannot or will not do it themselves."""

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registrations import services
from registrations.desk.refusals import of_same_address, refusals_in
from registrations.models import Registration
from webinar_site.foundation import stale_pages
from webinar_site.foundation.desk.pages import StaffRequest, back_to, holding, is_stale, show, tell, warn


class ErasureForm(forms.Form):
    """Why somebody is erased."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 80}),
        help_text=gettext_lazy(
            "Stays in the history for good. Name nobody in it: “asked for by letter, file 2020/17” is enough."
        ),
    )


@holding(of_same_address)
def erase_person(request: StaffRequest, registration_id: int) -> HttpResponse:
    """Say what would be erased and ask why; the POST erases the person as they could themselves."""
    registration = get_object_or_404(Registration, pk=registration_id)
    if registration.is_erased:
        warn(request, _("This person is erased already."))
        return back_to(registration)
    form = ErasureForm(request.POST if request.method == "POST" else None)
    shown = stale_pages.picture(registration, services.people.own_answers(registration))
    if is_stale(request, shown):
        pass
    elif form.is_valid():
        with refusals_in(form):
            reason = form.cleaned_data["reason"]
            services.privacy.erase(registration.pk, by=request.user, reason=reason, now=timezone.now())
            tell(request, _("The person is erased. What still goes out to them is wiped once it is sent."))
            return back_to(registration)
    others = Registration.objects.filter(
        webinar=registration.webinar_id, email_key=registration.email_key
    ).exclude(pk=registration.pk)
    return show(
        request,
        "registrations/privacy/erasure.html",
        registration,
        title=_("Erase a person"),
        form=form,
        seen=shown.token,
        registration=registration,
        others=sum(not other.is_active for other in others),
    )
