"""Filters with counts: what they show, what they count, by how many queries, and for whom."""

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from registrations.desk import facets
from registrations.models import Seat
from tests.registrations.desk.admin_reading import listed
from tests.registrations.factories import NOW, approve, make_registration, make_webinar
from webinar_site.foundation.desk import long_lists

SEATS = "admin:registrations_seat_changelist"
REGISTRATIONS = "admin:registrations_registration_changelist"
TOO_MANY = 3


@pytest.fixture
def few_are_many(monkeypatch):
    """Let a list be too long to be counted from TOO_MANY rows on."""
    for module in (long_lists, facets):
        monkeypatch.setattr(module, "MOST_COUNTED", TOO_MANY - 1)


@pytest.fixture
def desk(sign_in, webinar):
    """Return the browser of an Approver."""
    return sign_in("somebody", "Approvers")


def filters(response):
    """Return the choices of each filter, by its title."""
    changelist = response.context["cl"]
    return {
        str(spec.title): [str(choice["display"]) for choice in spec.choices(changelist)]
        for spec in changelist.filter_specs
    }


def make_people(webinar, session):
    """Make three people who differ in everything that can be filtered by."""
    make_registration(webinar, [session], first_name="Belgian")
    deaf = make_registration(
        webinar, [session], first_name="Tunisian", country="TN", organisation_type="sme", language="fr"
    )
    deaf.access_needs.create(measure="captions")
    make_registration(webinar, [session], first_name="American", country="US", ask_review=True)


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"list_key": "EU"}, ["Belgian"]),
        ({"list_key": "ENI"}, ["Tunisian"]),
        ({"list_key": ""}, ["American"]),
        ({"registration__organisation_type": "sme"}, ["Tunisian"]),
        ({"registration__language": "fr"}, ["Tunisian"]),
        ({"access": "yes"}, ["Tunisian"]),
        ({"access": "no"}, ["American", "Belgian"]),
        ({"access": "nonsense"}, ["American", "Belgian", "Tunisian"]),
        ({"outcome__in": "not_eligible,review"}, ["American"]),
        ({"registration__country": "TN", "list_key": "EU"}, []),
    ],
    ids=str,
)
def test_seats_are_filtered(query, names, webinar, session, desk):
    make_people(webinar, session)

    response = desk.get(reverse(SEATS), query)

    assert sorted(seat.registration.first_name for seat in listed(response)) == names


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"organisation_type": "sme"}, ["Tunisian"]),
        ({"language": "fr"}, ["Tunisian"]),
        ({"access": "yes"}, ["Tunisian"]),
        ({"seats__state__exact": "approved"}, ["Belgian"]),
        ({"bounced": "yes"}, ["American"]),
        ({"state__in": "active,unconfirmed", "country": "US"}, ["American"]),
    ],
    ids=str,
)
def test_registrations_are_filtered(query, names, webinar, session, desk):
    make_people(webinar, session)
    Seat.objects.filter(registration__first_name="Belgian").update(state="approved")
    webinar.registrations.filter(first_name="American").update(bounced_at=NOW, bounce_reply="550")

    response = desk.get(reverse(REGISTRATIONS), query)

    assert sorted(registration.first_name for registration in listed(response)) == names


@pytest.mark.parametrize("page", [SEATS, REGISTRATIONS])
def test_likely_duplicates_are_those_of_one_name_in_one_webinar(page, webinar, session, desk):
    other = make_webinar()
    one = [
        make_registration(webinar, [session], first_name="Zoë", last_name="Ortiz-Łukasz"),
        make_registration(webinar, [session], first_name="LUKASZ", last_name="Zoe Ortiz"),
    ]
    make_registration(webinar, [session], first_name="Zoë", last_name="Ortiz")
    make_registration(webinar, [session], first_name="Zoë", last_name="Ortiz", state="withdrawn")
    make_registration(other, [], first_name="Zoë", last_name="Ortiz")
    for number in range(2):  # erased: without a name nobody is anybody's double
        make_registration(
            webinar, [session], first_name="", last_name="", email=f"erased{number}@example.org"
        )

    yes, no = (listed(desk.get(reverse(page), {"duplicate": answer})) for answer in ("yes", "no"))

    expected = one if page == REGISTRATIONS else [person.seats.get() for person in one]
    assert set(yes) == set(expected)
    assert not set(yes) & set(no)
    assert len(yes) + len(no) == (7 if page == REGISTRATIONS else 5)


def test_each_filter_counts_what_another_choice_of_it_would_show(webinar, session, later_session, desk):
    make_people(webinar, session)
    approved = make_registration(webinar, [later_session], country="TN", organisation_type="sme")
    Seat.objects.filter(registration=approved).update(state="approved")

    found = filters(desk.get(reverse(SEATS), {"registration__country": "TN", "state__exact": "requested"}))

    assert found["country of establishment"] == ["All", "Belgium (1)", "Tunisia (1)", "United States (1)"]
    assert found["state"][1:3] == ["requested (1)", "approved (1)"]
    assert found["list"] == ["All", "ENI (1)", "EU (0)", "no list (0)"]
    assert found["session"] == ["All", "1. Supply chains (1)", "2. Recovery (0)"]
    assert found["language"] == ["All", "English (0)", "French (1)", "German (0)"]
    assert found["needs access support"] == ["All", "yes (1)", "no (0)"]
    assert found["likely duplicate"] == ["All", "yes", "no"]


def test_counts_are_of_what_the_search_finds(webinar, session, desk):
    make_people(webinar, session)

    found = filters(desk.get(reverse(SEATS), {"q": "tunisian"}))

    assert found["country of establishment"] == ["All", "Tunisia (1)"]


def test_each_count_is_what_its_link_lists(webinar, session, desk):
    make_people(webinar, session)
    response = desk.get(reverse(SEATS), {"state__exact": "requested"})
    changelist = response.context["cl"]

    for spec in changelist.filter_specs:
        for choice in spec.choices(changelist):
            shown, _bracket, count = str(choice["display"]).rstrip(")").rpartition(" (")
            if shown:
                followed = desk.get(reverse(SEATS) + choice["query_string"])
                assert len(listed(followed)) == int(count), (spec.title, choice)


def test_long_list_is_counted_only_on_demand(webinar, session, desk, few_are_many):
    make_people(webinar, session)

    plain, on_demand = (desk.get(reverse(SEATS), query) for query in ({}, {"_facets": "True"}))

    assert filters(plain)["country of establishment"] == ["All", "Belgium", "Tunisia", "United States"]
    assert filters(plain)["list"] == [
        "All",
        "COSME-3C",
        "ENI",
        "EU",
        "EU-UK-TRANSITION",
        "TERRITORIES",
        "no list",
    ]
    assert "Show counts" in plain.text
    assert filters(on_demand)["country of establishment"][1] == "Belgium (1)"
    assert "Hide counts" in on_demand.text


def test_short_part_of_a_long_list_is_counted(webinar, session, desk, few_are_many):
    make_people(webinar, session)

    found = filters(desk.get(reverse(SEATS), {"registration__country": "TN"}))

    assert found["country of establishment"] == ["All", "Belgium", "Tunisia", "United States"]
    assert found["list"] == ["All", "ENI (1)", "no list (0)"]


def test_long_list_does_not_claim_to_have_been_counted(webinar, session, desk, few_are_many):
    make_people(webinar, session)

    page = desk.get(reverse(SEATS), {"q": "example.org"}).text

    assert "More than 2: these are the pages of the first 2." in page
    assert "more than 2 results" in page


@pytest.mark.parametrize("page", [SEATS, REGISTRATIONS])
def test_filter_by_access_needs_is_for_those_who_may_see_them(page, webinar, session, sign_in):
    make_people(webinar, session)

    titles, answers = {}, {}
    for group in ("Approvers", "Auditors"):
        client = sign_in(group, group)
        titles[group] = "needs access support" in filters(client.get(reverse(page)))
        answers[group] = client.get(reverse(page), {"access": "yes"}).status_code

    assert titles == {"Approvers": True, "Auditors": False}
    assert answers == {"Approvers": 200, "Auditors": 302}  # to the whole list


def test_export_is_not_narrowed_by_access_needs_for_who_may_not_see_them(webinar, session, sign_in):
    url = reverse("admin:registrations_seat_export", args=["people"])

    answer = sign_in("somebody", "Data protection").get(f"{url}?access=yes")

    assert (answer.status_code, answer["Location"]) == (302, reverse(SEATS))


@pytest.mark.parametrize(
    ("page", "query"), [(SEATS, {"session__id__exact": "one"}), (REGISTRATIONS, {"webinar__id__exact": "x"})]
)
def test_nonsense_in_the_address_leads_to_the_whole_list(page, query, desk):
    answer = desk.get(reverse(page), query)

    assert (answer.status_code, answer["Location"]) == (302, f"{reverse(page)}?e=1")


LISTS = {
    SEATS: "state__exact=requested&outcome__exact=eligible&list_key=EU&flagged=no&duplicate=no&session__id__exact=1"
    "&registration__country=BE&registration__organisation_type=cluster_organisation&registration__language=en"
    "&access=no&registration__kind__exact=participant&answer__exact=&q=ada",
    REGISTRATIONS: "state__exact=active&bounced=no&duplicate=no&kind__exact=participant&webinar__id__exact=1&country=BE"
    "&seats__state__exact=approved&organisation_type=cluster_organisation&language=en&access=no&q=ada",
    "admin:registrations_contest_changelist": "answered=no&_facets=True",
    "admin:registrations_override_changelist": "stands=open&_facets=True",
    "admin:registrations_outgoingmail_changelist": "state__exact=waiting&kind__exact=invitation&unfinished=yes"
    "&late=yes&_facets=True&q=K7",
    "admin:registrations_historyentry_changelist": "action__exact=approved&actor__exact=staff&_facets=True&q=K7",
    "admin:registrations_bulkjob_changelist": "state__exact=waiting&kind__exact=decision&unfinished=yes&_facets=True",
}


@pytest.mark.parametrize("page", LISTS)
@pytest.mark.parametrize("is_filtered", [False, True], ids=["whole", "all filters"])
def test_list_takes_less_than_15_queries_for_one_and_three_rows(
    page, is_filtered, webinar, session, later_session, approver, desk
):
    url = f"{reverse(page)}?{LISTS[page] if is_filtered else ''}"

    counts = []
    for more in (1, 2):
        for _number in range(more):
            approve(make_registration(webinar, [session, later_session]), approver)
        ContentType.objects.clear_cache()
        with CaptureQueriesContext(connection) as queries:
            assert desk.get(url).status_code == 200
        counts.append(len(queries))

    assert counts[0] == counts[1] < 15
