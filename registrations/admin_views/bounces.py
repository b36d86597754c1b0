"""Letting mail go again to an address that bounced."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _

from eligibility.desk import StaffRequest, back_to, show, staff_page, tell, warn
from registrations import permissions, services
from registrations.models import OutgoingMail, Registration


@staff_page(permissions.RETRY_ADDRESS)
def retry_address(request: StaffRequest, registration_id: int) -> HttpResponse:
    """Show what came back, and what was not sent since; the POST lets mail go again."""
    registration = get_object_or_404(Registration, pk=registration_id)
    if request.method == "POST":
        try:
            services.retry_address(registration.pk, by=request.user, now=timezone.now())
        except services.AddressNotBounced as refusal:
            warn(request, refusal)
        else:
            tell(request, _("Mail goes to this address again."))
        return back_to(registration)
    if registration.bounced_at is None:
        warn(request, services.AddressNotBounced())
        return back_to(registration)
    failed = registration.mails.filter(state=OutgoingMail.State.FAILED, recipient=registration.email)
    others = Registration.objects.filter(email_key=registration.email_key, bounced_at__isnull=False)
    return show(
        request,
        "registrations/address_retry.html",
        registration,
        title=_("Try an address again"),
        registration=registration,
        unsent=failed.count(),
        others=others.exclude(pk=registration.pk).count(),
    )
