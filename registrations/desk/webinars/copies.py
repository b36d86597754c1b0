"""The next webinar, as a copy of an earlier one."""

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from registrations import services
from registrations.desk.refusals import refusals_in
from registrations.models import Webinar
from webinar_site.foundation.desk.pages import StaffRequest, show, tell


class CopyForm(forms.ModelForm[Webinar]):
    """What a copied webinar is called, and its address."""

    class Meta:
        model = Webinar
        fields = ("title", "slug")


def copy_webinar(request: StaffRequest, webinar_id: int) -> HttpResponse:
    """Show what a copy takes over and what it leaves behind; the POST makes it."""
    webinar = get_object_or_404(Webinar, pk=webinar_id)
    form = CopyForm(request.POST if request.method == "POST" else None, initial={"title": webinar.title})
    if form.is_valid():
        with refusals_in(form):
            title, slug = form.cleaned_data["title"], form.cleaned_data["slug"]
            copy = services.webinars.copy_webinar(
                webinar.pk, title=title, slug=slug, by=request.user, now=timezone.now()
            )
            tell(request, _("The copy is made. Registration for it is closed."))
            return redirect("admin:registrations_webinar_readiness", copy.pk)
    return show(request, "registrations/webinars/copy.html", webinar, title=_("Copy"), form=form)
