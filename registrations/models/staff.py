"""What the site knows of a member of staff beyond Django's account."""

from django.conf import settings
from django.contrib.auth.models import User
from django.db import models


class StaffLanguage(models.Model):
    """The language of our mails to a member of staff: the one they chose last with the buttons on our pages."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="staff_language"
    )
    language = models.CharField(max_length=10)

    def __str__(self) -> str:
        return self.language


def staff_language(user: User) -> str:
    """Return the language of our mails to a member of staff; English for whoever never chose one.

    One query, unless `staff_language` was selected with the account.
    """
    chosen = getattr(user, "staff_language", None)
    return chosen.language if chosen else settings.LANGUAGE_CODE
