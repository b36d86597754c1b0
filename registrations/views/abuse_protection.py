"""The gate before every form that is open to everybody: programs and floods stay out, people lose nothing (D-17)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network

from django import forms
from django.http import HttpRequest, HttpResponse

from registrations import services
from registrations.forms import Gate
from registrations.models import email_key
from registrations.views.access import UNPROCESSABLE

TOO_MANY = 429
UNKNOWN = "unknown"
# A whole institution may sit behind one network address; each valid form mails one mailbox.
OF_NETWORK = services.people.Limit(most=300, span=timedelta(minutes=10))
# Whoever comes from an unknown network shares this with all others who do.
OF_UNKNOWN = services.people.Limit(most=3000, span=timedelta(minutes=10))
OF_MAILBOX = services.people.Limit(most=5, span=timedelta(hours=1))


@dataclass(frozen=True, slots=True)
class GateResult:
    """What the gate says to a form that was sent: whether it may go on, else how to answer."""

    is_free: bool
    status: int = UNPROCESSABLE
    retry_after: timedelta | None = None

    def answer(self, response: HttpResponse) -> HttpResponse:
        """Give the page with the form on it the status and headers that belong to it."""
        response.status_code = self.status
        if self.retry_after is not None:
            response["Retry-After"] = str(-(-self.retry_after // timedelta(seconds=1)))
        return response


def pass_gate(request: HttpRequest, form: forms.Form, purpose: str, now: datetime) -> GateResult:
    """Count a form that was sent and look at its gate fields; where it may not go on, the form says why.

    `form` has a field `email`; its mailbox is counted for valid forms only, known or not known alike.
    """
    gate = Gate(request.POST)
    gate_is_open = gate.is_valid()
    is_valid = form.is_valid()
    try:
        services.people.count_attempts(_attempts(request, form, purpose, gate_is_open and is_valid), now=now)
    except services.errors.TooManyAttempts as refusal:
        form.add_error(None, str(refusal))
        return GateResult(is_free=False, status=TOO_MANY, retry_after=refusal.retry_after)
    for errors in gate.errors.values():
        form.add_error(None, errors)
    return GateResult(is_free=gate_is_open)


def _attempts(
    request: HttpRequest, form: forms.Form, purpose: str, is_complete: bool
) -> Iterator[services.people.Attempt]:
    network = network_of(request.META["REMOTE_ADDR"])
    yield services.people.Attempt(
        f"{purpose}:network", network, OF_UNKNOWN if network == UNKNOWN else OF_NETWORK
    )
    if is_complete:
        yield services.people.Attempt(f"{purpose}:mailbox", email_key(form.cleaned_data["email"]), OF_MAILBOX)


def network_of(address: str) -> str:
    """Return what counts as one network: an IPv4 address, an IPv6 network of 64 bits; else the unknown one."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return UNKNOWN
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is None:
        return str(ip_network((parsed, 64), strict=False))
    return str(getattr(parsed, "ipv4_mapped", None) or parsed)
