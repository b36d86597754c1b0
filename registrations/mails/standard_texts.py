"""The site's own templates as an Editor would write them: with placeholders where the pieces and facts are (D-60).

Rendered from the very templates that mails are made of, with a placeholder in the place of each piece and fact, so that
the two cannot drift apart.
"""

from functools import cache
from typing import Any

from django import template
from django.template import Context, Engine
from django.utils import translation

from registrations.mails.editor_texts import MailWords, tidy, token
from registrations.mails.placeholders import PIECES, PLACEHOLDERS, RULES
from registrations.models import MailKind

register = template.Library()  # stands in for registrations_tags while a standard text is read


@register.simple_tag(name="session_time")
def session_time_placeholder(starts_at: Any, _ends_at: Any) -> Any:
    """Return the placeholder of a time, in the place of its start."""
    return starts_at


def standard_words(kind: MailKind, language: str) -> MailWords:
    """Return subject and text of the site's own templates, in a language, with placeholders."""
    values = Context(_placeholders_as_values(kind), autoescape=False)
    with translation.override(language):
        subject, body = (
            _engine().render_to_string(f"{PIECES}/{kind}.{part}.txt", values) for part in ("subject", "body")
        )
    return tidy(MailWords(subject, _one_blank_line(body)))


def _one_blank_line(text: str) -> str:
    lines = text.strip().splitlines()
    return "\n".join(line for number, line in enumerate(lines) if line or lines[number - 1])


@cache
def _engine() -> Engine:
    """Return an engine in which each piece is its placeholder, and the frame of every mail nothing but its content."""
    pieces = {
        f"{PIECES}/{placeholder.piece}": token(name)
        for name, placeholder in PLACEHOLDERS.items()
        if placeholder.piece
    }
    frame = {f"{PIECES}/base.body.txt": "{% block content %}{% endblock %}"}
    dirs = Engine.get_default().dirs
    return Engine(
        loaders=[
            ("django.template.loaders.locmem.Loader", pieces | frame),
            ("django.template.loaders.filesystem.Loader", dirs),
        ],
        libraries={"i18n": "django.templatetags.i18n", "registrations_tags": __name__},
    )


def _placeholders_as_values(kind: MailKind) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name in RULES[kind].possible:
        if paths := PLACEHOLDERS[name].paths:
            *parents, key = paths[0].split(".")
            about = values
            for parent in parents:
                about = about.setdefault(parent, {})
            about[key] = token(name)
    return values
