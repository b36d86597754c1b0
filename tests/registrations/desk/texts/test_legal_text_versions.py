"""Legal texts in the admin."""

import hashlib

import pytest
from django.urls import reverse, reverse_lazy

from registrations.models import LegalText

ADD = reverse_lazy("admin:registrations_legaltext_add")


def test_first_wording_is_version_one_with_its_hash(no_legal_texts, sign_in):
    client = sign_in("somebody", "Editors")

    client.post(ADD, {"kind": "privacy", "language": "en", "body": "New."})

    text = LegalText.objects.get()
    assert (text.version, text.body) == (1, "New.\n")
    assert text.sha256 == hashlib.sha256(b"New.\n").hexdigest()


@pytest.mark.parametrize(
    ("sent", "error"),
    [
        pytest.param(
            {"kind": "privacy", "body": "New."},
            "This text is there in version 1: open that one and write a new version there.",
            id="a text that is there",
        ),
        pytest.param({"kind": "privacy", "body": " "}, "This field is required.", id="no words"),
        pytest.param(
            {"kind": "privacy", "body": "New.", "language": "../en"},
            "Write the code of a language, as in “fr”.",
            id="no language",
        ),
    ],
)
def test_what_is_no_first_wording_is_refused(db, sign_in, sent, error):
    client = sign_in("somebody", "Editors")

    response = client.post(ADD, {"language": "en", **sent})

    assert error in response.text
    assert LegalText.objects.count() == 2


def test_first_consents_have_one_paragraph_for_each_box(no_legal_texts, sign_in):
    client = sign_in("somebody", "Editors")

    response = client.post(ADD, {"kind": "consents", "language": "en", "body": "Name me."})

    assert "The consents are exactly 2 paragraphs" in response.text
    assert not LegalText.objects.exists()


def test_editors_find_the_button_and_auditors_do_not(db, sign_in):
    text = LegalText.objects.first()
    page = reverse("admin:registrations_legaltext_change", args=[text.pk])
    button = reverse("admin:registrations_legaltext_new-version", args=[text.pk])

    assert button in sign_in("editor", "Editors").get(page).text
    assert button not in sign_in("auditor", "Auditors").get(page).text


def test_wording_that_was_shown_never_changes(db, admin_client):
    text = LegalText.objects.first()
    url = reverse("admin:registrations_legaltext_change", args=[text.pk])

    response = admin_client.post(url, {"kind": text.kind, "language": "en", "body": "Changed."})

    assert (response.status_code, LegalText.objects.get(pk=text.pk).body) == (403, text.body)
