"""What members of staff choose for themselves."""

from registrations.models import StaffLanguage


def set_staff_language(user_id: int, *, language: str) -> None:
    """Write our mails to a member of staff in this language from now on; one of settings.LANGUAGES."""
    StaffLanguage.objects.update_or_create(user_id=user_id, defaults={"language": language})
