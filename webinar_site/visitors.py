"""Where a visitor comes from: one reading of addresses as proxies write them, for locks, limits and metrics (D-80)."""

import re
from collections.abc import Mapping
from ipaddress import IPv6Address, ip_address

from django.conf import settings
from django.http import HttpRequest

UNKNOWN_IP = ""
_WITH_PORT = re.compile(r"\[(?P<v6>[^\[\]]*)\](?::\d{1,5})?|(?P<v4>[0-9.]+):\d{1,5}")


def read_ip(text: str) -> str:
    """Return an address as `ipaddress` writes it, without port, brackets, quotes and zone; UNKNOWN for what is none.

    An IPv4 address that is written as an IPv6 one is the IPv4 address. “unknown” and “_hidden” (RFC 7239) are none.
    """
    bare = text.strip().strip('"').strip()
    if with_port := _WITH_PORT.fullmatch(bare):
        bare = with_port["v6"] or with_port["v4"] or ""
    try:
        ip = ip_address(bare.partition("%")[0])
    except ValueError:
        return UNKNOWN_IP
    if isinstance(ip, IPv6Address) and ip.ipv4_mapped is not None:
        ip = ip.ipv4_mapped
    return str(ip)


def forwarded_hops(meta: Mapping[str, str]) -> list[str]:
    """Return the entries of X-Forwarded-For as they are, the nearest proxy's last; none where all are empty."""
    hops = [hop.strip() for hop in meta.get("HTTP_X_FORWARDED_FOR", "").split(",")]
    return hops if any(hops) else []


def visitor_ip(meta: Mapping[str, str]) -> str:
    """Return the visitor's address as the outermost of TRUSTED_PROXIES proxies saw it; UNKNOWN where that is none.

    Each proxy appends the address it was called from, so only the last TRUSTED_PROXIES entries of X-Forwarded-For can
    be believed; without a trusted proxy the header changes nothing.
    """
    hops = forwarded_hops(meta)
    if settings.TRUSTED_PROXIES and hops:
        return read_ip(hops[-settings.TRUSTED_PROXIES :][0])
    return read_ip(meta.get("REMOTE_ADDR", ""))


def ip_to_lock(request: HttpRequest) -> str | None:
    """Return the address by which axes counts wrong passwords; None, which is one to it too, where it is unknown."""
    return request.META["REMOTE_ADDR"] or None
