"""The domain of an email address as mail servers and calendars read it: by IDNA 2008 and UTS 46, without Django (D-55).

Python's own codec is IDNA 2003, which makes another domain of some: faß.example would become fass.example.
"""

from contextlib import suppress

import idna

LONGEST = 253  # octets of a whole name (RFC 1035, section 2.3.4)
LONGEST_LABEL = 63


def ascii_domain(domain: str) -> str:
    """Return a domain in ASCII, without a dot at its end; what is ASCII already keeps its spelling.

    Raises ValueError where it cannot be a domain.
    """
    if not domain.isascii():
        try:
            domain = idna.encode(domain, uts46=True, transitional=False).decode("ascii")
        except UnicodeError as error:
            raise ValueError("the domain of the email address is not a domain") from error
    domain = domain.removesuffix(".")
    if len(domain) > LONGEST or not all(0 < len(label) <= LONGEST_LABEL for label in domain.split(".")):
        raise ValueError("the domain of the email address is not a domain")
    return domain


def ascii_address(address: str) -> str:
    """Write an email address with its domain in ASCII, so that no program makes another domain of it (IDNA 2008)."""
    local, at, domain = address.rpartition("@")
    with suppress(ValueError):
        domain = ascii_domain(domain)
    return f"{local}{at}{domain}"
