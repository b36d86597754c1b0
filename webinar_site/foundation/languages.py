"""Mark words kept in one language on a page that may be in another (WCAG 2.2, 3.1.2 Language of Parts; D-79)."""

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

SOURCE_LANGUAGE = "en"  # the language in which sources are quoted, and notes and titles of editions are kept


def in_language(text: str, language: str) -> SafeString | str:
    """Return a text for HTML, marked with its language where that is not the active one; what is not safe is escaped.

    `language` is a code as in LANGUAGES. Text in the reader's own language comes back as it is.
    """
    return text if language == get_language() else format_html('<span lang="{}">{}</span>', language, text)
