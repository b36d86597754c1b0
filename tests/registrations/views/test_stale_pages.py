"""People's own pages in two windows, and every form of theirs: what it was drawn from (stale-pages.md, row 8)."""

import pytest
from django.urls import reverse

from registrations import services
from registrations.models import AddressChange, Contest, Registration
from registrations.states import Move
from tests.pages import drawn_in, drawn_on
from tests.registrations import at_sight
from tests.registrations.desk.role_forms import Filled
from tests.registrations.factories import NOW, decide, make_session
from tests.registrations.views.test_hostile_forms import (  # fixtures are used by their names
    FORMS,
    address,
    filled_in,  # noqa: F401
    state,
    words,  # noqa: F401
)

pytestmark = pytest.mark.django_db

NEEDS_NONE = {
    "register": "only adds: what is there already stays",
    "registered": "hands the form that was sent back to be corrected",
    "my_link": "only sends a mail",
    "confirm": "says yes to what the mail's link names, once",
    "join": "leads on to the meeting",
    "consents": "each button says what it leaves behind, and under which words",
}
CHANGED = (
    "Your registration was changed in another window or by our staff while this page was open, so nothing was done. "
    "This is how it stands now: look at it, then send this page again."
)


def url(registration, page, *args):
    return reverse(f"registrations:{page}", args=[registration.manage_token, *args])


def opened(client, address_):
    return Filled(f'<main id="content">{client.get(address_).text}').sent


@pytest.mark.parametrize("name", sorted(FORMS.keys() - NEEDS_NONE.keys()))
@pytest.mark.parametrize("token", ["", f"2020-04-20T08:00:00+00:00 {'0' * 20}"], ids=["missing", "another"])
def test_form_acts_only_on_what_it_was_drawn_from(client, words, filled_in, name, token):  # noqa: F811
    tokens = drawn_on(client, address(name, words))
    before = state(), AddressChange.objects.count(), Contest.objects.count()

    response = client.post(address(name, words), filled_in[name] | dict.fromkeys(tokens, token))

    assert tokens
    assert response.status_code in (200, 422)
    assert (state(), AddressChange.objects.count(), Contest.objects.count()) == before


@pytest.mark.parametrize("name", sorted(FORMS.keys() - NEEDS_NONE.keys()))
def test_form_acts_on_what_it_was_drawn_from(client, words, filled_in, name):  # noqa: F811
    tokens = drawn_on(client, address(name, words))

    assert client.post(address(name, words), filled_in[name] | tokens).status_code == 302


def test_answer_changed_in_another_window_stays(client, registration):
    """Row 8: one window changes the organisation, the other the position."""
    page = url(registration, "edit")
    first = opened(client, page)
    client.post(page, opened(client, page) | {"organisation": "Cluster Süd"})

    client.post(page, first | {"position": "Director"})

    registration.refresh_from_db()
    assert (registration.organisation, registration.position) == ("Cluster Süd", "Director")


def test_session_added_in_another_window_stays(client, registration, webinar):
    third = make_session(webinar, title="Third")
    page = url(registration, "edit")
    first = opened(client, page)
    client.post(page, first | {"sessions": [*first["sessions"], str(third.pk)]})

    client.post(page, first | {"position": "Director"})

    assert third.pk in registration.seats.values_list("session", flat=True)


def test_place_that_staff_cancelled_meanwhile_is_not_asked_for_again(client, registration, approver):
    page = url(registration, "edit")
    first = opened(client, page)
    decide(registration, approver, Move.CANCEL)

    client.post(page, first | {"position": "Director"})

    assert set(registration.seats.values_list("state", flat=True)) == {"cancelled"}


def test_answer_changed_in_both_windows_is_refused_once_and_kept(client, registration):
    page = url(registration, "edit")
    first = opened(client, page)
    client.post(page, opened(client, page) | {"organisation": "Cluster Süd"})

    refused = client.post(page, first | {"organisation": "Cluster Ost"})
    kept = Registration.objects.get(pk=registration.pk).organisation
    again = client.post(page, Filled(f'<main id="content">{refused.text}').sent)

    registration.refresh_from_db()
    assert refused.context["form"].errors == {
        "organisation": [
            "In another window this was changed to “Cluster Süd” while this page was open. What you wrote here stands in "
            "the box: send the page again to keep it."
        ]
    }
    assert (refused.status_code, kept) == (422, "Cluster Süd")
    assert (again.status_code, registration.organisation) == (302, "Cluster Ost")


def test_withdrawing_from_an_older_page_shows_what_was_changed_first(client, registration):
    page = url(registration, "withdraw")
    tokens = drawn_on(client, page)
    edit = url(registration, "edit")
    client.post(edit, opened(client, edit) | {"organisation": "Cluster Süd"})

    refused = client.post(page, tokens)
    state_then = Registration.objects.get(pk=registration.pk).state
    client.post(page, drawn_in(refused.text))

    registration.refresh_from_db()
    assert CHANGED in [str(message) for message in refused.context["messages"]]
    assert (state_then, registration.state) == ("active", "withdrawn")


def test_objection_to_a_result_that_has_changed_is_kept_and_not_taken(client, registration, approver):
    decide(registration, approver, Move.REJECT)
    seat = registration.seats.earliest("pk")
    page = url(registration, "contest", seat.session.number)
    tokens = drawn_on(client, page)
    decide(registration, approver, Move.PUT_BACK)
    at_sight.decide_seats(
        registration.pk,
        seat_ids=[seat.pk],
        decision=services.decisions.Decision(
            move=Move.REJECT, by=approver, now=NOW, reason="Another reason."
        ),
    )

    refused = client.post(page, tokens | {"text": "Our seat is in Lyon."})

    assert refused.context["form"].errors == {"__all__": [CHANGED]}
    assert "Our seat is in Lyon." in refused.text
    assert "Another reason." in refused.text
    assert Contest.objects.count() == 0
