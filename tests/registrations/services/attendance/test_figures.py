"""How many were there."""

from collections import Counter

import pytest

from registrations import services
from registrations.models import Seat
from registrations.services.attendance.figures import AttendanceFigures
from tests.registrations.factories import (
    ENDS,
    MINUTE,
    NOW,
    STARTS,
    approve,
    draft_without,
    make_guest,
    make_registration,
    publish,
)
from tests.registrations.services.attendance.test_report import attendee, save

pytestmark = pytest.mark.django_db


def test_without_a_report_places_and_the_joining_page_are_known(webinar, session, approver):
    approve(make_registration(webinar, [session]), approver)
    make_registration(webinar, [session])
    Seat.objects.filter(state="approved").update(joined_at=STARTS)

    assert services.attendance.attendance_figures(session) == AttendanceFigures(approved=1, joined=1)


@pytest.fixture
def reported(webinar, session, approver, editor):
    """Let a Belgian, a Greek and an Armenian with a place, and a Tunisian without one, have attended."""
    people = [make_registration(webinar, [session], country=code) for code in ("BE", "GR", "AM", "TN")]
    for person in people[:3]:
        approve(person, approver)
    minutes = (30, 60, 90, 120)
    intervals = [((STARTS, STARTS + length * MINUTE),) for length in minutes]
    return save(
        session,
        editor,
        *(
            attendee("X", person.email, intervals=interval)
            for person, interval in zip(people, intervals, strict=True)
        ),
        attendee("Telephone"),
        attendee("Host", role="Host"),
    )


def test_report_says_how_many_attended_and_for_how_long(session, reported):
    figures = services.attendance.attendance_figures(session)

    assert (figures.report, figures.report.saved_at) == (reported, ENDS)
    assert (figures.approved, figures.attended, figures.minutes) == (3, 4, 75)
    assert (figures.without_place, figures.to_match) == (1, 1)
    assert [count for _title, count in figures.by_list] == [2, 1]
    assert all(title for title, _count in figures.by_list)


def test_people_count_on_the_list_that_their_verdict_names(webinar, session, approver, editor):
    people = [make_registration(webinar, [session], country=code) for code in ("GP", "FR", "AM", "TN")]
    for person in people:
        approve(person, approver)
    people.append(
        services.people.invite_guest(
            webinar.pk, guest=make_guest(session, country="TN"), by=approver, now=NOW
        )
    )
    publish(draft_without("AM", list_key="COSME-3C"))
    services.verdicts.reassess(now=NOW)
    save(session, editor, *(attendee("X", person.email) for person in people))

    figures = services.attendance.attendance_figures(session)

    counted = Counter(Seat.objects.exclude(list_key="").values_list("list_key", flat=True))
    assert figures.attended == 5
    assert counted == {"EU": 2, "ENI": 2}
    assert figures.by_list == (
        ("Member States of the European Union (27)", 2),
        ("Partner countries of the European Neighbourhood Instrument", 2),
    )


@pytest.mark.parametrize("count", [1, 3])
def test_figures_take_a_fixed_number_of_queries(webinar, session, editor, count, django_assert_num_queries):
    people = [make_registration(webinar, [session]) for _number in range(count)]
    save(session, editor, *(attendee("X", person.email) for person in people))
    services.attendance.attendance_figures(session)

    with django_assert_num_queries(5):
        services.attendance.attendance_figures(session)
