"""A new version of a legal text is seen against the last one before it is published."""

import pytest
from django.urls import reverse

from registrations.models import LegalText
from registrations.models.legal_texts import text_digest
from tests.pages import drawn_in, drawn_on, was_changed
from tests.registrations.desk.reading import messages, words

pytestmark = pytest.mark.usefixtures("signed_in")


@pytest.fixture
def page(editor, client):
    client.force_login(editor)
    text = LegalText.objects.get(kind="privacy")
    return reverse("admin:registrations_legaltext_new-version", args=[text.pk])


def sent(body, act="show", compared=""):
    return {"body": body, "act": act, "compared": compared}


def test_page_starts_from_the_newest_words_and_offers_no_publishing(page, client):
    shown = client.get(page).text

    assert "privacy statement.</textarea>" in shown
    assert "Publish as version" not in shown


def test_difference_comes_before_publishing(page, client):
    shown = words(client.post(page, sent("Entirely new.")))

    assert "<del>privacy statement.</del>" in shown
    assert "<ins>Entirely new.</ins>" in shown
    assert "Publish as version 2" in shown
    assert LegalText.objects.count() == 2


def test_what_was_compared_is_published(page, client):
    body = "Entirely new.\n"

    response = client.post(page, sent(body, "publish", text_digest(body)), follow=True)

    text = LegalText.objects.get(version=2)
    assert (text.body, text.sha256) == (body, text_digest(body))
    assert messages(response) == ["Version 2 is published; people are shown it from now on."]


def test_what_was_changed_after_the_comparison_is_compared_again(page, client):
    response = client.post(page, sent("Newer still.", "publish", text_digest("Entirely new.\n")))

    assert "<ins>Newer still.</ins>" in words(response)
    assert LegalText.objects.count() == 2


def test_same_words_are_refused(page, client):
    response = client.post(page, sent("privacy statement."))

    assert "These are the words of the newest version; nothing is new." in words(response)
    assert "<title>Error: " in response.text


def test_colleague_who_was_faster_is_told_of_and_compared_with(page, client):
    body = "Entirely new.\n"
    before = drawn_on(client, page)
    LegalText.objects.create(kind="privacy", language="en", version=2, body="Theirs.", sha256="0" * 64)

    response = client.post(page, before | sent(body, "publish", text_digest(body)))
    compared = client.post(page, drawn_in(response.text) | sent(body))

    assert messages(response) == [was_changed()]
    assert "Entirely new.\n</textarea>" in response.text
    assert "<del>Theirs.</del>" in words(compared)
    assert LegalText.objects.filter(kind="privacy").count() == 2


def test_opened_from_an_old_version_it_starts_from_the_newest(page, client):
    LegalText.objects.create(kind="privacy", language="en", version=2, body="Theirs.", sha256="0" * 64)

    assert "Theirs.</textarea>" in client.get(page).text


@pytest.mark.parametrize("bad", [{"body": ""}, {"body": "x" * 100_001}, {"compared": "0" * 65}])
def test_bad_input_is_told_and_loses_nothing(page, client, bad):
    response = client.post(page, sent("Entirely new.") | bad)

    assert response.status_code == 200
    assert "<title>Error: " in response.text
    assert LegalText.objects.count() == 2


@pytest.mark.parametrize("method", ["get", "post"])
def test_no_such_text_is_not_found(page, client, method):
    url = reverse("admin:registrations_legaltext_new-version", args=[0])

    assert getattr(client, method)(url).status_code == 404
