"""The lists of people, the page about one of them, and the queue of seats."""

import re

import pytest
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from eligibility.countries import ALIASES, CODES, display_name
from eligibility.explain import explain
from registrations import services
from registrations.admin.filters import LONGEST_COUNTRY, MOST_WORDS
from registrations.models import Action, BulkJob, Kind, Registration, Seat
from registrations.states import Move, RegistrationState
from tests.registrations.admin.reading import buttons, listed
from tests.registrations.factories import NOW, approve, make_registration, make_user

REGISTRATIONS = "admin:registrations_registration_changelist"
SEATS = "admin:registrations_seat_changelist"


def person_page(client, registration):
    return client.get(reverse("admin:registrations_registration_change", args=[registration.pk]))


def count_queries(client, url):
    ContentType.objects.clear_cache()  # what this process read before must not count
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return len(queries)


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ("index", 11),
        ("registrations_registration_changelist", 10),
        ("registrations_seat_changelist", 22),
        ("registrations_override_changelist", 7),
        ("registrations_outgoingmail_changelist", 6),
        ("registrations_historyentry_changelist", 7),
        ("registrations_bulkjob_changelist", 6),
    ],
)
def test_list_takes_the_same_queries_for_one_and_three_rows(
    page, expected, webinar, session, later_session, approver, sign_in
):
    client = sign_in("somebody", "Approvers")
    url = reverse(f"admin:{page}")

    counts = []
    for more in (1, 2):
        for _number in range(more):
            one_of_each(webinar, [session, later_session], approver)
        counts.append(count_queries(client, url))

    assert counts == [expected, expected]


def one_of_each(webinar, sessions, approver):
    approve(make_registration(webinar, sessions), approver)
    stranger = make_registration(webinar, sessions, country="US", ask_review=True)
    services.request_override(stranger.seats.first().pk, by=approver, reason="A partner.", now=NOW)
    decision = services.Decision(move=Move.APPROVE, by=approver, now=NOW)
    services.start_bulk_decision([stranger.seats.first().pk], decision=decision)


def test_registration_page_takes_the_same_queries_for_one_and_two_seats(
    webinar, session, later_session, approver, sign_in
):
    client = sign_in("somebody", "Approvers")
    one = approve(make_registration(webinar, [session]), approver)
    two = approve(make_registration(webinar, [session, later_session]), approver)

    counts = [
        count_queries(client, reverse("admin:registrations_registration_change", args=[registration.pk]))
        for registration in (one, two)
    ]

    assert counts == [16, 16]


@pytest.mark.parametrize(
    "term", ["zoe", "Zoë", "ZOE muller", "müller", "elan", "zoe@example.org", "K7QM-2VXA", "k7qm"]
)
def test_search_finds_a_person_whatever_the_accents(term, webinar, session, sign_in):
    client = sign_in("somebody", "Approvers")
    zoe = make_registration(
        webinar,
        [session],
        first_name="Zoë",
        last_name="Müller",
        organisation="Élan",
        email="zoe@example.org",
        reference="K7QM-2VXA",
    )
    make_registration(webinar, [session])

    found = [listed(client.get(reverse(page), {"q": term})) for page in (REGISTRATIONS, SEATS)]

    assert found == [[zoe], [zoe.seats.get()]]


@pytest.mark.parametrize(
    ("term", "countries"),
    [
        ("Türkiye", ["TR"]),
        ("Turkey", ["TR"]),
        ("Greece", ["GR"]),
        ("EL", ["GR"]),
        ("gr", ["GR"]),
        ("GRC", ["GR"]),
        ("UK", ["GB"]),
        ("GB", ["GB"]),
        ("united kingdom", ["GB"]),
        ("Kosovo", ["XK"]),
        ("Kosovo*", ["XK"]),
        ("XKX", ["XK"]),
        ("Czech Republic", ["CZ"]),
        ("Czechia", ["CZ"]),
        ("former Yugoslav Republic of Macedonia", ["MK"]),
        ("zoe former Yugoslav Republic of Macedonia muller", ["MK"]),
        ("Czech Republic Zoe", ["CZ"]),
        ("Zoë Turkey", ["TR"]),
        ("Zoë Turkey Greece", []),
        ("Somebody Turkey", []),
        ("Moldova, Republic of", ["MD"]),
        ("Georgia", ["AT", "GE"]),
        ("St. Georgia", ["AT"]),
    ],
    ids=str,
)
def test_search_finds_people_by_country_mixed_with_words(term, countries, webinar, session, sign_in):
    client = sign_in("somebody", "Approvers")
    zoe = {"first_name": "Zoë", "last_name": "Müller", "organisation": "Cluster"}
    for number, country in enumerate(("TR", "GR", "GB", "XK", "CZ", "MK", "MD", "GE")):
        make_registration(webinar, [session], country=country, reference=f"2222-222{number}", **zoe)
    georgia = {"organisation": "Cluster St. Georgia", "reference": "2222-2229"}
    make_registration(webinar, [session], country="AT", **georgia)

    found = [listed(client.get(reverse(page), {"q": term})) for page in (REGISTRATIONS, SEATS)]

    assert sorted(person.country for person in found[0]) == countries
    assert sorted(seat.registration.country for seat in found[1]) == countries


@pytest.mark.parametrize(("words", "found"), [(MOST_WORDS, 1), (MOST_WORDS + 1, 0), (1900, 0)])
def test_search_for_more_words_than_a_database_takes_finds_nobody(words, found, webinar, session, sign_in):
    client = sign_in("somebody", "Approvers")
    make_registration(webinar, [session])

    assert len(listed(client.get(reverse(REGISTRATIONS), {"q": "ada " * words}))) == found


def test_search_knows_the_longest_name_of_a_country():
    spellings = [alias for aliases in ALIASES.values() for alias in aliases]
    spellings += [display_name(code) for code in CODES]

    assert max(len(spelling.split()) for spelling in spellings) <= LONGEST_COUNTRY


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({}, ["Active", "Guest", "Greek"]),
        ({"state__exact": "requested"}, ["Active", "Greek"]),
        ({"state__exact": "approved"}, ["Guest"]),
        ({"outcome__exact": "eligible"}, ["Active", "Greek"]),
        ({"registration__kind__exact": "guest"}, ["Guest"]),
        ({"registration__country": "GR"}, ["Greek"]),
        ({"flagged": "yes"}, ["Active"]),
        ({"flagged": "no"}, ["Guest", "Greek"]),
    ],
    ids=str,
)
def test_queue_shows_seats_of_proven_addresses_and_filters_them(query, names, webinar, session, sign_in):
    client = sign_in("somebody", "Approvers")
    make_registration(webinar, [session], first_name="Active")
    make_registration(webinar, [session], first_name="Guest", kind=Kind.GUEST)
    make_registration(webinar, [session], first_name="Greek", country="GR")
    for state in (RegistrationState.UNCONFIRMED, RegistrationState.WITHDRAWN, RegistrationState.EXPIRED):
        make_registration(webinar, [session], first_name=state.value, state=state)
    Seat.objects.filter(registration__first_name="Guest").update(state="approved")
    Seat.objects.filter(registration__first_name="Active").update(flagged_at=NOW)

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
    assert filters["flagged"] == ["All", "yes (0)", "no (4)"]
    assert filters["state"] == ["All", "requested (4)", "approved (0)", "rejected (0)", "cancelled (0)"]


def test_lists_name_countries_as_the_eu_does_with_the_formula(webinar, session, sign_in):
    client = sign_in("somebody", "Approvers")
    make_registration(webinar, [session], country="XK")

    html = [client.get(reverse(page)).content.decode() for page in (REGISTRATIONS, SEATS)]

    assert ["Kosovo*</td>" in page and "UNSCR 1244/1999" in page for page in html] == [True, True]


def test_registration_page_explains_the_verdict_and_shows_what_happened(webinar, session, approver, sign_in):
    client = sign_in("somebody", "Auditors")
    registration = approve(make_registration(webinar, [session]), approver)

    response = person_page(client, registration)

    html = response.content.decode()
    verdict = registration.seats.get().verdict
    assert [panel.reasons for panel in response.context["panels"]] == [explain(verdict)]
    assert [entry.action for entry in response.context["history"]] == [Action.APPROVED]
    assert [mail.kind for mail in response.context["mails"]] == ["invitation"]
    assert "Decided by approver" in html


@pytest.mark.parametrize(
    ("states", "above", "at_the_first_seat"),
    [
        (
            ["requested", "requested"],
            ["Approve (2 seats)", "Reject (2 seats)", "Cancel (2 seats)"],
            ["Approve", "Reject", "Cancel"],
        ),
        (
            ["approved", "requested"],
            ["Approve", "Reject (2 seats)", "Put back to requested", "Cancel (2 seats)"],
            ["Reject", "Put back to requested", "Cancel"],
        ),
        (
            ["rejected", "rejected"],
            ["Approve (2 seats)", "Put back to requested (2 seats)"],
            ["Approve", "Put back to requested"],
        ),
        (["cancelled", "cancelled"], ["Put back to requested (2 seats)"], ["Put back to requested"]),
    ],
    ids=str,
)
def test_registration_page_has_buttons_for_what_is_possible(
    states, above, at_the_first_seat, webinar, session, later_session, sign_in
):
    client = sign_in("somebody", "Approvers")
    registration = make_registration(webinar, [session, later_session])
    for seat, state in zip(registration.seats.all(), states, strict=True):
        Seat.objects.filter(pk=seat.pk).update(state=state)

    response = person_page(client, registration)

    assert (buttons(response), buttons(response, "actions-here")) == (above, at_the_first_seat)


@pytest.mark.parametrize("group", ["Auditors", "Data protection"])
def test_registration_page_has_no_buttons_for_those_who_do_not_decide(group, webinar, session, sign_in):
    client = sign_in("somebody", group)

    response = person_page(client, make_registration(webinar, [session]))

    assert (buttons(response), buttons(response, "actions-here")) == ([], [])


def test_registration_page_offers_an_override_instead_of_approval(webinar, session, sign_in):
    client = sign_in("somebody", "Approvers")
    registration = make_registration(webinar, [session], country="US", ask_review=True)

    response = person_page(client, registration)

    assert buttons(response, "actions-here") == ["Reject", "Cancel", "Ask for an override"]


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        ("approver", ["Reject", "Cancel"]),
        ("second", ["Reject", "Cancel", "Confirm or decline the override"]),
    ],
)
def test_waiting_override_is_answered_by_somebody_else(who, expected, webinar, session, approver, client):
    second = make_user("second", "Approvers")
    registration = make_registration(webinar, [session], country="US", ask_review=True)
    services.request_override(registration.seats.get().pk, by=approver, reason="A partner.", now=NOW)
    client.force_login({"approver": approver, "second": second}[who])

    response = person_page(client, registration)

    assert buttons(response, "actions-here") == expected


@pytest.mark.parametrize(
    ("who", "expected"), [("approver", []), ("second", ["Confirm or decline the override"])]
)
def test_override_page_has_its_button_for_somebody_else(who, expected, webinar, session, approver, client):
    second = make_user("second", "Approvers")
    registration = make_registration(webinar, [session], country="US", ask_review=True)
    override = services.request_override(
        registration.seats.get().pk, by=approver, reason="A partner.", now=NOW
    )
    client.force_login({"approver": approver, "second": second}[who])

    response = client.get(reverse("admin:registrations_override_change", args=[override.pk]))

    assert buttons(response) == expected


def test_access_needs_are_seen_only_with_their_own_permission(webinar, session, sign_in, approver):
    registration = make_registration(webinar, [session])
    registration.access_needs.create(measure="captions")

    seen = {
        group: "Live captions" in person_page(sign_in(group, group), registration).content.decode()
        for group in ("Approvers", "Auditors")
    }

    assert seen == {"Approvers": True, "Auditors": False}


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

    assert (response.status_code, response.context["move"], response.context["seats"]) == (
        200,
        move,
        str(seats[0].pk),
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
    form = {"seats": response.context["seats"]}
    make_registration(webinar, [session], country="GR")  # registers after the page was shown
    client.post(reverse("admin:registrations_seat_decide", args=["approve"]), form)

    job = BulkJob.objects.get()
    assert (response.context["preview"].changed, job.total) == (303, 303)
    assert set(
        Seat.objects.filter(pk__in=job.facts["seat_ids"]).values_list("registration__country", flat=True)
    ) == {"GR"}


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


def test_start_page_says_what_waits_and_links_to_it(webinar, session, approver, sign_in):
    client = sign_in("somebody", "Approvers")
    make_registration(webinar, [session])
    stranger = make_registration(webinar, [session], country="US", ask_review=True)
    services.request_override(stranger.seats.get().pk, by=approver, reason="A partner.", now=NOW)

    queues = start_page_queues(client.get(reverse("admin:index")))

    assert queues == {
        "seats to decide": 2,
        "of these to review: not eligible, or not for the lists to say": 1,
        "flagged: the verdict changed after the decision": 0,
        "overrides to confirm": 1,
        "contested, to be answered": 0,
        "addresses that bounced": 0,
        "mails failed": 0,
        "mails waiting longer than 15 minutes": 0,
        "bulk jobs to be released, which can still be stopped": 0,
        "bulk jobs under way": 0,
    }


def start_page_queues(response):
    rows = re.findall(r"<td>(\d+)</td><td><a href=\"[^\"]+\">([^<]+)</a>", response.content.decode())
    return {label: int(count) for count, label in rows}


def test_start_page_counts_what_its_links_list(world, trouble, sign_in):
    client = sign_in("somebody", "Approvers")
    html = client.get(reverse("admin:index")).content.decode()
    rows = re.findall(r"<td>(\d+)</td><td><a href=\"([^\"]+)\">", html)

    counts = [(int(count), len(listed(client.get(url.replace("&amp;", "&"))))) for count, url in rows]

    assert [count for count, _listed in counts] == [count for _count, count in counts]
    assert all(count for count, _listed in counts)


@pytest.mark.parametrize(
    ("group", "expected"),
    [
        ("Editors", ["bulk jobs to be released, which can still be stopped", "bulk jobs under way"]),
        ("Rule keepers", ["proposals to confirm"]),
    ],
)
def test_start_page_says_only_what_somebody_may_see(group, expected, world, sign_in):
    response = sign_in("somebody", group).get(reverse("admin:index"))

    assert list(start_page_queues(response)) == expected
