"""Which addresses people may be sent to when they join a meeting."""

from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext as _

_validate_https = URLValidator(schemes=["https"])
HTTPS_PORTS = (None, 443)


def validate_meeting_url(url: str) -> None:
    """Refuse an address that is not https or not on one of MEETING_HOSTS; raise ValidationError saying which are."""
    if not is_meeting_url(url):
        raise ValidationError(
            _("The address of a meeting has to begin with https:// and be on %(hosts)s.")
            % {"hosts": _(" or ").join(settings.MEETING_HOSTS)}
        )


def is_meeting_url(url: str) -> bool:
    """Return whether people may be sent there: https, on one of MEETING_HOSTS or below it.

    Names in front of an @ are refused: with a backslash among them browsers and this program do not read them alike.
    """
    try:
        _validate_https(url)
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except (ValidationError, ValueError):
        return False
    if "@" in parts.netloc or port not in HTTPS_PORTS:
        return False
    return any(host == allowed or host.endswith(f".{allowed}") for allowed in settings.MEETING_HOSTS)
