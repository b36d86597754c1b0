"""The list of contests, the page of one, and where else the desk shows them."""

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from registrations import services
from registrations.models import Contest, Seat
from tests.registrations import at_sight
from tests.registrations.desk.admin_reading import buttons
from tests.registrations.factories import NOW, make_registration

CONTESTS = reverse("admin:registrations_contest_changelist")


def contested(webinar, session):
    """Return what somebody contests who was rejected."""
    seat = make_registration(webinar, [session]).seats.get()
    Seat.objects.filter(pk=seat.pk).update(state="rejected")
    return services.contests.file_contest(seat.pk, text="There is a place.", now=NOW)


def answered(contest, by):
    return at_sight.answer_contest(contest.pk, answer="There is none.", put_back=False, by=by, now=NOW)


def page_of(contest):
    return reverse("admin:registrations_contest_change", args=[contest.pk])


def person_page(client, contest):
    row = contest.seat.registration_id
    return client.get(reverse("admin:registrations_registration_change", args=[row]))


def count_queries(client, url):
    ContentType.objects.clear_cache()  # what this process read before must not count
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return len(queries)


def test_list_takes_the_same_queries_for_one_and_three_rows(webinar, session, sign_in):
    client = sign_in("somebody", "Approvers")

    counts = []
    for more in (1, 2):
        for _number in range(more):
            contested(webinar, session)
        counts.append(count_queries(client, CONTESTS))

    assert counts == [7, 7]


@pytest.mark.parametrize(("choice", "expected"), [("no", ["open"]), ("yes", ["answered"])])
def test_filter_tells_the_open_from_the_answered(choice, expected, webinar, session, approver, sign_in):
    rows = {
        "answered": answered(contested(webinar, session), approver),
        "open": contested(webinar, session),
    }

    response = sign_in("somebody", "Auditors").get(CONTESTS, {"answered": choice})

    assert list(response.context["cl"].queryset) == [rows[name] for name in expected]


def test_start_page_says_how_many_wait_and_links_to_them(webinar, session, approver, sign_in):
    answered(contested(webinar, session), approver)
    contested(webinar, session)

    page = sign_in("somebody", "Approvers").get(reverse("admin:index")).content.decode()

    assert f'<td>1</td><td><a href="{CONTESTS}?answered=no">objections to be answered</a></td>' in page


@pytest.mark.parametrize(("group", "expected"), [("Approvers", ["Answer the objection"]), ("Auditors", [])])
def test_page_has_its_button_for_those_who_decide(group, expected, webinar, session, sign_in):
    contest = contested(webinar, session)

    response = sign_in("somebody", group).get(page_of(contest))

    assert buttons(response) == expected


def test_page_of_an_answered_contest_has_no_button(webinar, session, approver, sign_in):
    contest = answered(contested(webinar, session), approver)

    assert buttons(sign_in("somebody", "Approvers").get(page_of(contest))) == []


def test_person_page_shows_what_is_contested_with_the_button(webinar, session, sign_in):
    response = person_page(sign_in("somebody", "Approvers"), contested(webinar, session))

    page = response.content.decode()
    assert "Objection of the person, 20 April 2020, 10:00: “There is a place.”" in page
    assert "It waits for an answer." in page
    assert buttons(response, "actions-here") == ["Approve", "Put back to requested", "Answer the objection"]


def test_person_page_shows_the_answer(webinar, session, approver, sign_in):
    contest = answered(contested(webinar, session), approver)

    response = person_page(sign_in("somebody", "Auditors"), contest)

    assert "Answered by approver, 20 April 2020, 10:00: “There is none.”" in response.content.decode()


def test_nothing_of_a_contest_can_be_changed_by_hand(webinar, session, admin_client):
    contest = contested(webinar, session)

    response = admin_client.post(page_of(contest), {"answer": "Yes."})

    assert (response.status_code, Contest.objects.get().answer) == (403, "")
