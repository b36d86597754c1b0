"""The page of an override, and its button."""

import pytest
from django.urls import reverse

from tests.registrations import at_sight
from tests.registrations.desk.admin_reading import buttons
from tests.registrations.factories import NOW, make_registration, make_user


@pytest.mark.parametrize(
    ("who", "expected"), [("approver", []), ("second", ["Confirm or decline the exception"])]
)
def test_override_page_has_its_button_for_somebody_else(who, expected, webinar, session, approver, client):
    second = make_user("second", "Approvers")
    registration = make_registration(webinar, [session], country="US", ask_review=True)
    override = at_sight.request_override(
        registration.seats.get().pk, by=approver, reason="A partner.", now=NOW
    )
    client.force_login({"approver": approver, "second": second}[who])

    response = client.get(reverse("admin:registrations_override_change", args=[override.pk]))

    assert buttons(response) == expected
