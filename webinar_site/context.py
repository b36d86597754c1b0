"""What every template may use."""

from django.conf import settings
from django.http import HttpRequest


def site_logo(request: HttpRequest) -> dict[str, str]:
    """Return the logo's name among the static files as `site_logo`."""
    return {"site_logo": settings.SITE_LOGO}
