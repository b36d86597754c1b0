"""The address: one check for every form that asks for one."""

import pytest

from registrations.admin_views.forms import GuestForm
from registrations.forms import LineForm, MyLinkForm, NewAddressForm, RegistrationForm
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
    pytest.param(lambda data, webinar: RegistrationForm(data, webinar=webinar, now=NOW), id="registration"),
    pytest.param(line_form, id="line of a list"),
    pytest.param(lambda data, webinar: MyLinkForm(data), id="my links"),
    pytest.param(lambda data, webinar: NewAddressForm(data), id="new address"),
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
