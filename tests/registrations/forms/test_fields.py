"""What the fields make of what was typed or pasted: nothing invisible, one check of addresses for all."""

import pytest
from django import forms

from registrations.desk.people.guests import GuestForm
from registrations.forms import LineForm, MyLinkForm, NewAddressForm, RegistrationForm
from registrations.forms.fields import AddressField, LineField, LongTextField, OthersAddressField
from registrations.services.people import find_offer
from tests.registrations.factories import NOW

pytestmark = pytest.mark.django_db

NO_DOT = "Write the whole address: after the @ belongs a domain with a dot, like example.org."
USUAL = "Enter an email address in the usual form, like name@example.org."
BAD = [
    pytest.param("a@localhost", NO_DOT, id="this machine"),
    pytest.param("a@intranet", NO_DOT, id="no dot"),
    pytest.param(
        f"{'x' * 65}@example.org", "Use at most 64 characters before the @; there are 65.", id="65 characters"
    ),
    pytest.param("a@[127.0.0.1]", USUAL, id="a machine's number"),
    pytest.param("a@10.0.0.25", USUAL, id="a number without brackets"),
    pytest.param("ada", USUAL, id="no @"),
    pytest.param("@example.org", USUAL, id="nobody"),
    pytest.param("a b@example.org", USUAL, id="a blank"),
]


def line_form(data, webinar):
    form = LineForm(webinar=webinar, now=NOW, language="en")
    form.read(data)
    return form


FORMS = [
    pytest.param(
        lambda data, webinar: RegistrationForm(data, offer=find_offer(pk=webinar.pk), now=NOW),
        id="registration",
    ),
    pytest.param(line_form, id="line of a list"),
    pytest.param(lambda data, webinar: MyLinkForm(data), id="my links"),
    pytest.param(lambda data, webinar: NewAddressForm(data, seen=""), id="new address"),
    pytest.param(lambda data, webinar: GuestForm(data), id="guest"),
]


@pytest.mark.parametrize("make", FORMS)
@pytest.mark.parametrize(("address", "message"), BAD)
def test_every_form_refuses_an_address_that_no_mail_can_have(webinar, session, make, address, message):
    assert make({"email": address}, webinar).errors["email"] == [message]


@pytest.mark.parametrize("make", FORMS)
@pytest.mark.parametrize(
    "address", [f"{'x' * 64}@example.org", "ada@müller.example", "o'neill+web@example.co.uk"]
)
def test_every_form_takes_an_unusual_address(webinar, session, make, address):
    assert "email" not in make({"email": address}, webinar).errors


@pytest.mark.parametrize("make", [form for form in FORMS if form.id != "line of a list"])
def test_every_form_asks_once_about_a_likely_slip(webinar, session, make):
    question = (
        "Did you mean ada@gmail.com? Correct the address, or send the form again if it is right as it is."
    )

    asked = make({"email": "ada@gmial.com"}, webinar)
    again = make({"email": "ada@gmial.com", "email_asked": "ada@gmial.com"}, webinar)

    assert asked.errors["email"] == [question]
    assert str(asked["email"]).endswith('<input type="hidden" name="email_asked" value="ada@gmial.com">')
    assert "email" not in again.errors


def test_a_line_of_a_list_is_not_asked_about(webinar, session):
    assert "email" not in line_form({"email": "ada@gmial.com"}, webinar).errors


def test_what_was_asked_about_is_escaped(webinar):
    form = MyLinkForm({"email": '"><b>@gmial.com'})

    assert "<b>" not in str(form["email"])


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
    assert LineField().clean(value) == line


@pytest.mark.parametrize(
    "nothing", ["", " ", "\u3164", "\u2800", "\u115f\u200b", "\u202e\u202c", "\U000e0041"]
)
def test_line_of_nothing_that_is_seen_is_empty(nothing):
    assert problems(LineField(), nothing) == ["This field is required."]
    assert LineField(required=False).clean(nothing) == ""


@pytest.mark.parametrize("value", ["a\nb", "a\tb", "a\x1bb"])
def test_line_refuses_control_characters(value):
    assert problems(LineField(), value) == ["Write this on one line, without control characters."]


def test_line_is_as_long_as_what_is_seen():
    assert LineField(max_length=3).clean("\u200b" * 9 + "Ada") == "Ada"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("One\r\ntwo\u2028three\x85four\u2029", "One\ntwo\nthree\nfour"),
        ("\u2066a\x00\x1b\u2069b\ufe0f", "ab"),
    ],
)
def test_long_text_keeps_lines_and_what_is_seen(value, text):
    assert LongTextField().clean(value) == text


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
