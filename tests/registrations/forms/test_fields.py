"""What the fields make of text that was pasted: nothing invisible is kept, an address is found, bad input is refused."""

import pytest
from django import forms

from registrations.forms.fields import AddressField, Line, LongText, OthersAddressField

REFUSED = "Enter an email address in the usual form, like name@example.org."


def problems(field, value):
    """Return what a field says to a value."""
    try:
        field.clean(value)
    except forms.ValidationError as error:
        return error.messages
    return []


@pytest.mark.parametrize(
    ("value", "line"),
    [
        ("\u202eAda\u00ad \u00a0 Nord\ufeff", "Ada Nord"),
        ("نیم\u200cفاصله", "نیم\u200cفاصله"),  # noqa: RUF001
        (" \u2028Ada\u2029", "Ada"),
    ],
)
def test_line_keeps_what_is_seen(value, line):
    assert Line().clean(value) == line


@pytest.mark.parametrize(
    "nothing", ["", " ", "\u3164", "\u2800", "\u115f\u200b", "\u202e\u202c", "\U000e0041"]
)
def test_line_of_nothing_that_is_seen_is_empty(nothing):
    assert problems(Line(), nothing) == ["This field is required."]
    assert Line(required=False).clean(nothing) == ""


@pytest.mark.parametrize("value", ["a\nb", "a\tb", "a\x1bb"])
def test_line_refuses_control_characters(value):
    assert problems(Line(), value) == ["Write this on one line, without control characters."]


def test_line_is_as_long_as_what_is_seen():
    assert Line(max_length=3).clean("\u200b" * 9 + "Ada") == "Ada"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("One\r\ntwo\u2028three\x85four\u2029", "One\ntwo\nthree\nfour"),
        ("\u2066a\x00\x1b\u2069b\ufe0f", "ab"),
    ],
)
def test_long_text_keeps_lines_and_what_is_seen(value, text):
    assert LongText().clean(value) == text


@pytest.mark.parametrize("field", [AddressField, OthersAddressField])
def test_address_is_what_was_pasted_around(field):
    assert field().clean("Ada Nord <mailto:ada+x@example.org>;") == "ada+x@example.org"


@pytest.mark.parametrize(
    "value",
    [
        "ada@example.org, eve@example.org",
        "ada nord@example.org",
        "ada@",
        "@example.org",
        "Ada <ada>",
        "a\x00@b.org",
    ],
)
def test_address_that_is_none_or_several_is_refused(value):
    assert REFUSED in problems(AddressField(), value)


def test_address_says_whose_is_missing():
    assert problems(AddressField(), "\u200b") == ["Enter your email address."]
    assert problems(OthersAddressField(), "\u200b") == ["This field is required."]
    assert OthersAddressField(required=False).clean(" ") == ""
