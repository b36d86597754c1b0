"""Letting mail go again to an address that bounced."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _

from eligibility import drawn
from eligibility.desk import StaffRequest, back_to, is_stale, show, staff_page, tell, warn
from registrations import permissions, services
from registrations.admin_views.pages import of_same_address
from registrations.models import OutgoingMail, Registration


@staff_page(permissions.RETRY_ADDRESS, locks=of_same_address)
def retry_address(request: StaffRequest, registration_id: int) -> HttpResponse:
    """Show what came back, and what was not sent since; the POST lets mail go again."""
    registration = get_object_or_404(Registration, pk=registration_id)
    shown = drawn.picture(
        registration, registration.email, registration.bounced_at, registration.bounce_reply
    )
    if request.method == "POST" and not (registration.bounced_at and is_stale(request, shown)):
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
        seen=shown.token,
        unsent=failed.count(),
        others=others.exclude(pk=registration.pk).count(),
    )
