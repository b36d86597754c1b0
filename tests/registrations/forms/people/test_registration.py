"""The forms that ask for a registration, change one, and ask for its links."""

import re
from datetime import date, timedelta

import pytest
from django.http import QueryDict
from django.template import Context, Template
from django.utils import translation

from eligibility import register as eligibility_register
from eligibility.rules import assess
from registrations.forms import EditForm, MyLinkForm, RegistrationForm, language
from registrations.models import CONSENTS, LegalText, SessionState
from registrations.services.people import find_offer
from registrations.services.people.submission import Submission
from registrations.states import SeatState
from tests.registrations.factories import (
    NOW,
    make_registration,
    make_session,
    make_webinar,
)

pytestmark = pytest.mark.django_db


def answers(*sessions, **fields):
    """Return what a browser sends for a valid form."""
    return {
        "title": "dr",
        "first_name": "Zoë",
        "last_name": "O'Neill",
        "email": "zoe@example.org",
        "organisation": "Cluster Süd",
        "organisation_type": "cluster_organisation",
        "position": "Manager",
        "country": "DE",
        "sessions": [str(session.pk) for session in sessions],
        "question": "What next?",
        "access_needs": ["captions"],
        "privacy_acknowledged": "on",
        "contact_me": "on",
        "language": "en",
        **fields,
    }


def as_post(fields):
    data = QueryDict(mutable=True)
    for name, value in fields.items():
        data.setlist(name, value if isinstance(value, list) else [value])
    return data


def make_form(webinar, fields):
    return RegistrationForm(as_post(fields), offer=find_offer(pk=webinar.pk), now=NOW)


def render(form):
    return Template("{% load crispy_forms_tags %}{% crispy form %}").render(Context({"form": form}))


def test_submission_holds_every_answer(webinar, session, later_session):
    form = make_form(webinar, answers(session, later_session))

    assert form.errors == {}
    assert form.submission() == Submission(
        title="dr",
        first_name="Zoë",
        last_name="O'Neill",
        email="zoe@example.org",
        organisation="Cluster Süd",
        organisation_type="cluster_organisation",
        position="Manager",
        country="DE",
        sessions=(session.pk, later_session.pk),
        question="What next?",
        access_needs=("captions",),
        share_contact=False,
        contact_me=True,
        ask_review=False,
        language="en",
    )


MISSING = [
    ("last_name", "Enter your family name."),
    ("email", "Enter your email address."),
    ("organisation", "Enter the name of your organisation."),
    ("organisation_type", "Select the type of your organisation."),
    ("country", "Select the country where your organisation is established."),
    ("sessions", "Choose at least one session."),
    ("privacy_acknowledged", "Tick the box to say that you have read the privacy statement."),
]


@pytest.mark.parametrize(("name", "message"), MISSING)
def test_form_missing_answer_says_what_to_do(webinar, session, name, message):
    form = make_form(webinar, {**answers(session), name: []})

    assert form.errors == {name: [message]}


@pytest.mark.parametrize(
    "name", ["title", "first_name", "position", "question", "access_needs", "contact_me"]
)
def test_form_optional_answer_may_be_missing(webinar, session, name):
    form = make_form(webinar, {**answers(session), name: []})

    assert form.errors == {}


ONE_LINE = "Write this on one line, without control characters."
BAD_ADDRESS = "Enter an email address in the usual form, like name@example.org."
REFUSED = [
    pytest.param(
        "title",
        "king",
        "Select a valid choice. king is not one of the available choices.",
        id="unknown title",
    ),
    pytest.param(
        "first_name", "x" * 81, "Use at most 80 characters here; there are 81.", id="long first name"
    ),
    pytest.param("last_name", "Ann\r\nBcc: eve@example.org", ONE_LINE, id="line break in a name"),
    pytest.param(
        "last_name",
        "x" * 1000,
        "Use at most 80 characters here; there are 1000.",
        id="name of 1,000 characters",
    ),
    pytest.param("email", "ann@example.org; eve@example.org", BAD_ADDRESS, id="two addresses"),
    pytest.param("email", "ann.@example.org", BAD_ADDRESS, id="name with a trailing dot"),
    pytest.param("email", "ann eve@bücher.example", BAD_ADDRESS, id="a blank in an address"),
    pytest.param("last_name", "Ann\x07", ONE_LINE, id="control character in a name"),
    pytest.param(
        "organisation", "x" * 201, "Use at most 200 characters here; there are 201.", id="long organisation"
    ),
    pytest.param("organisation", "A\tB", ONE_LINE, id="tab in the organisation"),
    pytest.param(
        "position", "x" * 121, "Use at most 120 characters here; there are 121.", id="long position"
    ),
    pytest.param(
        "organisation_type",
        "king",
        "Select a valid choice. king is not one of the available choices.",
        id="unknown type",
    ),
    pytest.param("email", "nobody", BAD_ADDRESS, id="no at sign"),
    pytest.param(
        "email", "ann@example.org\r\nBcc: eve@example.org", BAD_ADDRESS, id="line break in the address"
    ),
    pytest.param(
        "email", '"ann b"@example.org', BAD_ADDRESS, id="quoted address that calendars cannot carry"
    ),
    pytest.param("email", '"ann\\ b"@example.org', BAD_ADDRESS, id="address that calendars cannot carry"),
    pytest.param("email", f"ann@{'ü' * 60}.org", BAD_ADDRESS, id="domain too long in ASCII"),
    pytest.param("email", f"ann@{'ü.' * 40}org", BAD_ADDRESS, id="address too long in ASCII"),
    pytest.param("email", f"ann@{'x' * 64}.org", BAD_ADDRESS, id="domain that is no domain"),
    pytest.param(
        "email", f"ann@{'x' * 300}.org", "Use at most 254 characters here; there are 308.", id="long address"
    ),
    pytest.param("country", "XX", "Select a country from the list.", id="unknown country"),
    pytest.param("country", "de", "Select a country from the list.", id="country in small letters"),
    pytest.param(
        "question", "x" * 1001, "Use at most 1000 characters here; there are 1001.", id="long question"
    ),
    pytest.param(
        "access_needs",
        "a pony",
        "Select a valid choice. a pony is not one of the available choices.",
        id="unknown need",
    ),
]


@pytest.mark.parametrize(("name", "value", "message"), REFUSED)
def test_form_refuses_and_keeps_what_was_typed(webinar, session, name, value, message):
    form = make_form(webinar, {**answers(session), name: value})

    assert message in form.errors[name]
    assert list(form.errors) == [name]
    assert form["organisation"].value() == form.data["organisation"]


def test_form_null_character_is_refused(webinar, session):
    form = make_form(webinar, {**answers(session), "first_name": "A\x00"})

    assert form.errors["first_name"] == [ONE_LINE, "Null characters are not allowed."]


@pytest.mark.parametrize(
    "address",
    ["ann@bücher.example", "ann@xn--bcher-kva.example", "ann+webinar@example.org", "O'Neill@example.org"],
    ids=["IDN", "IDN in ASCII", "plus", "apostrophe"],
)
def test_form_accepts_an_address_as_it_is(webinar, session, address):
    form = make_form(webinar, {**answers(session), "email": address})

    assert form.errors == {}
    assert form.submission().email == address


@pytest.mark.parametrize(
    "name",
    ['Ann "Nan" O\'Neill', "Ann 🎉 👩‍🔬", "עדה", "أدا", "x" * 80],
    ids=["quotes", "emoji", "Hebrew", "Arabic", "80"],
)
def test_form_accepts_a_name_as_it_is(webinar, session, name):
    form = make_form(webinar, {**answers(session), "first_name": name})

    assert form.errors == {}
    assert form.submission().first_name == name


def test_form_question_keeps_lines_and_loses_control_characters(webinar, session):
    form = make_form(webinar, {**answers(session), "question": "One\r\nTwo\x1b[31m\x08\tThree"})

    assert form.errors == {}
    assert form.submission().question == "One\nTwo[31m\tThree"


def test_form_question_counts_a_line_break_once(webinar, session):
    form = make_form(webinar, {**answers(session), "question": "x\r\n" * 499 + "xx"})

    assert form.errors == {}


OTHER_SESSION = "Choose from the sessions of this webinar that are still to come."


def test_form_session_of_another_webinar_is_refused(webinar, session):
    other = make_session(make_webinar())

    form = make_form(webinar, answers(session, other))

    assert form.errors == {"sessions": [OTHER_SESSION]}


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"state": SessionState.CANCELLED}, id="cancelled"),
        pytest.param({"starts_at": NOW - timedelta(hours=2), "ends_at": NOW}, id="over"),
    ],
)
def test_form_session_not_to_be_had_is_refused(webinar, session, fields):
    gone = make_session(webinar, **fields)

    form = make_form(webinar, answers(gone))

    assert form.errors == {"sessions": [OTHER_SESSION]}
    assert [pk for pk, _label in form.fields["sessions"].choices] == [session.pk]


@pytest.mark.parametrize("value", ["1 OR 1=1", "x", "9" * 30])
def test_form_nonsense_session_is_refused(webinar, session, value):
    form = make_form(webinar, {**answers(session), "sessions": [value]})

    assert form.errors == {"sessions": [OTHER_SESSION]}


def test_form_without_dated_session_groups_by_today(webinar, later_session):
    webinar.sessions.filter(starts_at__isnull=False).delete()

    form = RegistrationForm(offer=find_offer(pk=webinar.pk), now=NOW)

    assert len(form.fields["country"].choices) == 2  # before 27 April 2020 no rule is documented


def test_form_countries_say_what_the_lists_say(webinar, session):
    page = str(RegistrationForm(offer=find_offer(pk=webinar.pk), now=NOW)["country"])

    said = dict(re.findall(r'value="(BE|EH|NO|XK)" data-outcome="(\w+)"', page))
    assert said == {"BE": "eligible", "XK": "eligible", "EH": "review", "NO": "not_eligible"}
    assert page.count("data-outcome") == 250


def test_form_country_hint_carries_both_footnotes(webinar, session):
    hint = RegistrationForm(offer=find_offer(pk=webinar.pk), now=NOW).fields["country"].help_text

    assert "Kosovo*: This designation is without prejudice to positions on status" in hint
    assert "Palestine*: This designation shall not be construed as recognition" in hint


def test_form_consents_are_asked_in_the_kept_words(webinar, session):
    LegalText.objects.create(
        kind=LegalText.Kind.CONSENTS,
        language="en",
        version=2,
        body="First words.\n\nSecond words.\n",
        sha256="0" * 64,
    )

    with translation.override("fr"):
        in_french = RegistrationForm(offer=find_offer(pk=webinar.pk), now=NOW)
    form = RegistrationForm(offer=find_offer(pk=webinar.pk), now=NOW)

    assert [form.fields[name].label for name in CONSENTS] == ["First words.", "Second words."]
    assert [in_french.fields[name].label for name in CONSENTS] == [
        '<span lang="en">First words.</span>',
        '<span lang="en">Second words.</span>',
    ]


def refused_verdicts(webinar, *sessions):
    register = eligibility_register.current(webinar.audience.key)
    return [(session, assess("NO", date(2020, 4, 28), register)) for session in sessions]


def test_refuse_gives_equal_reasons_once(webinar, session, later_session):
    form = make_form(webinar, {**answers(session, later_session), "country": "NO"})
    assert form.is_valid()

    form.refuse(refused_verdicts(webinar, session, later_session))

    [refusal] = form.refusals
    assert refusal.sessions == (session, later_session)
    assert refusal.reasons[-1] == "Result for Norway on 28 April 2020: may not take part."
    assert form.errors == {
        "country": [
            "Organisations established in Norway cannot take part. Below you read why, and can ask for a human look."
        ]
    }


def test_refuse_reveals_the_human_look(webinar, session):
    form = make_form(webinar, {**answers(session), "country": "NO"})
    assert form.is_valid()
    assert "ask_review" not in render(form)

    form.refuse(refused_verdicts(webinar, session))

    assert 'name="ask_review"' in render(form)


def test_form_keeps_the_wish_for_a_human_look(webinar, session):
    form = make_form(webinar, {**answers(session), "ask_review": "on", "last_name": ""})

    html = render(form)

    assert 'name="ask_review" id="id_ask_review" checked' in html.replace(
        ' aria-describedby="id_ask_review_helptext"', ""
    )


def test_rendered_form_says_which_answers_are_optional(webinar, session):
    html = render(RegistrationForm(offer=find_offer(pk=webinar.pk), now=NOW))

    assert html.count("(optional)") == 7


def test_rendered_form_begins_with_a_summary_that_takes_focus(webinar, session):
    html = render(make_form(webinar, {**answers(), "last_name": ""}))

    assert html.index("autofocus") < html.index("<form")
    assert '<a href="#id_last_name">Enter your family name.</a>' in html
    assert '<a href="#id_sessions_0">Choose at least one session.</a>' in html


def test_rendered_form_wires_hints_and_errors(webinar, session):
    html = render(make_form(webinar, {**answers(), "email": "x"}))

    assert 'aria-describedby="id_email_helptext id_email_error"' in html
    assert 'aria-describedby="id_sessions_helptext id_sessions_error"' in html
    assert 'id="id_email_error"' in html
    assert 'id="id_sessions_error"' in html


def test_rendered_form_puts_aria_invalid_on_no_single_box(webinar, session):
    html = render(make_form(webinar, answers()))

    assert "aria-invalid" not in html


def test_rendered_form_escapes_what_was_typed(webinar, session):
    html = render(
        make_form(
            webinar, {**answers(session), "first_name": '"><script>', "question": "</textarea><script>"}
        )
    )

    assert "<script>" not in html


def test_edit_form_shows_what_the_registration_says(webinar, session, later_session):
    registration = make_registration(webinar, [session], country="FR", question="Why?")
    registration.access_needs.create(measure="captions")

    form = EditForm(registration=registration, now=NOW)

    assert {name: form[name].value() for name in ("last_name", "country", "sessions", "access_needs")} == {
        "last_name": registration.last_name,
        "country": "FR",
        "sessions": [session.pk],
        "access_needs": ["captions"],
    }
    assert not {"email", "privacy_acknowledged", "share_contact", "contact_me"} & set(form.fields)


def sent(registration, answers, now=NOW):
    """Return the form as its page sends it."""
    page = EditForm(registration=registration, now=now)
    return EditForm(as_post(answers | {"drawn": page["drawn"].value()}), registration=registration, now=now)


def test_edit_form_gives_a_submission_without_address(webinar, session):
    registration = make_registration(webinar, [session])

    form = sent(registration, answers(session, country="FR"))

    assert form.is_valid()
    assert (form.submission().email, form.submission().country) == ("", "FR")


def test_edit_form_asks_for_the_language_of_mails_whatever_the_page_is_read_in(webinar, session):
    registration = make_registration(webinar, [session], language="de")

    with translation.override("fr"):
        shown = EditForm(registration=registration, now=NOW)["language"].value()
        form = sent(registration, answers(session, language="fr"))

    assert (shown, form.is_valid(), form.submission().language) == ("de", True, "fr")


@pytest.mark.parametrize("language", ["", "xx"])
def test_edit_form_refuses_a_language_that_mails_are_not_written_in(webinar, session, language):
    registration = make_registration(webinar, [session])

    form = sent(registration, answers(session, language=language))

    assert list(form.errors) == ["language"]


def test_edit_form_does_not_tick_a_cancelled_seat(webinar, session):
    registration = make_registration(webinar, [session])
    registration.seats.update(state=SeatState.CANCELLED)

    assert EditForm(registration=registration, now=NOW)["sessions"].value() == []


def test_edit_form_of_a_closed_webinar_offers_the_own_sessions(webinar, session, later_session):
    webinar.registration_open = False
    webinar.save()
    registration = make_registration(webinar, [session])

    form = EditForm(registration=registration, now=NOW)

    assert [pk for pk, _label in form.fields["sessions"].choices] == [session.pk]


def test_edit_form_without_a_session_to_come_asks_the_rest(webinar, session):
    registration = make_registration(webinar, [session])

    form = sent(registration, answers(country="FR"), session.ends_at)

    assert form.is_valid()
    assert form.submission().sessions == ()
    assert "Sessions you want" not in render(form)


def test_my_link_form_wants_an_address():
    form = MyLinkForm({"email": ""})

    assert form.errors == {"email": ["Enter your email address."]}


@pytest.mark.parametrize(("active", "name"), [("en", "en"), ("fr", "fr"), (None, "en")])
def test_language_is_the_readers(active, name):
    with translation.override(active):
        assert language() == name
