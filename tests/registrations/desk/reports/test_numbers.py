"""The page of numbers: plots with their tables, of the rows that somebody may see."""

import re
from datetime import date, timedelta

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from registrations.desk.reports.numbers import MOST_BARS, _of_countries, _over_time
from registrations.services.reports.numbers import RegistrationNumbers
from tests.registrations.factories import approve, make_registration, make_user

pytestmark = pytest.mark.usefixtures("signed_in")

MONDAY = date(2020, 4, 20)


def numbers(client, webinar):
    return client.get(reverse("admin:registrations_webinar_numbers", args=[webinar.pk]))


def rows_of(response):
    """Return the tables, by the key of their plot."""
    return {plot.key: list(plot.rows) for plot in response.context["plots"]}


@pytest.fixture
def somebody(client, db):
    """Sign in a member of staff with these permissions and no others."""

    def with_permissions(*names):
        user = make_user("somebody")
        user.user_permissions.set(Permission.objects.filter(codename__in=names))
        client.force_login(user)
        return client

    return with_permissions


def test_page_shows_each_plot_with_its_table(webinar, session, approver, client):
    client.force_login(approver)
    session.capacity = 5
    session.save()
    approve(make_registration(webinar, [session], country="XK"), approver)

    response = numbers(client, webinar)

    assert rows_of(response)["countries"] == [("Kosovo*", "COSME-3C", 1)]
    assert rows_of(response)["seats"][:3] == [
        ("1. Supply chains", "number of places", 5),
        ("1. Supply chains", "places taken", 1),
        ("1. Supply chains", "requested", 0),
    ]
    assert [plot.key for plot in response.context["plots"] if "<svg" in plot.svg] == [
        "days",
        "states",
        "countries",
        "types",
        "seats",
        "mails",
    ]
    assert response.text.count('role="img"') == response.text.count("<table aria-labelledby") == 6
    name = (
        "Participants by country and list. The most: Kosovo* · COSME-3C, 1. The table below has all numbers."
    )
    assert f'aria-label="{name}"' in response.text


def test_page_of_a_webinar_without_anybody_draws_nothing(webinar, approver, client):
    client.force_login(approver)

    response = numbers(client, webinar)

    assert [plot.svg for plot in response.context["plots"]] == [""] * 6
    assert response.text.count("Nothing to count yet.") == 6


def test_page_names_nobody(webinar, session, approver, client):
    client.force_login(approver)
    person = make_registration(webinar, [session], organisation="Unheard-of Cluster")

    text = numbers(client, webinar).text

    assert not [
        word
        for word in (person.last_name, person.organisation, person.email, person.reference)
        if word in text
    ]


@pytest.mark.parametrize(
    ("permissions", "keys"),
    [
        (["view_registration"], ["days", "states", "countries", "types"]),
        (["view_registration", "view_seat"], ["days", "states", "countries", "types", "seats"]),
        (["view_registration", "view_outgoingmail"], ["days", "states", "countries", "types", "mails"]),
    ],
    ids=str,
)
def test_plots_are_of_the_rows_somebody_may_see(permissions, keys, webinar, somebody):
    response = numbers(somebody(*permissions), webinar)

    assert [plot.key for plot in response.context["plots"]] == keys


def test_page_refuses_who_may_see_nobody(webinar, somebody):
    assert numbers(somebody("view_seat", "view_outgoingmail", "view_webinar"), webinar).status_code == 403


def test_page_of_no_webinar_is_missing(webinar, approver, client):
    client.force_login(approver)

    assert (
        client.get(reverse("admin:registrations_webinar_numbers", args=[webinar.pk + 1])).status_code == 404
    )


def test_page_links_to_as_many_likely_duplicates_as_it_counts(webinar, session, approver, client):
    client.force_login(approver)
    for _number in range(2):
        make_registration(webinar, [session], last_name="Ortiz")
    make_registration(webinar, [session])

    response = numbers(client, webinar)

    url = re.search(r'href="([^"]+duplicate=yes[^"]*)"', response.text)[1].replace("&amp;", "&")
    assert (response.context["likely_duplicates"], len(client.get(url).context["cl"].result_list)) == (2, 2)


def test_page_takes_the_same_queries_for_one_and_three_people(webinar, session, approver, client):
    client.force_login(approver)
    counts = []
    for more in (1, 2):
        for _number in range(more):
            make_registration(webinar, [session])
        numbers(client, webinar)
        with CaptureQueriesContext(connection) as queries:
            numbers(client, webinar)
        counts.append(len(queries))

    assert counts == [12, 12]


@pytest.mark.parametrize(
    ("last", "title", "first", "length"),
    [
        (61, "Registrations per day", ("20 April 2020", 1), 62),
        (62, "Registrations per week, by its Monday", ("20 April 2020", 1), 9),
        (433, "Registrations per week, by its Monday", ("20 April 2020", 1), 62),
        (434, "Registrations per month", ("April 2020", 1), 15),
    ],
)
def test_long_times_are_shown_in_weeks_and_months(last, title, first, length):
    plot = _over_time({MONDAY: 1, MONDAY + timedelta(days=last): 2})

    assert (plot.title, plot.rows[0], plot.rows[-1][1], len(plot.rows)) == (title, first, 2, length)


@pytest.mark.parametrize(
    ("language", "june"), [("en", "June 2020"), ("fr", "juin 2020"), ("de", "Juni 2020")]
)
def test_months_are_cut_as_the_language_cuts_them(language, june):
    with translation.override(language):
        labels = [label for label, _number in _over_time({date(2020, 1, 1): 1, date(2021, 12, 31): 1}).rows]

    assert labels[5] == june


@pytest.mark.parametrize(("number", "is_cut"), [(MOST_BARS, False), (MOST_BARS + 1, True)])
def test_long_plot_is_cut_and_its_table_is_not(number, is_cut):
    countries = {("BE", f"list {index}"): index for index in range(1, number + 1)}

    plot = _of_countries(
        RegistrationNumbers(days={}, states={}, types={}, countries=countries, likely_duplicates=0)
    )

    assert (plot.is_cut, len(plot.rows), plot.rows[0]) == (
        is_cut,
        number,
        ("Belgium", f"list {number}", number),
    )
    assert plot.svg.count("Belgium") == MOST_BARS + 1  # and once in its name
