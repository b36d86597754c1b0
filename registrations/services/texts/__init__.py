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
    TextPlace,
    current_words,
    preview_mail,
    preview_of,
    reset_mail_text,
    save_mail_text,
    send_test_mail,
)

__all__ = [
    "LONGEST_WORDING",
    "WordingChange",
    "wording_difference",
    "check_wording",
    "publish_wording",
    "altered_legal_texts",
    "TextPlace",
    "MailPreview",
    "current_words",
    "preview_mail",
    "preview_of",
    "save_mail_text",
    "reset_mail_text",
    "send_test_mail",
]
