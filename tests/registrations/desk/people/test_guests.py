"""Inviting a guest."""

import pytest
from django.urls import reverse

from registrations.models import Registration
from tests.registrations.desk.reading import messages
from tests.registrations.factories import ENDS, make_registration, make_session, make_webinar

pytestmark = pytest.mark.usefixtures("signed_in")

URL = "/admin/registrations/registration/invite-guest/"
GUEST = {
    "title": "dr",
    "first_name": "Grace",
    "last_name": "Hopper",
    "email": "grace@example.org",
    "organisation": "Navy",
    "organisation_type": "other",
    "position": "",
    "country": "US",
    "language": "fr",
}


def test_guest_gets_the_places_and_the_mails_at_once(webinar, session, later_session, approver, client):
    response = client.post(URL, GUEST | {"sessions": [session.pk, later_session.pk]}, follow=True)

    registration = Registration.objects.get()
    assert response.redirect_chain == [
        (reverse("admin:registrations_registration_change", args=[registration.pk]), 302)
    ]
    assert messages(response) == ["The guest is invited."]
    assert (registration.kind, registration.state, registration.full_name, registration.language) == (
        "guest",
        "active",
        "Grace Hopper",
        "fr",
    )
    assert list(registration.seats.values_list("state", "outcome")) == [("approved", ""), ("approved", "")]
    assert list(registration.mails.order_by("pk").values_list("kind", flat=True)) == [
        "invitation",
        "place_kept",
    ]


def test_guest_with_one_name_and_a_pasted_address_gets_the_places(webinar, session, approver, client):
    pasted = {
        "first_name": "",
        "last_name": "\u200eSuharto\u00a0",
        "email": "Suharto <mailto:s@example.org>,",
    }

    client.post(URL, GUEST | pasted | {"sessions": [session.pk]})

    registration = Registration.objects.get()
    assert (registration.full_name, registration.email) == ("Suharto", "s@example.org")


@pytest.mark.parametrize(
    ("change", "field", "message"),
    [
        ({"last_name": "\u200b"}, "last_name", "This field is required."),
        ({"last_name": "Hop\nper"}, "last_name", "Write this on one line, without control characters."),
        ({"email": "nonsense"}, "email", "Enter an email address in the usual form, like name@example.org."),
        ({"country": "QQ"}, "country", "Select a valid choice. QQ is not one of the available choices."),
        ({"sessions": []}, "sessions", "This field is required."),
        (
            {"sessions": [4711]},
            "sessions",
            "Select a valid choice. 4711 is not one of the available choices.",
        ),
    ],
    ids=["no name", "line break", "no address", "no country", "no session", "unknown session"],
)
def test_guest_that_cannot_be_is_refused_and_keeps_what_was_typed(
    change, field, message, webinar, session, approver, client
):
    response = client.post(URL, GUEST | {"sessions": [session.pk]} | change)

    assert response.context["form"].errors == {field: [message]}
    assert (response.context["form"]["organisation"].value(), Registration.objects.count()) == ("Navy", 0)


def test_address_that_is_registered_is_refused(webinar, session, approver, client):
    make_registration(webinar, [session], email="Grace@example.org")

    response = client.post(URL, GUEST | {"sessions": [session.pk]})

    assert response.context["form"].non_field_errors() == [
        "This address is already registered for this webinar."
    ]


def test_sessions_of_two_webinars_are_refused(webinar, session, approver, client):
    other = make_session(make_webinar())

    response = client.post(URL, GUEST | {"sessions": [session.pk, other.pk]})

    assert response.context["form"].errors == {"sessions": ["Choose sessions of one webinar only."]}


def test_form_offers_the_sessions_still_to_come(webinar, session, approver, client):
    make_session(webinar, starts_at=ENDS.replace(year=2019), ends_at=ENDS.replace(year=2019, hour=12))
    make_session(webinar, state="cancelled")

    response = client.get(URL)

    labels = [label for _value, label in response.context["form"].fields["sessions"].choices]
    assert labels == ["Clusters respond · 1. Supply chains"]
