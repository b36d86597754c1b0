import gzip
import re
from datetime import timedelta
from html import unescape

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.utils.html import format_html_join

from registrations import services
from registrations.forms.people import countries
from registrations.models import LegalText, MailKind, OutgoingMail, Registration, Webinar
from registrations.models.legal_texts import text_digest
from registrations.states import RegistrationState, SeatState
from tests.registrations.factories import NOW, make_registration, make_session, make_webinar
from tests.running_site import ROOT

pytestmark = pytest.mark.django_db

FORM = "/webinars/clusters/register/"


def mails():
    return list(OutgoingMail.objects.order_by("id").values_list("kind", "recipient"))


@pytest.mark.parametrize("count", [1, 3])
def test_register_form_takes_a_fixed_number_of_queries(client, webinar, django_assert_num_queries, count):
    for _number in range(count):
        make_session(webinar)
    client.get(FORM)  # draws it once

    with django_assert_num_queries(1):
        response = client.get(FORM)

    assert response.status_code == 200
    assert response.text.count('name="sessions"') == count


def test_register_takes_the_request(client, session, answers):
    response = client.post(FORM, answers)

    registration = Registration.objects.get()
    assert (response.status_code, response.headers["Location"]) == (307, "/webinars/clusters/register/done/")
    assert (registration.state, registration.last_name) == (RegistrationState.UNCONFIRMED, "O'Neill")
    assert [(seat.session, seat.state, seat.outcome) for seat in registration.seats.all()] == [
        (session, SeatState.REQUESTED, "eligible")
    ]
    assert mails() == [(MailKind.CONFIRM_ADDRESS, "zoe@example.org")]


def hidden(page):
    """Return the texts that a page says it shows."""
    return dict(re.findall(r'<input type="hidden" name="(privacy_text|consents_text)" value="(\d+)">', page))


@pytest.mark.parametrize(
    ("kind", "says", "unticked"),
    [
        pytest.param("privacy", "The privacy statement was changed", "privacy_acknowledged", id="privacy"),
        pytest.param("consents", "The words of the consents were changed", "share_contact", id="consents"),
    ],
)
def test_register_shows_words_that_changed_meanwhile_before_anything_is_taken(
    client, session, answers, kind, says, unticked
):
    sent = answers | {"share_contact": "on"} | hidden(client.get(FORM).text)
    body = "New words.\n\nOther new words.\n"
    new = LegalText.objects.create(kind=kind, language="en", version=2, body=body, sha256=text_digest(body))

    response = client.post(FORM, sent)

    assert response.status_code == 422
    assert says in response.text
    assert hidden(response.text)[f"{kind}_text"] == str(new.pk)
    assert 'value="O&#x27;Neill"' in response.text
    assert "checked" not in re.search(rf'<input[^>]*name="{unticked}"[^>]*>', response.text)[0]
    assert not Registration.objects.exists()

    again = client.post(FORM, sent | hidden(response.text))
    registration = Registration.objects.get()
    assert again.status_code == 307
    assert {registration.privacy_text.version, registration.consent_text.version} == {1, 2}


@pytest.mark.parametrize("said", ["", "x", "-1", "9" * 30, "²", "0"])
def test_register_takes_no_nonsense_for_a_text(client, session, answers, said):
    response = client.post(FORM, answers | {"privacy_text": said})

    assert response.status_code in (307, 422)


def test_register_links_to_the_very_statement_it_shows(client, session):
    assert '<a href="/privacy/en/1/">Read the privacy statement</a>' in client.get(FORM).text


@pytest.mark.parametrize("language", [code for code, _name in settings.LANGUAGES])
def test_register_page_is_light_in_every_language(client, session, language):
    """Page, style sheet and script are all that is loaded; together at most 15 KB as they travel."""
    page = client.get(FORM, headers={"Accept-Language": language})

    loaded = re.findall(r'<(?:link rel="stylesheet" href|script src)="/static/([^"]+)"', page.text)
    files = [(ROOT / "static" / name).read_bytes() for name in loaded]
    weight = sum(len(gzip.compress(content)) for content in (page.content, *files))
    assert (loaded, page.headers["Content-Language"]) == (["site.css", "site.js"], language)
    assert weight <= 15 * 1024


def test_register_writes_the_country_list_once_for_each_language(client, session, monkeypatch):
    written = []
    monkeypatch.setattr(
        countries, "format_html_join", lambda *args: written.append(1) or format_html_join(*args)
    )
    countries._country_list.cache_clear()

    pages = [client.get(FORM, headers={"Accept-Language": code}).text for code in ("fr", "de", "fr", "de")]

    once = len(written)
    assert once
    assert ("Tchéquie" in pages[2], "Tschechien" in pages[3]) == (True, True)
    client.get(FORM, headers={"Accept-Language": "fr"})
    assert len(written) - once <= 1  # the hint below the list


@pytest.mark.parametrize("language", ["en", "de"])
def test_register_invalid_marks_the_country_that_was_chosen_and_no_other(client, answers, language):
    sent = {**answers, "last_name": "", "country": "AT"}

    first = client.post(FORM, sent, headers={"Accept-Language": language}).text
    second = client.get(FORM, headers={"Accept-Language": language}).text

    assert re.findall(r'<option value="([A-Z]{2})" selected', first) == ["AT"]
    assert re.findall(r'<option value="([A-Z]{2})" selected', second) == []


def test_register_keeps_the_language_of_the_page_and_the_texts_that_stood_there(client, session, answers):
    LegalText.objects.create(kind="privacy", language="fr", version=1, body="Déclaration.", sha256="1" * 64)
    client.cookies["django_language"] = "fr"

    page = client.get(FORM).text
    client.post(FORM, answers)

    registration = Registration.objects.get()
    assert (registration.language, registration.mails.get().language) == ("fr", "fr")
    assert (registration.privacy_text.language, registration.consent_text.language) == ("fr", "en")
    assert '<span lang="en">Name me in a list.</span>' in page


def test_register_answers_alike_for_a_known_address(client, session, registration, answers):
    new = client.post(FORM, answers)
    known = client.post(FORM, {**answers, "email": "ADA@example.org"})

    assert (known.status_code, known.headers["Location"]) == (new.status_code, new.headers["Location"])
    assert mails() == [
        (MailKind.CONFIRM_ADDRESS, "zoe@example.org"),
        (MailKind.ALREADY_REGISTERED, "ada@example.org"),
    ]


def test_register_invalid_keeps_what_was_typed(client, answers):
    response = client.post(FORM, {**answers, "last_name": "", "country": "XX"})

    assert response.status_code == 422
    assert "<title>Error: Register: Clusters respond" in response.text
    assert 'value="Cluster Süd"' in response.text
    assert not Registration.objects.exists()


def test_register_nothing_at_all_is_invalid(client, session, opened):
    response = client.post(FORM, {"opened": opened})

    assert response.status_code == 422
    assert len(response.context["form"].errors) == 7


def test_register_not_eligible_explains_and_offers_a_human_look(client, answers):
    response = client.post(FORM, {**answers, "country": "NO"})

    assert response.status_code == 422
    assert "Why you cannot take part" in response.text
    assert "Norway is on none of these lists." in response.text
    assert "https://" in response.text.partition("Why you cannot take part")[2]
    assert 'name="ask_review"' in response.text
    assert '<option value="NO" selected data-outcome="not_eligible">Norway</option>' in response.text
    assert not Registration.objects.exists()


def test_register_not_eligible_can_be_sent_for_a_human_look(client, answers):
    response = client.post(FORM, {**answers, "country": "NO", "ask_review": "on"})

    registration = Registration.objects.get()
    assert response.status_code == 307
    assert (registration.ask_review, registration.seats.get().outcome) == (True, "not_eligible")


def test_register_page_when_closed(client, session):
    Webinar.objects.update(registration_open=False)

    page = client.get(FORM).text

    assert "Registration is closed" in page
    assert "/webinars/clusters/my-link/" in page


def test_register_page_before_the_day_says_when_it_opens(client, session):
    Webinar.objects.update(registration_opens_at=NOW + timedelta(days=1))

    page = client.get(FORM).text

    assert (
        "You can register for “Clusters respond” from Tuesday 21 April 2020, 10:00 (Brussels time) on."
        in page
    )
    assert (
        "Registration is not open yet" in page,
        "/my-link/" in page,
        "<form" in page.split("<main")[1],
    ) == (
        True,
        False,
        False,
    )


def test_register_page_without_a_session_to_come_is_closed(client, webinar, session):
    with time_machine.travel(session.ends_at, tick=False):
        assert "Registration is closed" in client.get(FORM).text


def test_register_page_without_sessions_is_closed(client, webinar):
    assert "Registration is closed" in client.get(FORM).text


def test_register_closed_between_get_and_post_keeps_what_was_typed(client, answers):
    Webinar.objects.update(registration_closes_at=NOW)

    response = client.post(FORM, answers)

    assert response.status_code == 422
    assert "<li>Registration for this webinar is closed.</li>" in response.text
    assert 'value="Cluster Süd"' in response.text
    assert not Registration.objects.exists()


def test_register_session_that_went_away_is_an_error_of_the_field(client, answers, monkeypatch):
    def refuse(*args, **kwargs):
        raise services.errors.UnknownSession

    monkeypatch.setattr(services.people, "register", refuse)

    response = client.post(FORM, answers)

    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["sessions"]


def test_register_session_of_another_webinar_is_refused(client, answers):
    other = make_session(make_webinar())

    response = client.post(FORM, {**answers, "sessions": [other.pk]})

    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["sessions"]


def test_register_without_csrf_token_is_explained(session, answers):
    response = Client(enforce_csrf_checks=True).post(FORM, answers)

    assert response.status_code == 403
    assert "The form could not be accepted" in response.text


DONE = "/webinars/clusters/register/done/"
MASKED = re.compile(
    r'name="csrfmiddlewaretoken" value="[^"]+"|name="opened" value="[^"]+"'
)  # new in every answer


def test_registered_says_what_happens_next(client, webinar):
    response = client.get(DONE)

    assert "The link works for 7 days." in response.text
    assert "Each person needs an email address of their own." in response.text
    assert webinar.contact_email in response.text


def test_registered_shows_the_address_that_was_typed_and_keeps_it_nowhere(client, session, answers):
    response = client.post(FORM, answers, follow=True)

    assert response.redirect_chain == [(DONE, 307)]
    assert "We have sent a mail to zoe@example.org." in response.text
    assert "zoe" not in str(response.cookies) + str(client.cookies)


def test_registered_leads_back_to_a_form_that_keeps_everything(client, session, answers):
    sent = answers | {
        "access_needs": ["captions"],
        "share_contact": "on",
        "question": "Why “so”?",
        "country": "NO",
    }
    done = client.post(FORM, sent | {"ask_review": "on"}, follow=True)
    kept = re.findall(r'<input type="hidden" name="([^"]+)"(?: value="([^"]*)")?', done.text)
    before = Registration.objects.count()

    fields = {name: [] for name, _value in kept}
    for name, value in kept:
        fields[name].append(unescape(value))
    form = client.post(FORM, fields | {"back": "yes"})

    assert (form.status_code, form.context["form"].errors) == (200, {})
    again = form.context["form"].submission()
    assert again == done.context["form"].submission()
    assert (again.email, again.question, again.access_needs, again.share_contact, again.contact_me) == (
        "zoe@example.org",
        "Why “so”?",
        ("captions",),
        True,
        False,
    )
    assert Registration.objects.count() == before


def test_registered_loaded_again_registers_nobody(client, session, answers):
    client.post(FORM, answers, follow=True)

    again = client.post(DONE, answers)

    assert "We have sent a mail to zoe@example.org." in again.text
    assert (Registration.objects.count(), len(mails())) == (1, 1)


def test_registered_with_what_is_no_address_says_what_happens_next(client, session, answers):
    response = client.post(DONE, answers | {"email": "nobody"})

    assert response.status_code == 200
    assert "We have sent a mail to the address you gave." in response.text


def test_registered_says_the_same_for_a_known_address(client, session, registration, answers):
    new, known = (
        MASKED.sub("", client.post(FORM, answers | {"email": email}, follow=True).text).replace(email, "…")
        for email in ("zoe@example.org", "ada@example.org")
    )

    assert known == new


def test_three_clicks_are_one_request_and_one_mail(client, session, answers):
    for _click in range(3):
        client.post(FORM, answers)

    assert (Registration.objects.count(), len(mails())) == (1, 1)


def test_likely_typing_error_is_asked_about_once(client, session, answers):
    sent = answers | {"email": "zoe@gmial.com"}

    asked = client.post(FORM, sent)
    again = client.post(FORM, sent | dict(re.findall(r'name="(email_asked)" value="([^"]+)"', asked.text)))

    assert asked.status_code == 422
    assert "Did you mean zoe@gmail.com?" in asked.text
    assert again.status_code == 307
    assert mails() == [(MailKind.CONFIRM_ADDRESS, "zoe@gmial.com")]


def test_another_typing_error_after_the_question_is_asked_about_too(client, session, answers):
    response = client.post(FORM, answers | {"email": "zoe@hotmail.con", "email_asked": "zoe@gmial.com"})

    assert response.status_code == 422
    assert "Did you mean zoe@hotmail.com?" in response.text


def test_my_link_mails_the_links(client, registration, opened):
    sent = {"email": "Ada@Example.org", "opened": opened}
    response = client.post("/webinars/clusters/my-link/", sent)

    assert response.status_code == 200
    assert "If Ada@Example.org is registered" in response.text
    assert 'value="Ada@Example.org"' in response.text
    assert "Ada" not in str(response.cookies)
    assert mails() == [(MailKind.MANAGE_LINK, "ada@example.org")]


def test_my_link_answers_alike_whatever_became_of_the_address(webinar, session, registration, opened):
    for state in ("withdrawn", "unconfirmed", "expired"):
        make_registration(webinar, [session], email=f"{state}@example.org", state=state)

    def answer(address):
        response = Client().post("/webinars/clusters/my-link/", {"email": address, "opened": opened})
        return response.status_code, MASKED.sub("", response.text).replace(address, "…")

    answers = {
        answer(f"{who}@example.org") for who in ("ada", "stranger", "withdrawn", "unconfirmed", "expired")
    }

    assert len(answers) == 1
    assert set(mails()) == {
        (MailKind.MANAGE_LINK, "ada@example.org"),
        (MailKind.CONFIRM_ADDRESS, "unconfirmed@example.org"),
    }


def test_my_link_wants_an_address(client, webinar):
    response = client.post("/webinars/clusters/my-link/", {"email": "nobody"})

    assert response.status_code == 422
    assert "<title>Error: Get your links" in response.text


@pytest.fixture
def unconfirmed(webinar, session):
    return make_registration(webinar, [session], state=RegistrationState.UNCONFIRMED)


@pytest.mark.parametrize("count", [1, 3])
def test_confirm_page_shows_what_is_confirmed_and_changes_nothing(
    client, webinar, count, django_assert_num_queries
):
    sessions = [make_session(webinar, title=f"Part {number}") for number in range(count)]
    unconfirmed = make_registration(webinar, sessions, state=RegistrationState.UNCONFIRMED, country="DE")

    with django_assert_num_queries(2):
        response = client.get(f"/confirm/{unconfirmed.confirm_token}/")

    unconfirmed.refresh_from_db()
    assert (response.status_code, unconfirmed.state) == (200, RegistrationState.UNCONFIRMED)
    shown = (
        unconfirmed.email,
        unconfirmed.full_name,
        "Cluster Nord",
        "Germany",
        "Part 0",
        f"Part {count - 1}",
    )
    assert [words for words in shown if words not in response.text] == []


@pytest.fixture
def twice(client, session, answers):
    """Send the form and, corrected, once more; return the tokens of both links."""
    client.post(FORM, answers)
    client.post(FORM, answers | {"country": "BE"})
    return list(Registration.objects.order_by("pk").values_list("confirm_token", flat=True))


def test_link_of_an_earlier_request_shows_the_newest_and_its_button_confirms_that(client, twice):
    old, new = twice

    page = client.get(f"/confirm/{old}/").text
    action = re.search(r'<form method="post" action="(/confirm/[^"]+)"', page)[1]
    confirmed = client.post(action)

    assert "Only the newest request counts; this is it." in page
    assert ("Belgium" in page, "Germany" in page) == (True, False)
    assert action == f"/confirm/{new}/"
    assert confirmed.status_code == 302
    assert Registration.objects.get(state="active").country == "BE"


def test_page_that_was_open_before_the_correction_confirms_nothing_and_shows_it(client, twice):
    response = client.post(f"/confirm/{twice[0]}/")

    assert response.status_code == 409
    assert "Belgium" in response.text
    assert not Registration.objects.filter(state="active").exists()


def test_every_link_says_already_confirmed_and_leads_on(client, twice):
    client.post(f"/confirm/{twice[1]}/")
    own = Registration.objects.get(state="active").personal_page()

    pages = [client.get(f"/confirm/{token}/") for token in twice]

    assert [page.status_code for page in pages] == [200, 200]
    assert all("Already confirmed" in page.text and f'href="{own}"' in page.text for page in pages)
    assert [client.post(f"/confirm/{token}/")["Location"] for token in twice] == [own, own]


def test_two_names_with_one_address_are_told_that_each_needs_their_own(client, session, answers):
    """The handed case: a wrong family name first, then the right one (two-requests.md)."""
    client.post(FORM, answers | {"last_name": "Wrogn", "country": "BE"})
    client.post(FORM, answers | {"last_name": "Right"})
    wrong, right = Registration.objects.order_by("pk")

    page = client.get(f"/confirm/{wrong.confirm_token}/").text
    client.post(f"/confirm/{wrong.confirm_token}/")
    other = client.get(f"/confirm/{right.confirm_token}/")

    assert ("Zoë Wrogn" in page, "Belgium" in page, "Zoë Right" in page) == (True, True, True)
    assert "Each person needs an email address of their own." in page
    assert f'href="/confirm/{right.confirm_token}/"' in page
    assert other.status_code == 410
    assert "A registration with the same address is already confirmed, under another name." in other.text
    assert wrong.manage_token not in other.text
    assert f'href="{FORM}"' in other.text


def test_confirm_by_button(client, unconfirmed):
    response = client.post(f"/confirm/{unconfirmed.confirm_token}/", follow=True)

    unconfirmed.refresh_from_db()
    assert unconfirmed.state == RegistrationState.ACTIVE
    assert response.redirect_chain == [(f"/r/{unconfirmed.manage_token}/", 302)]
    assert "Your email address is confirmed" in response.text


def test_confirm_twice_leads_to_the_registration(client, unconfirmed):
    client.post(f"/confirm/{unconfirmed.confirm_token}/")

    again = client.post(f"/confirm/{unconfirmed.confirm_token}/")

    assert client.get(f"/confirm/{unconfirmed.confirm_token}/").status_code == 200
    assert again.headers["Location"] == f"/r/{unconfirmed.manage_token}/"


@pytest.mark.parametrize("method", ["get", "post"])
def test_confirm_forged_token_says_how_to_get_a_new_link(client, webinar, method):
    response = getattr(client, method)("/confirm/forged/")

    assert response.status_code == 404
    assert "This link is not valid, or has run out." in response.text
    assert 'href="/webinars/clusters/my-link/"' in response.text


def test_confirm_after_the_time_limit_is_refused(client, unconfirmed):
    with time_machine.travel(NOW + services.people.CONFIRM_WITHIN + timedelta(seconds=1), tick=False):
        response = client.post(f"/confirm/{unconfirmed.confirm_token}/")

    unconfirmed.refresh_from_db()
    assert (response.status_code, response.text.count("This request has expired")) == (410, 3)
    assert f'href="{FORM}"' in response.text
    assert unconfirmed.state == RegistrationState.UNCONFIRMED


@pytest.mark.parametrize(
    ("state", "words"),
    [("expired", "This request has expired"), ("withdrawn", "You have withdrawn")],
)
@pytest.mark.parametrize("open_", [True, False])
def test_link_of_a_registration_that_has_ended_says_so_and_leads_on(
    client, webinar, session, state, words, open_
):
    ended = make_registration(webinar, [session], state=state)
    Webinar.objects.update(registration_open=open_)

    pages = [send(f"/confirm/{ended.confirm_token}/") for send in (client.get, client.post)]

    assert [(page.status_code, f"<h1>{words}</h1>" in page.text) for page in pages] == [(410, True)] * 2
    assert [f'href="{FORM}"' in page.text for page in pages] == [open_] * 2
    assert [f"mailto:{webinar.contact_email}" in page.text for page in pages] == [not open_] * 2
    assert (ended.personal_page() in pages[0].text) == (state == "withdrawn")


@pytest.mark.parametrize("token", ["forged", "known"])
def test_confirm_is_personal(client, unconfirmed, token):
    response = client.get(f"/confirm/{token if token == 'forged' else unconfirmed.confirm_token}/")

    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["X-Robots-Tag"] == "noindex"


@pytest.mark.parametrize("address", [FORM, "/webinars/clusters/my-link/", "/confirm/any/"])
@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_form_page_takes_no_other_method(client, webinar, address, method):
    response = getattr(client, method)(address)

    assert response.status_code == 405
    assert response.headers["Allow"] == "GET, HEAD, POST"


@pytest.mark.parametrize("address", ["register/", "register/done/", "my-link/", "agenda/", "calendar.ics"])
def test_page_of_an_unknown_webinar_is_not_found(client, db, address):
    assert client.get(f"/webinars/unknown/{address}").status_code == 404


@pytest.fixture
def listed(webinar, session):
    """Return somebody whom staff entered from a list."""
    return make_registration(
        webinar,
        [session],
        state="unconfirmed",
        confirmed_at=None,
        entered_by_staff=True,
        first_name="Zoë",
        question="<b>What next?</b>",
    )


def confirmation_of(registration):
    return f"/confirm/{registration.confirm_token}/"


def test_whom_staff_entered_sees_what_they_wrote_and_is_asked_what_only_they_can_say(client, listed):
    page = client.get(confirmation_of(listed)).text

    listed.refresh_from_db()
    assert "Zoë Person" in page
    assert "&lt;b&gt;What next?&lt;/b&gt;" in page
    assert 'name="privacy_acknowledged"' in page
    assert 'name="contact_me"' in page
    assert listed.state == "unconfirmed"


def test_whom_staff_entered_is_registered_once_they_acknowledge(client, listed):
    response = client.post(confirmation_of(listed), {"privacy_acknowledged": "on", "share_contact": "on"})

    listed.refresh_from_db()
    assert (response.status_code, response["Location"]) == (302, listed.personal_page())
    assert (listed.state, listed.share_contact, listed.contact_me) == ("active", True, False)
    assert listed.privacy_acknowledged_at is not None


def test_whom_staff_entered_and_who_does_not_acknowledge_is_asked_again(client, listed):
    response = client.post(confirmation_of(listed), {"contact_me": "on"})

    listed.refresh_from_db()
    assert response.status_code == 422
    assert response.context["form"].errors == {
        "privacy_acknowledged": ["Tick the box to say that you have read the privacy statement."]
    }
    assert response.context["form"]["contact_me"].value() is True
    assert (listed.state, listed.privacy_acknowledged_at) == ("unconfirmed", None)


def test_whom_staff_entered_and_who_confirms_twice_is_led_to_their_page(client, listed):
    client.post(confirmation_of(listed), {"privacy_acknowledged": "on"})

    again = client.post(confirmation_of(listed), {})

    assert again["Location"] == listed.personal_page()
    assert 'name="privacy_acknowledged"' not in client.get(confirmation_of(listed)).text
