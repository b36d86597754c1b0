"""Counts about a webinar: of its own rows, in the groups they belong to."""

from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from registrations import services
from registrations.models import Kind, OutgoingMail, Registration, Seat
from tests.registrations.factories import approve, make_registration, make_session, make_webinar

TODAY = date(2020, 4, 20)


@pytest.fixture
def people(webinar, session, later_session, approver):
    """Make people of every kind, and somebody of another webinar."""
    approve(make_registration(webinar, [session, later_session]), approver)
    make_registration(webinar, [session], country="TN", organisation_type="sme")
    make_registration(webinar, [session], country="US", ask_review=True)
    make_registration(webinar, [session], kind=Kind.GUEST, country="NO", organisation_type="other")
    make_registration(webinar, [session], state="withdrawn")
    make_registration(webinar, [session], state="unconfirmed", email="new@example.org")
    other = make_webinar()
    make_registration(other, [make_session(other)])
    OutgoingMail.objects.filter(kind="place_kept").update(state="failed")


def test_registered_numbers_are_of_one_webinar_by_day_state_country_and_type(people, webinar):
    late = Registration.objects.get(email="new@example.org")
    before_midnight_in_london = datetime(2020, 4, 20, 22, 30, tzinfo=UTC)
    Registration.objects.filter(pk=late.pk).update(created_at=before_midnight_in_london)

    found = services.reports.registered_numbers(webinar)

    assert found.days == {TODAY: 5, date(2020, 4, 21): 1}
    assert found.states == {"active": 4, "withdrawn": 1, "unconfirmed": 1}
    assert found.types == {"cluster_organisation": 2, "sme": 1, "other": 1}
    assert found.countries == {("BE", "EU"): 1, ("TN", "ENI"): 1, ("US", ""): 1}
    assert found.likely_duplicates == 0


def test_registered_numbers_count_a_country_of_two_lists_on_the_list_of_its_verdict(webinar, session):
    make_registration(webinar, [session], country="UA")

    assert services.reports.registered_numbers(webinar).countries == {("UA", "COSME-3C"): 1}


def test_registered_numbers_count_everybody_of_a_name(webinar, session):
    for first, last in (("Zoë", "Ortiz"), ("ORTIZ", "Zoe"), ("Zoe", "Other")):
        make_registration(webinar, [session], first_name=first, last_name=last)

    assert services.reports.registered_numbers(webinar).likely_duplicates == 2


def test_seat_numbers_are_by_session_and_guests_take_no_place(people, webinar, session, later_session):
    Seat.objects.filter(registration__kind=Kind.GUEST).update(state="approved")

    found = services.reports.seat_numbers(webinar)

    assert [(each.session, each.states, each.taken) for each in found] == [
        (session, {"approved": 2, "requested": 2}, 1),
        (later_session, {"approved": 1}, 1),
    ]


def test_mail_numbers_are_those_of_the_webinar(people, webinar):
    assert services.reports.mail_numbers(webinar) == {"waiting": 1, "failed": 1}


def test_numbers_take_the_same_queries_however_many_there_are(webinar, session, later_session):
    counts = []
    for more in (1, 2):
        for _number in range(more):
            make_registration(webinar, [session, later_session])
        with CaptureQueriesContext(connection) as queries:
            services.reports.registered_numbers(webinar)
            services.reports.seat_numbers(webinar)
            services.reports.mail_numbers(webinar)
        counts.append(len(queries))

    assert counts == [7, 7]
