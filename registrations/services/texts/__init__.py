"""Texts: the words of mails that Editors write, privacy statement and consents."""

from registrations.services.texts.legal_texts import (
    LONGEST_WORDING,
    WordingChange,
    altered_legal_texts,
    check_wording,
    publish_wording,
    wording_difference,
)
from registrations.services.texts.mail_texts import (
    MailPreview,
    TextKey,
    current_words,
    preview_mail,
    reset_mail_text,
    save_mail_text,
    send_test_mail,
)

__all__ = [
    # Which text: of which webinar, kind of mail and language.
    "TextKey",
    # Return what a mail says now, and its version.
    "current_words",
    # A mail as a person would get it.
    "MailPreview",
    # Return a mail with these words; nothing is saved.
    "preview_mail",
    # Send these words to the member of staff who asks.
    "send_test_mail",
    # Save a mail's words; mails written from now on say them.
    "save_mail_text",
    # Go back to the site's own words.
    "reset_mail_text",
    # How many characters a legal text may have.
    "LONGEST_WORDING",
    # One paragraph of a legal text, before and after.
    "WordingChange",
    # Compare a legal text with its former version.
    "wording_difference",
    # Return a legal text as it would be kept, or refuse it.
    "check_wording",
    # Publish a new version of a legal text.
    "publish_wording",
    # Find the legal texts that were changed behind the site's back.
    "altered_legal_texts",
]
