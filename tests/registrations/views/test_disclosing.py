import json

import pytest

from registrations import services
from registrations.models import AccessNeed, Registration
from tests.registrations.factories import NOW, approve, make_registration, make_session


@pytest.fixture
def told(registration, approver):
    """Let somebody have everything there can be about them."""
    AccessNeed.objects.create(registration=registration, measure="captions")
    approve(registration, approver)
    services.ask_address_change(registration.pk, email="new@example.org", now=NOW)
    return registration


def own(registration, name="data.json"):
    return f"{registration.personal_page()}{name}"


def test_file_holds_everything_that_is_kept(client, told):
    response = client.get(own(told))

    data = json.loads(response.content)
    assert response.headers["Content-Disposition"] == (
        f'attachment; filename="registration-{told.reference}.json"'
    )
    assert (data["email"], data["country"], data["access_needs"]) == ("ada@example.org", "BE", ["captions"])
    assert [seat["state"] for seat in data["sessions"]] == ["approved", "approved"]
    assert data["sessions"][0]["verdict"][-1] == "Result for Belgium on 28 April 2020: may take part."
    assert data["changes_of_address"] == [
        {"email": "new@example.org", "asked_at": "2020-04-20T10:00:00+02:00", "confirmed_at": None}
    ]
    assert [mail["kind"] for mail in data["mails"]] == ["invitation", "place_kept", "confirm_new_address"]
    assert [entry["action"] for entry in data["history"]] == ["approved", "approved", "address_asked"]


def test_every_column_about_a_person_is_in_the_file_or_left_out_on_purpose(told):
    left_out = {
        "id",
        "email_key",
        "search_key",
        "person_key",  # made of what is in it
        "confirm_token",
        "manage_token",  # the person has the links
        "privacy_text",
        "consent_text",
        "privacy_acknowledged_at",  # under consents
    }

    columns = {field.name for field in Registration._meta.concrete_fields}

    assert columns - left_out == set(services.own_data(told)) & columns


def test_page_shows_the_same_in_words(client, told):
    page = client.get(own(told, "data/")).text

    assert "<dt>first name</dt><dd>Ada</dd>" in page
    assert "<dt>ask review</dt><dd>no</dd>" in page
    assert "<dt>position</dt><dd>nothing</dd>" in page
    assert f'href="{own(told)}"' in page


def test_my_registration_leads_there(client, registration):
    assert f'href="{own(registration, "data/")}"' in client.get(registration.personal_page()).text


@pytest.mark.parametrize("name", ["data/", "data.json"])
def test_data_is_for_its_owner_only(client, told, name):
    response = client.get(own(told, name))

    assert (response.headers["Cache-Control"], response.headers["X-Robots-Tag"]) == ("no-store", "noindex")
    assert client.get(f"/r/forged/{name}").status_code == 404
    assert client.post(own(told, name)).status_code == 405


def test_data_shows_no_link_and_no_staff(client, told):
    text = client.get(own(told)).text

    assert told.manage_token not in text
    assert told.seats.first().join_token not in text
    assert "approver" not in text


def test_what_somebody_typed_stays_text(client, webinar, session):
    registration = make_registration(webinar, [session], question="<script>alert(1)</script>")

    assert "<script>alert" not in client.get(own(registration, "data/")).text


@pytest.mark.parametrize("count", [1, 3])
def test_data_takes_a_fixed_number_of_queries(client, webinar, approver, django_assert_num_queries, count):
    sessions = [make_session(webinar) for _number in range(count)]
    registration = approve(make_registration(webinar, sessions), approver)

    with django_assert_num_queries(14):
        client.get(own(registration))
