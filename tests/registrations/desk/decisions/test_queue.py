"""The queue of seats: what it lists, and what its actions lead to."""

import pytest
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.urls import reverse

from registrations.models import BulkJob, Kind, Registration, Seat
from registrations.states import RegistrationState
from tests.registrations import at_sight
from tests.registrations.desk.admin_reading import listed
from tests.registrations.factories import MINUTE, NOW, make_registration, make_session

SEATS = "admin:registrations_seat_changelist"


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({}, ["Active", "Guest", "Greek"]),
        ({"state__exact": "requested"}, ["Greek"]),
        ({"state__exact": "approved"}, ["Guest"]),
        ({"outcome__exact": "eligible"}, ["Active", "Greek"]),
        ({"registration__kind__exact": "guest"}, ["Guest"]),
        ({"registration__country": "GR"}, ["Greek"]),
        ({"reason_code__exact": "full"}, ["Greek"]),
        ({"flagged": "yes"}, ["Active"]),
        ({"flagged": "no"}, ["Guest", "Greek"]),
        ({"flagged": "rejected"}, ["Active"]),
        ({"flagged": "waitlisted"}, []),
        ({"flagged": "nonsense"}, ["Active", "Guest", "Greek"]),
    ],
    ids=str,
)
def test_queue_shows_seats_of_proven_addresses_and_filters_them(
    query, names, webinar, session, at_the_moment, sign_in
):
    client = sign_in("somebody", "Approvers")
    make_registration(webinar, [session], first_name="Active")
    make_registration(webinar, [session], first_name="Guest", kind=Kind.GUEST)
    make_registration(webinar, [session], first_name="Greek", country="GR")
    for state in (RegistrationState.UNCONFIRMED, RegistrationState.WITHDRAWN, RegistrationState.EXPIRED):
        make_registration(webinar, [session], first_name=state.value, state=state)
    Seat.objects.filter(registration__first_name="Guest").update(state="approved")
    Seat.objects.filter(registration__first_name="Active").update(state="rejected", flagged_at=NOW)
    Seat.objects.filter(registration__first_name="Greek").update(reason_code="full")

    response = client.get(reverse(SEATS), query)

    assert {seat.registration.first_name for seat in listed(response)} == set(names)


def test_queue_counts_what_each_filter_would_show(webinar, session, sign_in):
    client = sign_in("somebody", "Approvers")
    for country in ("GR", "GR", "BE", "US"):
        make_registration(webinar, [session], country=country)

    response = client.get(reverse(SEATS))

    changelist = response.context["cl"]
    filters = {
        str(spec.title): [str(choice["display"]) for choice in spec.choices(changelist)]
        for spec in changelist.filter_specs
    }
    assert filters["country of establishment"] == ["All", "Belgium (1)", "Greece (2)", "United States (1)"]
    assert filters["flagged"] == [
        "All",
        "yes (0)",
        "has a place that the lists no longer give (0)",
        "on the waiting list, and the lists no longer admit (0)",
        "rejected, and the lists now admit (0)",
        "no (4)",
    ]
    assert filters["state"] == [
        "All",
        "requested (4)",
        "approved (0)",
        "on the waiting list (0)",
        "rejected (0)",
        "cancelled (0)",
    ]


@pytest.mark.parametrize("chosen", ["yes", "rejected"])
def test_flagged_seats_are_counted_by_what_was_decided_while_somebody_can_still_decide(
    chosen, webinar, session, at_the_moment, sign_in
):
    client = sign_in("somebody", "Approvers")
    over = make_session(webinar, starts_at=NOW - 3 * MINUTE, ends_at=NOW - MINUTE)
    called_off = make_session(webinar, state="cancelled")
    for held in (session, over, called_off):
        for state in ("approved", "waitlisted", "rejected", "rejected"):
            seat = make_registration(webinar, [held]).seats.get()
            Seat.objects.filter(pk=seat.pk).update(state=state, flagged_at=NOW)

    response = client.get(reverse(SEATS), {"flagged": chosen})

    changelist = response.context["cl"]
    facet = next(spec for spec in changelist.filter_specs if spec.parameter_name == "flagged")
    shown = [str(choice["display"]).rpartition(" ")[2] for choice in facet.choices(changelist)]
    assert shown == ["All", "(4)", "(1)", "(1)", "(2)", "(8)"]
    assert len(listed(response)) == {"yes": 4, "rejected": 2}[chosen]


def test_seat_page_leads_to_its_person(webinar, session, sign_in):
    client = sign_in("somebody", "Auditors")
    registration = make_registration(webinar, [session])

    response = client.get(reverse("admin:registrations_seat_change", args=[registration.seats.get().pk]))

    assert response["Location"] == reverse("admin:registrations_registration_change", args=[registration.pk])


@pytest.mark.parametrize(("group", "key", "status"), [("Auditors", "nonsense", 404), ("Editors", "1", 403)])
def test_seat_page_refuses_what_is_not_there_and_who_may_not_look(group, key, status, db, sign_in):
    response = sign_in("somebody", group).get(f"/admin/registrations/seat/{key}/change/")

    assert response.status_code == status


@pytest.mark.parametrize("move", ["approve", "reject", "put_back", "cancel"])
def test_action_shows_what_would_happen_and_changes_nothing(move, webinar, session, sign_in):
    client = sign_in("somebody", "Approvers")
    seats = [make_registration(webinar, [session]).seats.get() for _number in range(2)]
    chosen = {"action": move, ACTION_CHECKBOX_NAME: [seats[0].pk]}

    response = client.post(reverse(SEATS), chosen)

    assert (response.status_code, response.context["move"], response.context["preview"].seats) == (
        200,
        move,
        at_sight.sent(seats[0].pk),
    )
    assert set(Seat.objects.values_list("state", flat=True)) == {"requested"}


def test_action_is_not_offered_to_those_who_do_not_decide(webinar, session, sign_in):
    client = sign_in("somebody", "Auditors")
    seat = make_registration(webinar, [session]).seats.get()

    response = client.post(reverse(SEATS), {"action": "approve", ACTION_CHECKBOX_NAME: [seat.pk]})

    assert (response.status_code, listed(response)) == (200, [seat])  # the list again


def test_action_on_all_pages_takes_every_seat_of_the_filter_and_no_other(webinar, session, sign_in):
    client = sign_in("somebody", "Approvers")
    greeks = [make_registration(webinar, [session], country="GR", last_name=f"G{n}") for n in range(3)]
    clone(greeks[0], 300)
    make_registration(webinar, [session], country="BE")
    chosen = {"action": "approve", "select_across": "1", ACTION_CHECKBOX_NAME: [greeks[0].seats.get().pk]}

    response = client.post(f"{reverse(SEATS)}?registration__country=GR", chosen)
    form = {"seats": response.context["preview"].seats}
    make_registration(webinar, [session], country="GR")  # registers after the page was shown
    client.post(reverse("admin:registrations_seat_decide", args=["approve"]), form)

    job = BulkJob.objects.get()
    assert (response.context["preview"].changed, job.total) == (303, 303)
    assert set(job.planned.values_list("seat__registration__country", flat=True)) == {"GR"}


def clone(registration, number):
    """Make copies of a registration and its one seat, quickly."""
    seat = registration.seats.get()
    people = []
    for index in range(number):
        copy = Registration.objects.get(pk=registration.pk)
        copy.pk, copy.reference, copy.email_key = None, f"C{index:08}", f"copy{index}@example.org"
        copy.confirm_token, copy.manage_token = f"c{index}", f"m{index}"
        people.append(copy)
    people = Registration.objects.bulk_create(people)
    seats = []
    for index, person in enumerate(people):
        copy = Seat.objects.get(pk=seat.pk)
        copy.pk, copy.registration, copy.join_token = None, person, f"j{index}"
        seats.append(copy)
    Seat.objects.bulk_create(seats)
