"""Addresses that no page leads to: every parameter that is read, and every part of a path, with nonsense."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import cycle, islice
from pathlib import Path
from zlib import crc32

from django import forms
from django.contrib.admin.options import IS_FACETS_VAR, IS_POPUP_VAR, TO_FIELD_VAR
from django.contrib.admin.views.main import ALL_VAR, ERROR_FLAG, ORDER_VAR, PAGE_VAR, SEARCH_VAR
from django.db import transaction
from django.http import HttpResponse
from django.test import Client

ROOT = Path(__file__).parents[1]
OURS = ("eligibility", "registrations", "webinar_site")
READ = re.compile(r"""\.GET(?:\.get\(|\[|\.getlist\()["'](\w+)|["'](\w+)["'] in request\.GET""")
# What Django's own lists and forms read, whichever list it is.
OF_DJANGO = (
    ALL_VAR,
    ERROR_FLAG,
    IS_FACETS_VAR,
    IS_POPUP_VAR,
    ORDER_VAR,
    PAGE_VAR,
    SEARCH_VAR,
    TO_FIELD_VAR,
    "_changelist_filters",
    "next",
    "",
)
LOOKUPS = (
    "exact",
    "in",
    "range",
    "isnull",
    "gt",
    "lte",
    "contains",
    "regex",
    "iregex",
    "year",
    "month",
    "day",
    "date",
    "hour",
    "pk",
    "id__in",
    "id__isnull",
    "nowhere__exact",
)
# What stands behind the = of a parameter, as it is sent.
VALUES = {
    "NUL": "a%00b",
    "half a surrogate pair": "%ED%A0%80",
    "bytes that are no text": "%ff%fe",
    "a number of 25 digits": "9" * 25,
    "a number beyond a column": "3000000000",
    "a number below all": "-9223372036854775809",
    "the first day": "0001-01-01",
    "the first moment": "0001-01-01T00:00:00%2B14:00",
    "the last day": "9999-12-31",
    "the last moment": "9999-12-31T23:59:59-14:00",
    "no day": "2020-02-30",
    "nothing": "",
    "20 kB": "x" * 20_000,
    "brackets": "%5B(%7B*%5C%3F",
    "a list": "1,,x,99999999999999999999,-1",
    "days": "0001-01-01,9999-12-31",
    "JSON": "%7B%22a%22:%5B1,null%5D%7D",
    "no number": "NaN",
    "endless": "1e999",
    "HTML": "%3Cscript%3Ealert(1)%3C/script%3E",
}
PARTS = ("9" * 25, "3000000000", "-1", "a%00b", "%ED%A0%80", "_00", "0001-01-01", "x" * 2000)
ANSWERS = {200, 301, 302, 304, 400, 403, 404, 405}


def names_read() -> list[str]:
    """Return every parameter that our own code takes out of an address by its name, and those of Django's pages."""
    sources = [file.read_text(encoding="utf-8") for room in OURS for file in (ROOT / room).rglob("*.py")]
    ours = {next(filter(None, found)) for source in sources for found in READ.findall(source)}
    return [*sorted(ours), *OF_DJANGO]


def fields_of(response: HttpResponse) -> set[str]:
    """Return the names of all boxes of all forms that a page was made of: some are read from the address."""
    context = getattr(response, "context", None) or []
    layers = context if isinstance(context, list) else [context]
    values = [value for layer in layers for value in layer.flatten().values()]
    shown = [value for value in values if isinstance(value, forms.BaseForm)]
    return {form.add_prefix(name) for form in shown for name in form.fields}


def some_values(count: int, of: str) -> Iterator[tuple[str, str]]:
    """Yield so many values, others for each text `of`, so that all of them come in many places."""
    first = crc32(of.encode()) % len(VALUES)
    yield from islice(cycle(VALUES.items()), first, first + count)


def together(names: Sequence[str], path: str) -> Iterator[tuple[str, str]]:
    """Yield several values in all parameters of a page at once, in words and as a query; then every parameter twice."""
    for what, value in some_values(2, path):
        yield what, "&".join(f"{name}={value}" for name in names)
    yield "twice", "&".join(f"{name}=1&{name}=x" for name in names)


def each_alone(names: Iterable[str], path: str, values: int = len(VALUES)) -> Iterator[tuple[str, str]]:
    """Yield each parameter of a page alone with so many values."""
    for name in names:
        for what, value in some_values(values, f"{path} {name}"):
            yield f"{name}, {what}", f"{name}={value}"


def paths(path: str) -> Iterator[str]:
    """Yield an address with each part that may vary (ids, tokens, days) replaced by half of what cannot be there.

    It is the other half for other addresses.
    """
    odd_ones = PARTS[crc32(path.encode()) % 2 :: 2]
    parts = path.split("/")
    for number, part in enumerate(parts):
        if re.search(r"\d", part) or len(part) > 20:
            yield from ("/".join([*parts[:number], odd, *parts[number + 1 :]]) for odd in odd_ones)


def fault(client: Client, address: str) -> str:
    """Return what is wrong with the answer to an address, an error of the site's own; nothing where it is none."""
    try:
        with transaction.atomic():
            response = client.get(address)
            body = b"".join(response.streaming_content) if response.streaming else response.content
            transaction.set_rollback(True)
    except Exception as error:  # noqa: BLE001  # whatever it is, nobody may cause it by an address
        return f"{type(error).__name__}: {str(error)[:200]}"
    if response.status_code not in ANSWERS:
        return f"answered {response.status_code}"
    return "lets through what was sent" if b"<script>alert(1)" in body else ""


def faults(client: Client, path: str, queries: Iterable[tuple[str, str]]) -> list[str]:
    """Return what is wrong with the answers to a page's address with each of these queries, in words."""
    joint = "&" if "?" in path else "?"
    found = ((what, fault(client, f"{path}{joint}{query}")) for what, query in queries)
    return [f"{path}, {what}: {wrong}" for what, wrong in found if wrong]
