"""The page about one person: what their calendar knows, and who may be the same person."""

from datetime import timedelta

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from registrations import services
from registrations.desk.people.person import MOST_NAMESAKES, calendar_of
from registrations.models import Seat
from registrations.states import Move
from tests.registrations import at_sight
from tests.registrations.factories import ENDS, NOW, STARTS, approve, decide, make_registration, release

HOUR = timedelta(hours=1)
TIME = "Tuesday 28 April 2020, 10:30 to 12:30 (Brussels time, CEST, UTC+2)"
SAYS = f"The calendar says: “Supply chains”, {TIME}, WebEx Training (online) (REQUEST, SEQUENCE 1)."


def page_of(client, registration):
    return client.get(reverse("admin:registrations_registration_change", args=[registration.pk]))


def move(session, editor):
    services.sessions.reschedule_session(
        session.pk, starts_at=STARTS + HOUR, ends_at=ENDS + HOUR, by=editor, now=NOW
    )


def nothing(registration, approver, session, editor):
    """Leave the registration as it is."""


def approved(registration, approver, session, editor):
    approve(registration, approver)


def rejected_later(registration, approver, session, editor):
    approve(registration, approver)
    decide(registration, approver, Move.REJECT)


def moved_meanwhile(registration, approver, session, editor):
    approve(registration, approver)
    move(session, editor)


def moved_and_told(registration, approver, session, editor):
    moved_meanwhile(registration, approver, session, editor)
    release()
    services.sweep.run(NOW)


@pytest.mark.parametrize(
    ("story", "expected"),
    [
        (nothing, "The calendar was told nothing."),
        (approved, SAYS),
        (rejected_later, "The session was taken out of the calendar (CANCEL, SEQUENCE 2)."),
        (moved_meanwhile, f"{SAYS} The session has changed since."),
        (
            moved_and_told,
            SAYS.replace("10:30 to 12:30", "11:30 to 13:30").replace("SEQUENCE 1", "SEQUENCE 2"),
        ),
    ],
)
def test_page_says_what_the_calendar_was_told(story, expected, webinar, session, approver, editor, client):
    client.force_login(approver)
    registration = make_registration(webinar, [session])
    story(registration, approver, session, editor)

    page = page_of(client, registration).text

    assert calendar_of(Seat.objects.get()) == expected
    assert expected in page


@pytest.fixture
def namesakes(webinar, session, later_session):
    """Return two registrations under one name; a third has another."""
    make_registration(webinar, [session], first_name="Zoë", last_name="Other")
    return [
        make_registration(
            webinar,
            [session, later_session],
            first_name="Zoë",
            last_name="Ortiz",
            email="zoe@north.example.org",
        ),
        make_registration(
            webinar, [session], first_name="ORTIZ,", last_name="Zoe", country="TN", organisation="South"
        ),
    ]


def beside(response):
    """Return who stands in the comparison, and with which buttons."""
    return [
        (each.registration, each.is_this, each.country, [str(tool.label) for tool in each.tools])
        for each in response.context["namesakes"]
    ]


def test_likely_duplicates_stand_beside_each_other_with_their_buttons(namesakes, approver, client):
    client.force_login(approver)
    one, two = namesakes

    found = beside(page_of(client, two))

    assert found == [
        (one, False, "Belgium", ["Approve (2 places)", "Reject (2 places)", "Cancel (2 places)"]),
        (two, True, "Tunisia", ["Approve", "Reject", "Cancel"]),
    ]
    page = page_of(client, two).text
    assert [word in page for word in ("zoe@north.example.org", "South", "1: requested")] == [True] * 3


def test_likely_duplicates_have_no_buttons_for_those_who_do_not_decide(namesakes, client, sign_in):
    found = beside(page_of(sign_in("somebody", "Auditors"), namesakes[0]))

    assert [tools for *_who, tools in found] == [[], []]


@pytest.mark.parametrize("state", ["withdrawn", "expired", "unconfirmed"])
def test_who_is_not_active_is_nobodys_double(state, namesakes, approver, client):
    client.force_login(approver)
    one, two = namesakes
    one.state = state
    one.save()

    assert beside(page_of(client, two)) == []


def test_who_has_no_name_is_nobodys_double(webinar, session, approver, client):
    client.force_login(approver)
    erased = [
        make_registration(webinar, [session], first_name="", last_name="", email=f"{number}@example.org")
        for number in range(2)
    ]

    assert beside(page_of(client, erased[0])) == []


def test_no_more_are_compared_than_somebody_can_read(webinar, session, approver, client):
    client.force_login(approver)
    crowd = [
        make_registration(webinar, [session], last_name="Ortiz") for _number in range(MOST_NAMESAKES + 2)
    ]

    assert len(beside(page_of(client, crowd[0]))) == MOST_NAMESAKES + 1


def test_page_takes_the_same_queries_however_many_double(webinar, session, later_session, approver, client):
    client.force_login(approver)
    for each in (session, later_session):
        each.capacity = 5
        each.save()
    first, *_others = (
        make_registration(webinar, [session, later_session], last_name="Ortiz") for _n in range(2)
    )
    counts = []
    for _time in range(2):
        ContentType.objects.clear_cache()
        with CaptureQueriesContext(connection) as queries:
            assert page_of(client, first).status_code == 200
        counts.append(len(queries))
        make_registration(webinar, [session, later_session], last_name="Ortiz")

    assert counts[0] == counts[1]


@pytest.mark.parametrize("group", ["Approvers", "Auditors"])
def test_page_says_who_is_about_to_decide_about_a_seat(group, webinar, session, approver, sign_in):
    people = [make_registration(webinar, [session]) for _number in range(2)]
    rejection = services.decisions.Decision(move=Move.REJECT, by=approver, now=NOW, reason="Because.")
    seats = [person.seats.get().pk for person in people]
    job = at_sight.start_bulk_decision(seats, decision=rejection)
    client = sign_in("somebody", group)

    waiting = page_words(client, people[0])
    services.jobs.release_job(job.pk, by=approver, now=NOW)
    released = page_words(client, people[0])
    services.sweep.run(NOW)
    done = page_words(client, people[0])

    link = reverse("admin:registrations_bulkjob_change", args=[job.pk])
    words = (
        f"approver is about to decide about this place, in job {job.pk}: "
        f'<a href="{link}">Reject · session 1 · 2 places</a>, '
    )
    assert f"{words}to be released at 10:05 (Brussels time)" in waiting
    assert words in released
    assert "is about to decide" not in done


def page_words(client, registration):
    return " ".join(page_of(client, registration).text.split())


def test_confirmed_batch_of_overrides_shows_on_the_page_of_each_person(
    webinar, session, approver, second_approver, client
):
    seats = [make_registration(webinar, [session], country="CH").seats.get() for _number in range(2)]
    batch = at_sight.request_overrides([seat.pk for seat in seats], by=approver, reason="Speaks.", now=NOW)
    at_sight.start_confirming(batch, by=second_approver, now=NOW)
    client.force_login(approver)

    page = page_words(client, seats[0].registration)

    assert "approver2 is about to decide about this place" in page
    assert ">Exceptions confirmed · session 1 · 2 places</a>" in page


@pytest.mark.parametrize("jobs", [1, 3])
def test_page_takes_the_same_queries_however_many_jobs_wait(
    jobs, webinar, session, later_session, approver, client, django_assert_num_queries
):
    registration = make_registration(webinar, [session, later_session])
    client.force_login(approver)
    seats = list(registration.seats.values_list("pk", flat=True))
    rejection = services.decisions.Decision(move=Move.REJECT, by=approver, now=NOW, reason="Because.")
    for _number in range(jobs):
        at_sight.start_bulk_decision(seats, decision=rejection)
    page_of(client, registration)  # what is the same for all pages is kept from now on

    with django_assert_num_queries(18):
        page_of(client, registration)
