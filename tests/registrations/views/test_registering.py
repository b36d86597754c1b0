import gzip
import re
from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.utils.html import format_html_join

from registrations import services
from registrations.forms import countries
from registrations.models import LegalText, MailKind, OutgoingMail, Registration, Webinar
from registrations.models.texts import digest
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
    assert (response.status_code, response.headers["Location"]) == (302, "/webinars/clusters/register/done/")
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
    new = LegalText.objects.create(kind=kind, language="en", version=2, body=body, sha256=digest(body))

    response = client.post(FORM, sent)

    assert response.status_code == 422
    assert says in response.text
    assert hidden(response.text)[f"{kind}_text"] == str(new.pk)
    assert 'value="O&#x27;Neill"' in response.text
    assert "checked" not in re.search(rf'<input[^>]*name="{unticked}"[^>]*>', response.text)[0]
    assert not Registration.objects.exists()

    again = client.post(FORM, sent | hidden(response.text))
    registration = Registration.objects.get()
    assert again.status_code == 302
    assert {registration.privacy_text.version, registration.consent_text.version} == {1, 2}


@pytest.mark.parametrize("said", ["", "x", "-1", "9" * 30, "²", "0"])
def test_register_takes_no_nonsense_for_a_text(client, session, answers, said):
    response = client.post(FORM, answers | {"privacy_text": said})

    assert response.status_code in (302, 422)


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
    assert response.status_code == 302
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
        raise services.UnknownSession

    monkeypatch.setattr(services, "register", refuse)

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


def test_registered_says_what_happens_next(client, webinar):
    response = client.get("/webinars/clusters/register/done/")

    assert "The link works for 7 days." in response.text
    assert webinar.contact_email in response.text


def test_my_link_mails_the_links(client, registration, opened):
    sent = {"email": "Ada@Example.org", "opened": opened}
    response = client.post("/webinars/clusters/my-link/", sent, follow=True)

    assert response.redirect_chain == [("/webinars/clusters/my-link/", 302)]
    assert "If this address is registered" in response.text
    assert mails() == [(MailKind.MANAGE_LINK, "ada@example.org")]


def test_my_link_answers_alike_for_known_unknown_and_withdrawn(webinar, session, registration, opened):
    make_registration(webinar, [session], email="bob@example.org", state=RegistrationState.WITHDRAWN)

    def answer(address):
        response = Client().post(
            "/webinars/clusters/my-link/", {"email": address, "opened": opened}, follow=True
        )
        page = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", response.text)
        return response.redirect_chain, response.status_code, page

    known, unknown, withdrawn = map(answer, ("ada@example.org", "eve@example.org", "bob@example.org"))

    assert known == unknown == withdrawn
    assert "If this address is registered" in known[2]
    assert mails() == [(MailKind.MANAGE_LINK, "ada@example.org")]


def test_my_link_wants_an_address(client, webinar):
    response = client.post("/webinars/clusters/my-link/", {"email": "nobody"})

    assert response.status_code == 422
    assert "<title>Error: Get your links" in response.text


@pytest.fixture
def unconfirmed(webinar, session):
    return make_registration(webinar, [session], state=RegistrationState.UNCONFIRMED)


def test_confirm_page_changes_nothing(client, unconfirmed, django_assert_num_queries):
    with django_assert_num_queries(1):
        response = client.get(f"/confirm/{unconfirmed.confirm_token}/")

    unconfirmed.refresh_from_db()
    assert response.status_code == 200
    assert unconfirmed.email in response.text
    assert unconfirmed.state == RegistrationState.UNCONFIRMED


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
    with time_machine.travel(NOW + services.CONFIRM_WITHIN + timedelta(seconds=1), tick=False):
        response = client.post(f"/confirm/{unconfirmed.confirm_token}/")

    unconfirmed.refresh_from_db()
    assert response.status_code == 404
    assert unconfirmed.state == RegistrationState.UNCONFIRMED


@pytest.mark.parametrize("state", [RegistrationState.EXPIRED, RegistrationState.WITHDRAWN])
def test_confirm_ended_registration_is_refused(client, webinar, session, state):
    ended = make_registration(webinar, [session], state=state)

    assert client.get(f"/confirm/{ended.confirm_token}/").status_code == 404
    assert client.post(f"/confirm/{ended.confirm_token}/").status_code == 404


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
