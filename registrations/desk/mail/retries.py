"""Letting mail go again to addresses that bounced: one person's, or those of many."""

from collections.abc import Sequence

from django import forms
from django.db import transaction
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from registrations import services
from registrations.desk.refusals import of_same_address
from registrations.models import MailKind, Registration
from webinar_site.foundation import stale_pages
from webinar_site.foundation.desk.pages import (
    StaffRequest,
    back_to,
    holding,
    is_stale,
    lock_rows,
    show,
    tell,
    warn,
)

MOST_WORDS = 20  # different words of mail servers that the page shows


class RetryForm(forms.Form):
    """Which registrations' addresses, as one field of ids; and whether what was withheld goes out now."""

    registrations = forms.RegexField(r"^\d{1,18}(,\d{1,18})*$", widget=forms.HiddenInput)
    send_withheld = forms.BooleanField(
        label=gettext_lazy("Send the withheld mails now"),
        required=False,
        help_text=gettext_lazy("A mail whose moment has passed, or that a later one overtakes, is left out."),
    )


@holding(of_same_address)
def retry_address(request: StaffRequest, registration_id: int) -> HttpResponse:
    """Show what came back from one person's address, and what was withheld since; the POST lets mail go again."""
    registration = get_object_or_404(Registration, pk=registration_id)
    shown = _picture([registration.pk])
    if request.method == "POST" and not (registration.bounced_at and is_stale(request, shown)):
        _retry(request, [registration.pk])
        return back_to(registration)
    if registration.bounced_at is None:
        warn(request, services.errors.AddressNotBounced())
        return back_to(registration)
    return show_retry(request, [registration.pk], registration)


def retry_addresses(request: StaffRequest) -> HttpResponse:
    """Show what came back from the registrations named in the query; the POST lets mail go again to their addresses."""
    posted = request.method == "POST"
    form = RetryForm(request.POST if posted else request.GET)
    if not form.is_valid():
        raise Http404
    registration_ids = [int(pk) for pk in form.cleaned_data["registrations"].split(",")]
    with transaction.atomic():
        marked = services.mail.bounced_with(registration_ids)
        if posted:
            lock_rows(marked)
        if not posted or (marked.exists() and is_stale(request, _picture(registration_ids))):
            return show_retry(request, registration_ids)
        _retry(request, registration_ids)
    return redirect("admin:registrations_registration_changelist")


def _picture(registration_ids: Sequence[int]) -> stale_pages.Picture:
    """Return what the page shows: which registrations' addresses are marked, since when, and why."""
    marked = services.mail.bounced_with(registration_ids)
    facts = marked.values_list("pk", "email", "bounced_at", "bounce_reply")
    first = get_object_or_404(Registration, pk=registration_ids[0])
    return stale_pages.picture(first, *map(list, facts))


def show_retry(
    request: HttpRequest, registration_ids: Sequence[int], registration: Registration | None = None
) -> HttpResponse:
    """Return the page that says what mail servers said of these registrations' addresses, and what was withheld."""
    marked = services.mail.bounced_with(registration_ids)
    withheld = services.mail.withheld_from(marked).order_by().values_list("kind").annotate(Count("pk"))
    words = marked.order_by("bounce_reply").values_list("bounce_reply").annotate(Count("pk"))
    return show(
        request,
        "registrations/mail/retry.html",
        registration or Registration,
        title=_("Try addresses again") if registration is None else _("Try an address again"),
        registration=registration,
        seen=_picture(registration_ids).token,
        addresses=marked.order_by().values("email_key").distinct().count(),
        marked=marked.count(),
        words=words[:MOST_WORDS],
        withheld=[(MailKind(kind).label, count) for kind, count in withheld.order_by("kind")],
        form=RetryForm(initial={"registrations": ",".join(map(str, registration_ids))}),
    )


def retry_ticked(request: HttpRequest, registrations: QuerySet[Registration]) -> HttpResponse | None:
    """Show what letting mail go again to the ticked people would do, unless they are too many."""
    most = services.mail.MOST_RETRIED
    ids = list(registrations.order_by("pk").values_list("pk", flat=True)[: most + 1])
    if len(ids) > most:
        warn(request, services.errors.TooManyChosen(most))
        return None
    return show_retry(request, ids)


def _retry(request: StaffRequest, registration_ids: Sequence[int]) -> None:
    """Let mail go again, and tell to how many addresses, or why not."""
    wanted = bool(request.POST.get("send_withheld"))
    try:
        done = services.mail.retry_addresses(
            registration_ids, by=request.user, now=timezone.now(), send_withheld=wanted
        )
    except (services.errors.AddressNotBounced, services.errors.TooManyChosen) as refusal:
        warn(request, refusal)
        return
    addresses = ngettext(
        "Mail goes to %(count)d address again.", "Mail goes to %(count)d addresses again.", done.addresses
    )
    tell(request, addresses % {"count": done.addresses})
    if done.mails:
        mails = ngettext(
            "%(count)d withheld mail is sent now.", "%(count)d withheld mails are sent now.", done.mails
        )
        tell(request, mails % {"count": done.mails})
