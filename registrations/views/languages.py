"""The language that somebody reads in (D-77)."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.i18n import set_language

from registrations import services


# Without a CSRF check: it changes words only, and a token would set a cookie with every page. Forms of another site are
# sent without the session's cookie (SameSite), so nobody chooses the language of a colleague's mails either.
@csrf_exempt
def choose_language(request: HttpRequest) -> HttpResponse:
    """Let the visitor read in another language; a member of staff who is signed in gets our mails in it too."""
    response = set_language(request)
    chosen = response.cookies.get(settings.LANGUAGE_COOKIE_NAME)
    if chosen and request.user.is_staff:
        services.accounts.set_staff_language(request.user.pk, language=chosen.value)
    return response
