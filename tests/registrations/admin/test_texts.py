"""Legal texts in the admin."""

import hashlib

from django.urls import reverse

from registrations.models import LegalText
from tests.registrations.factories import make_legal_texts


def test_new_wording_is_the_next_version_with_its_hash(db, sign_in):
    make_legal_texts()
    client = sign_in("somebody", "Editors")

    client.post(
        reverse("admin:registrations_legaltext_add"), {"kind": "privacy", "language": "en", "body": "New."}
    )

    text = LegalText.objects.get(kind="privacy", language="en", version=2)
    assert (text.body, text.sha256) == ("New.", hashlib.sha256(b"New.").hexdigest())


def test_first_wording_in_a_language_is_version_one(db, sign_in):
    make_legal_texts()
    client = sign_in("somebody", "Editors")

    client.post(
        reverse("admin:registrations_legaltext_add"), {"kind": "privacy", "language": "fr", "body": "Neuf."}
    )

    assert LegalText.objects.get(language="fr").version == 1


def test_wording_that_was_shown_never_changes(db, admin_client):
    make_legal_texts()
    text = LegalText.objects.first()
    url = reverse("admin:registrations_legaltext_change", args=[text.pk])

    response = admin_client.post(url, {"kind": text.kind, "language": "en", "body": "Changed."})

    assert (response.status_code, LegalText.objects.get(pk=text.pk).body) == (403, text.body)
