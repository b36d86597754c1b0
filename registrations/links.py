"""Full addresses of the site's pages, for whatever is read outside the site: mails and calendar files."""

from django.conf import settings
from django.urls import reverse


def page(view: str, *args: object) -> str:
    """Return the full address of one of this application's pages, from SITE_URL and never from a request."""
    return f"{settings.SITE_URL}{reverse(f'registrations:{view}', args=args)}"
