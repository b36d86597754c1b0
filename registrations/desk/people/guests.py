"""Inviting speakers, moderators and colleagues, outside eligibility."""

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from registrations import permissions, services
from registrations.desk.forms import GuestForm
from registrations.desk.refusals import refusals_in
from registrations.models import Registration
from webinar_site.foundation.desk.pages import StaffRequest, back_to, show, staff_page, tell


@staff_page(permissions.INVITE_GUEST)
def invite_guest(request: StaffRequest) -> HttpResponse:
    """Show the form for a guest; the POST gives the places and mails the invitations."""
    form = GuestForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with refusals_in(form):
            registration = services.people.invite_guest(
                form.webinar_id(), guest=form.guest(), by=request.user, now=timezone.now()
            )
            tell(request, _("The guest is invited."))
            return back_to(registration)
    return show(
        request, "registrations/people/guest.html", Registration, title=_("Invite a guest"), form=form
    )
