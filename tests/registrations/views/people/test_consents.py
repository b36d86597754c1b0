import pytest

from registrations.models import LegalText, Registration
from registrations.models.legal_texts import text_digest
from registrations.states import RegistrationState
from tests.registrations.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def agreed(registration):
    text = LegalText.objects.get(kind="consents")
    Registration.objects.update(share_contact=True, consent_text=text, privacy_acknowledged_at=NOW)
    return registration


def url_of(registration):
    return f"{registration.personal_page()}consents/"


def test_my_registration_shows_each_consent_with_words_state_and_day(client, agreed):
    page = client.get(agreed.personal_page()).text

    assert '<p id="share_contact">Name me in a list.</p>' in page
    assert '<p id="contact_me">Write to me.</p>' in page
    assert page.count("since 20 April 2020") == 2
    assert page.count('<a href="/consents/en/1/">words of version 1</a>') == 2
    assert (page.count("Withdraw this consent"), page.count("I agree")) == (1, 1)


def test_button_withdraws(client, agreed):
    response = client.post(url_of(agreed), {"consent": "share_contact", "act": "withdraw"}, follow=True)

    agreed.refresh_from_db()
    assert response.redirect_chain == [(f"{agreed.personal_page()}#consents", 302)]
    assert "You have withdrawn this consent." in response.text
    assert agreed.share_contact is False


def test_button_gives_under_the_words_of_the_page(client, agreed):
    text = LegalText.objects.get(kind="consents")

    response = client.post(
        url_of(agreed), {"consent": "contact_me", "act": "give", "text": text.pk}, follow=True
    )

    agreed.refresh_from_db()
    assert "You have given this consent." in response.text
    assert agreed.contact_me is True


@pytest.mark.parametrize("text", ["", "0", "seen"])
def test_words_that_changed_are_shown_before_anybody_agrees(client, agreed, text):
    seen = LegalText.objects.get(kind="consents").pk
    body = "New one.\n\nNew two.\n"
    LegalText.objects.create(kind="consents", language="en", version=2, body=body, sha256=text_digest(body))

    response = client.post(
        url_of(agreed),
        {"consent": "contact_me", "act": "give", "text": text.replace("seen", str(seen))},
        follow=True,
    )

    agreed.refresh_from_db()
    assert "The words of the consents were changed while this page was open." in response.text
    assert "notice-warn" in response.text
    assert "New two." in response.text
    assert agreed.contact_me is False


def test_after_withdrawal_a_consent_can_only_be_withdrawn(client, agreed):
    Registration.objects.update(state=RegistrationState.WITHDRAWN)

    page = client.get(agreed.personal_page()).text

    assert (page.count("Withdraw this consent"), page.count("I agree")) == (1, 0)


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"consent": "share_contact"},
        {"consent": "state", "act": "give"},
        {"consent": "share_contact", "act": "sell"},
        {"consent": "contact_me", "act": "give", "text": "x" * 400},
        {"consent": "contact_me", "act": "give", "text": "9" * 40},
    ],
)
def test_what_no_button_sends_is_not_understood(client, agreed, sent):
    response = client.post(url_of(agreed), sent)

    assert response.status_code == 400
    assert "The request could not be read" in response.text


def test_it_is_for_its_owner_and_takes_posts_only(client, agreed):
    assert client.get(url_of(agreed)).status_code == 405
    assert client.post("/r/forged/consents/", {"consent": "contact_me", "act": "withdraw"}).status_code == 404
