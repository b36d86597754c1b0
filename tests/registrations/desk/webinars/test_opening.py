"""Opening and closing registration."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from registrations.models import HistoryEntry, Webinar
from tests.pages import drawn_on, was_changed
from tests.registrations.desk.reading import messages, words
from tests.registrations.factories import NOW, make_webinar

pytestmark = pytest.mark.usefixtures("signed_in")

LOCAL = "%Y-%m-%dT%H:%M"


def page(name, webinar):
    return reverse(f"admin:registrations_webinar_{name}", args=[webinar.pk])


def act(client, webinar, button, **sent):
    return client.post(page("opening", webinar), {"act": button, **sent}, follow=True)


@pytest.mark.parametrize(
    ("fields", "says", "offers"),
    [
        ({"registration_open": False}, "Registration is closed.", ["Open registration now", "Open by date"]),
        ({}, "Registration is open.", ["Save the closing date", "Close registration now"]),
        (
            {"registration_closes_at": NOW + timedelta(days=1)},
            "Registration is open until 21 April 2020, 10:00.",
            ["Save the closing date", "Close registration now"],
        ),
        (
            {"registration_opens_at": NOW + timedelta(days=1)},
            "Registration is closed and opens on 21 April 2020, 10:00.",
            ["Open registration now", "Open by date", "Do not open by date"],
        ),
    ],
)
def test_page_says_how_registration_stands_and_offers_what_is_possible(
    fields, says, offers, editor, client, webinar, session
):
    Webinar.objects.update(**fields)

    shown = words(client.get(page("opening", webinar)))

    assert says in shown
    assert re.findall(r'name="act" value="\w+"[^>]*>([^<]+)<', shown) == offers


def test_editor_opens_closes_and_plans(editor, client, webinar, session):
    Webinar.objects.update(registration_open=False)
    later = NOW + timedelta(days=1)

    opened = act(client, webinar, "open", opens_at="", closes_at="2020-04-27T18:00")
    closed = act(client, webinar, "close")
    planned = act(client, webinar, "plan", opens_at="2020-04-21T10:00", closes_at="")

    said = [messages(response) for response in (opened, closed, planned)]
    assert said == [["Registration is open."], ["Registration is closed."], ["Registration opens by date."]]
    webinar.refresh_from_db()
    assert (webinar.registration_opens_at, webinar.registration_closes_at) == (later, None)
    entries = HistoryEntry.objects.order_by("pk").values_list("action", "by__username")
    assert list(entries) == [
        ("registration_opened", "editor"),
        ("registration_closed", "editor"),
        ("registration_planned", "editor"),
    ]


@pytest.mark.parametrize(
    ("button", "sent", "field", "error"),
    [
        ("plan", {"opens_at": ""}, "opens_at", "Give a moment to come."),
        ("plan", {"opens_at": "2020-04-20T10:00"}, "opens_at", "Give a moment to come."),
        ("open", {"closes_at": "2020-04-20T10:00"}, "__all__", "Registration has to close after it opens."),
        ("open", {"closes_at": "soon"}, "closes_at", "Enter a valid date/time."),
        ("open", {"closes_at": "2021-03-28T02:30"}, "closes_at", "be interpreted in time zone"),
    ],
)
def test_bad_moments_are_refused_and_stay_in_the_form(
    button, sent, field, error, editor, client, webinar, session
):
    Webinar.objects.update(registration_open=False)

    response = act(client, webinar, button, **sent)

    assert error in str(response.context["form"].errors[field])
    assert next(iter(sent.values())) in words(response)
    assert not HistoryEntry.objects.exists()


def test_open_registration_is_not_planned_again(editor, client, webinar, session):
    response = act(client, webinar, "plan", opens_at="2020-04-21T10:00")

    assert response.context["form"].non_field_errors() == ["Give a moment to come."]
    assert not HistoryEntry.objects.exists()


def test_webinar_that_is_not_ready_cannot_be_opened(editor, client):
    webinar = make_webinar(registration_open=False)

    shown = words(client.get(page("opening", webinar)))
    response = act(client, webinar, "open")

    assert "Registration cannot open before this is put right:" in shown
    assert 'value="open"' not in shown
    assert response.context["form"].non_field_errors() == [
        "Registration cannot open yet. There is no session to come."
    ]


@pytest.mark.parametrize("name", ["readiness", "opening", "auto_approve", "copy"])
def test_page_about_no_webinar_is_not_found(name, client, approver, webinar):
    approver.is_superuser = True
    approver.save()

    assert (
        client.get(reverse(f"admin:registrations_webinar_{name}", args=[webinar.pk + 9])).status_code == 404
    )


@pytest.mark.parametrize("moment", ["0001-01-01T00:00", "9999-12-31T23:59"])
def test_opening_refuses_a_day_no_time_zone_is_reckoned_for(editor, client, moment):
    webinar = make_webinar(registration_open=False)

    response = act(client, webinar, "plan", opens_at=moment, closes_at=moment)

    said = [response.context["form"].errors[name].data[0].messages for name in ("opens_at", "closes_at")]
    assert said == [["Choose a day in the years 2000 to 2099."]] * 2
    assert not HistoryEntry.objects.exists()


def test_page_drawn_while_registration_was_open_does_not_open_it_again(editor, client, webinar, session):
    """Row 5 of stale-pages.md: B opens the page, A closes registration, B saves the closing date."""
    mine = drawn_on(client, page("opening", webinar))
    act(client, webinar, "close")

    response = act(client, webinar, "open", closes_at="2020-04-25T10:00", **mine)

    webinar.refresh_from_db()
    assert messages(response) == [was_changed("editor", "registration closed")]
    assert response.context["form"]["closes_at"].value() == "2020-04-25T10:00"
    assert (webinar.registration_open, webinar.registration_closes_at) == (False, None)
