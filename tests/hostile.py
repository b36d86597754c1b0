"""Twenty and more ways of sending a form that no person sends, and what the answer to each must be."""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote_plus, urlencode

from django.apps import apps
from django.db import models
from django.http import HttpResponse
from django.test import Client

from webinar_site.foundation.plain_text import visible

FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=B"
# Answers that a site gives to what it cannot take, or takes as it stands; never an error of its own.
ANSWERS = {200, 302, 307, 400, 403, 404, 405, 409, 410, 413, 415, 422, 429}
MARK = "<script>alert(1)</script>"
BREAKOUT = '"onfocus="alert(1)'

Answers = Mapping[str, Iterable[str]]


@dataclass(frozen=True, slots=True)
class Post:
    """What is sent: the body, what it says of itself, and whether the token against forgery comes with it."""

    body: bytes
    content_type: str = FORM
    method: str = "POST"
    headers: Mapping[str, str] = field(default_factory=dict)


def _pairs(answers: Answers) -> list[tuple[str, str]]:
    return [(name, str(value)) for name, values in answers.items() for value in values]


def _form(pairs: Iterable[tuple[str, str]]) -> Post:
    return Post(urlencode(list(pairs)).encode())


def _every(value: str) -> Callable[[Answers], Post]:
    """Return the variant that writes one thing into every field."""
    return lambda answers: _form((name, value) for name, _old in _pairs(answers))


def _raw(value: str) -> Callable[[Answers], Post]:
    """Return the variant that writes these escaped bytes into every field."""
    return lambda answers: Post("&".join(f"{quote_plus(name)}={value}" for name in answers).encode())


def _part(name: str, value: str, more: str = "") -> str:
    return f'--B\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n{value}\r\n'


def _parts(answers: Answers, more: str = "") -> str:
    return "".join(_part(name, value, more) for name, value in _pairs(answers))


VARIANTS: dict[str, Callable[[Answers], Post]] = {
    "nothing at all": lambda answers: Post(b""),
    "HTML in every field": _every(MARK),
    "an attribute in every field": _every(BREAKOUT),
    "template code in every field": _every("{{ 7|add:7 }}{% debug %}%(name)s{0}"),
    "null bytes in every field": _every("a\x00b"),
    "bidi controls in every field": _every("\u202etxt.exe\u2066\u200f"),
    "line breaks in every field": _every("a\r\nBcc: eve@example.org\u2028x\x85y"),
    "a megabyte in every third field": lambda answers: _form(
        (name, "x" * 1_000_000 if number in (0, 3) else value)
        for number, (name, value) in enumerate(_pairs(answers))
    ),
    "five megabytes": lambda answers: _form([*_pairs(answers), ("more", "x" * 5_000_000)]),
    "a number of 5,000 digits": _every("9" * 5000),
    "numbers below and beyond": _every("-9223372036854775809"),
    "every field twice": lambda answers: _form([*((name, "another") for name in answers), *_pairs(answers)]),
    "two thousand fields": lambda answers: _form([*_pairs(answers), *((f"f{n}", "x") for n in range(2000))]),
    "fields nobody asked for": lambda answers: _form(
        [
            *_pairs(answers),
            ("state", "active"),
            ("__class__", "x"),
            ("a[b][]", "x"),
            ("is_staff", "on"),
            ("", ""),
        ]
    ),
    "bytes that are no text": _raw("%ff%fe%00"),
    "half a surrogate pair": _raw("%ed%a0%80"),
    "another charset": lambda answers: Post(
        urlencode(_pairs(answers)).encode("utf-16"), f"{FORM}; charset=utf-16"
    ),
    "a charset that is none": lambda answers: Post(_form(_pairs(answers)).body, f"{FORM}; charset=klingon"),
    "JSON": lambda answers: Post(b'{"a": [1, {"b": null}]}', "application/json"),
    "plain text": lambda answers: Post(b"hello", "text/plain"),
    "XML": lambda answers: Post(
        b"<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>", "text/xml"
    ),
    "parts without a boundary": lambda answers: Post(_parts(answers).encode(), "multipart/form-data"),
    "parts that break off": lambda answers: Post(_parts(answers).encode()[:-7], MULTIPART),
    "a file for every field": lambda answers: Post(
        f"{_parts(answers, '; filename=x.exe')}--B--\r\n".encode(), MULTIPART
    ),
    "another method": lambda answers: Post(_form(_pairs(answers)).body, method="PUT"),
}


def send(client: Client, address: str, post: Post) -> HttpResponse:
    """Send it and return the answer."""
    return client.generic(
        post.method, address, post.body, content_type=post.content_type, headers=post.headers
    )


def faults(response: HttpResponse) -> list[str]:
    """Return what is wrong with an answer: an error of the site's own, no help for people, or something let through."""
    found = [] if response.status_code in ANSWERS else [f"answered {response.status_code}"]
    if response.status_code in (302, 307):
        return found
    if not response.headers.get("Content-Type", "").startswith("text/html"):
        return [*found, f"is {response.headers.get('Content-Type')}"]
    page = response.content.decode()
    if not re.search(r"<h1[\s>]", page):
        found.append("has no heading")
    if MARK in page or BREAKOUT in page:
        found.append("lets through what was sent")
    return found


def with_what_nobody_sees(answers: Answers) -> dict[str, list[str]]:
    """Return the same answers as text that was pasted often arrives: with marks and zero-width characters in it."""
    return {name: [f"\u202e\ufeff{value}\u200b" for value in values] for name, values in answers.items()}


def rows_with_what_nobody_sees() -> list[str]:
    """Return the columns of all tables in which something stands that nobody sees."""
    found = set()
    for model in apps.get_models():
        columns = [
            column.attname
            for column in model._meta.concrete_fields
            if isinstance(column, models.CharField | models.TextField | models.JSONField)
        ]
        for row in model._default_manager.values(*columns) if columns else ():
            texts = {name: json.dumps(value, ensure_ascii=False, default=str) for name, value in row.items()}
            found |= {f"{model._meta.label}.{name}" for name, text in texts.items() if visible(text) != text}
    return sorted(found)
