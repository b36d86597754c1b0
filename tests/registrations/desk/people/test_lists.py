"""The lists of the desk, searching people, and the page about one of them."""

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from eligibility.countries import ALIASES, CODES, display_name
from eligibility.explain import explain_html
from registrations import services
from registrations.desk.search import LONGEST_COUNTRY, MOST_WORDS
from registrations.models import Action, Seat
from registrations.states import Move
from tests.registrations import at_sight
from tests.registrations.desk.admin_reading import buttons, listed
from tests.registrations.factories import NOW, approve, make_registration, make_user
from tests.registrations.models.test_keys import HANDED

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
        ("index", 19),
        ("registrations_registration_changelist", 10),
        ("registrations_seat_changelist", 8),
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
    at_sight.request_override(stranger.seats.first().pk, by=approver, reason="A partner.", now=NOW)
    decision = services.decisions.Decision(move=Move.APPROVE, by=approver, now=NOW)
    at_sight.start_bulk_decision([stranger.seats.first().pk], decision=decision)


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

    assert counts == [19, 19]


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
    ("term", "entered"), [pair for one, other in HANDED for pair in ((one, other), (other, one))]
)
def test_search_finds_a_person_entered_in_another_spelling(term, entered, webinar, session, sign_in):
    client = sign_in("somebody", "Approvers")
    person = make_registration(webinar, [session], first_name="", last_name=entered)
    make_registration(webinar, [session], first_name="Somebody", last_name="Else")

    found = [listed(client.get(reverse(page), {"q": term})) for page in (REGISTRATIONS, SEATS)]

    assert found == [[person], [person.seats.get()]]


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
        ("Turkey, Zoë", ["TR"]),
        ("Müller, Turkey;", ["TR"]),
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
    assert [panel.reasons for panel in response.context["panels"]] == [explain_html(verdict)]
    assert [entry.action for entry in response.context["history"]] == [Action.APPROVED]
    assert [mail.kind for mail in response.context["mails"]] == ["invitation"]
    assert "Decided by approver" in html


@pytest.mark.parametrize(
    ("states", "above", "at_the_first_seat"),
    [
        (
            ["requested", "requested"],
            ["Approve (2 places)", "Reject (2 places)", "Cancel (2 places)"],
            ["Approve", "Reject", "Cancel"],
        ),
        (
            ["approved", "requested"],
            ["Approve", "Reject (2 places)", "Put back to requested", "Cancel (2 places)"],
            ["Reject", "Put back to requested", "Cancel"],
        ),
        (
            ["rejected", "rejected"],
            ["Approve (2 places)", "Put back to requested (2 places)"],
            ["Approve", "Put back to requested"],
        ),
        (["cancelled", "cancelled"], ["Put back to requested (2 places)"], ["Put back to requested"]),
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


@pytest.mark.parametrize(
    ("group", "above"),
    [("Auditors", []), ("Data protection", ["Export this person&#x27;s data", "Erase this person"])],
)
def test_registration_page_decides_nothing_for_those_who_may_not(group, above, webinar, session, sign_in):
    client = sign_in("somebody", group)

    response = person_page(client, make_registration(webinar, [session]))

    assert (buttons(response), buttons(response, "actions-here")) == (above, [])


def test_registration_page_offers_an_override_instead_of_approval(webinar, session, sign_in):
    client = sign_in("somebody", "Approvers")
    registration = make_registration(webinar, [session], country="US", ask_review=True)

    response = person_page(client, registration)

    assert buttons(response, "actions-here") == ["Reject", "Cancel", "Ask for an exception"]


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        ("approver", ["Reject", "Cancel"]),
        ("second", ["Reject", "Cancel", "Confirm or decline the exception"]),
    ],
)
def test_waiting_override_is_answered_by_somebody_else(who, expected, webinar, session, approver, client):
    second = make_user("second", "Approvers")
    registration = make_registration(webinar, [session], country="US", ask_review=True)
    at_sight.request_override(registration.seats.get().pk, by=approver, reason="A partner.", now=NOW)
    client.force_login({"approver": approver, "second": second}[who])

    response = person_page(client, registration)

    assert buttons(response, "actions-here") == expected


def test_access_needs_are_seen_only_with_their_own_permission(webinar, session, sign_in, approver):
    registration = make_registration(webinar, [session])
    registration.access_needs.create(measure="captions")

    seen = {
        group: "Live captions" in person_page(sign_in(group, group), registration).content.decode()
        for group in ("Approvers", "Auditors")
    }

    assert seen == {"Approvers": True, "Auditors": False}
