"""Full addresses of the site's pages, for whatever is read outside the site: mails and calendar files."""

import re

from django.conf import settings
from django.urls import reverse

PERSONAL_LINK = re.compile(r"/(r|join|confirm)/[\w-]{20,}")


def page(view: str, *args: object) -> str:
    """Return the full address of one of this application's pages, from SITE_URL and never from a request."""
    return f"{settings.SITE_URL}{reverse(f'registrations:{view}', args=args)}"


def desk(address: str = "") -> str:
    """Return the full address of a page of the staff's desk; the start page's where no address is given."""
    return f"{settings.SITE_URL}{address or reverse('admin:index')}"


def without_personal_links(text: str) -> str:
    """Return text without the tokens of personal links: whoever has one can act as that person, and unseen."""
    return PERSONAL_LINK.sub(r"/\1/…", text)
