"""Everything that is kept about somebody, as a file that Data protection takes out for them."""

import json

import pytest
from django.urls import reverse

from registrations.models import HistoryEntry
from tests.registrations.desk.reading import words
from tests.registrations.factories import make_registration, make_user


@pytest.fixture
def officer(client, db):
    """Sign in somebody of Data protection."""
    user = make_user("officer", "Data protection")
    client.force_login(user)
    return user


@pytest.fixture
def ada(webinar, session):
    return make_registration(webinar, [session], email="ada@example.org", last_name="Lovelace")


def url_of(registration, page):
    return reverse(f"admin:registrations_registration_{page}", args=[registration.pk])


def test_export_page_takes_nothing(ada, officer, client):
    page = words(client.get(url_of(ada, "export")))

    assert f"everything that is kept about {ada.reference}, access needs included" in page
    assert not HistoryEntry.objects.exists()


def test_export_gives_what_the_person_sees_and_notes_it(ada, officer, client):
    response = client.post(url_of(ada, "export"))

    data = json.loads(response.content)
    assert response["Content-Disposition"] == f'attachment; filename="registration-{ada.reference}.json"'
    assert (data["last_name"], data["email"]) == ("Lovelace", "ada@example.org")
    entry = HistoryEntry.objects.get()
    assert (entry.action, entry.by, entry.registration) == ("exported", officer, ada)
    assert "Lovelace" not in json.dumps(entry.facts)
