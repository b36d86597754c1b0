"""Log lines: one JSON object each, and nobody's name, address or personal link in them."""

import json
import logging
import sys

import pytest

from webinar_site.logs import JsonFormatter, mask


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("GET /r/abc-123/withdraw/", "GET /r/***/withdraw/"),
        ("GET /join/abc_123/", "GET /join/***/"),
        ("Not Found: /confirm/abc?x=1", "Not Found: /confirm/***?x=1"),
        ("https://site.example/r/abc", "https://site.example/r/***"),
        ("GET /register/ and /r/", "GET /register/ and /r/"),
        ("Key (email)=(ada@example.org) already exists.", "Key (email)=(***@***) already exists."),
        ("{'ada.l+x@sub.example.org': (550, b'no')}", "{'***@***': (550, b'no')}"),
        ("to <ørsted@exämple.org>", "to <***@***>"),
        ("nothing to hide at 10:30", "nothing to hide at 10:30"),
    ],
)
def test_mask_hides_tokens_and_addresses(text, masked):
    assert mask(text) == masked


def make_record(message: str, **more) -> logging.LogRecord:
    return logging.makeLogRecord(
        {"name": "a.logger", "levelname": "INFO", "msg": message, "created": 1_588_062_600.25, **more}
    )


def test_format_writes_one_json_object():
    line = JsonFormatter().format(make_record("GET %s", args=("/r/abc/",), status=200, milliseconds=7))

    assert json.loads(line) == {
        "time": "2020-04-28T08:30:00.250+00:00",
        "level": "INFO",
        "logger": "a.logger",
        "message": "GET /r/***/",
        "status": 200,
        "milliseconds": 7,
    }


def test_format_keeps_line_breaks_inside_and_masks_the_trace():
    try:
        raise ValueError("ada@example.org\nsecond line")
    except ValueError:
        line = JsonFormatter().format(make_record("It\nfailed", exc_info=sys.exc_info()))

    assert "\n" not in line
    assert "ada" not in line
    assert json.loads(line)["trace"].endswith("ValueError: ***@***\nsecond line")
