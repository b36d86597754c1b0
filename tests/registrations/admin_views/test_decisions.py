"""The page that says what a decision does, and does it."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from registrations import services
from registrations.models import BulkJob, HistoryEntry, OutgoingMail, Seat
from registrations.states import Move
from tests.registrations.admin_views.reading import messages, words
from tests.registrations.factories import NOW, approve, kinds, make_registration

STOP = "the next page says when the decision is carried out, and until then it can be stopped there."


def url(move):
    return reverse("admin:registrations_seat_decide", args=[move])


def ids(*registrations):
    return ",".join(str(pk) for person in registrations for pk in person.seats.values_list("pk", flat=True))


def states():
    return list(Seat.objects.order_by("pk").values_list("state", flat=True))


def test_page_says_who_changes_and_who_is_told_by_which_mail(
    webinar, session, later_session, approver, client
):
    people = [make_registration(webinar, [session, later_session]), make_registration(webinar, [session])]

    response = client.get(url("approve"), {"seats": ids(*people)})

    preview = response.context["preview"]
    assert (preview.found, preview.changed, len(preview.people)) == (3, 3, 2)
    assert preview.mails == {
        "invitation, which puts the session into the calendar": 2,
        "place kept, date to be confirmed": 1,
    }
    assert "Approve: 3 seats" in words(response)
    assert STOP in words(response)


@pytest.mark.parametrize(
    ("move", "mail"),
    [
        ("reject", "not admitted, which takes the session out of the calendar"),
        ("put_back", "to be decided again, which takes the session out of the calendar"),
        ("cancel", "place cancelled by staff, which takes the session out of the calendar"),
    ],
)
def test_page_says_that_a_session_leaves_the_calendar(move, mail, webinar, session, approver, client):
    registration = approve(make_registration(webinar, [session]), approver)

    response = client.get(url(move), {"seats": ids(registration)})

    assert response.context["preview"].mails == {mail: 1}
    assert STOP not in words(response)  # one person's seats are decided at once


def test_page_says_who_is_skipped_and_why(webinar, session, approver, client):
    stranger = make_registration(webinar, [session], country="US", ask_review=True)
    done = approve(make_registration(webinar, [session]), approver)

    response = client.get(url("approve"), {"seats": ids(stranger, done)})

    skipped = {note: skipped.count for note, skipped in response.context["preview"].skipped.items()}
    assert skipped == {
        "The verdict is not “eligible”: approving needs an override by two members of staff.": 1,
        "“approve” is not possible: this one is “approved”.": 1,
    }
    assert 'type="submit"' not in response.content.decode().split("Who is skipped")[1].split("</main>")[0]


def test_page_names_some_and_counts_the_rest(webinar, session, approver, client):
    people = [make_registration(webinar, [session]) for _number in range(52)]

    response = client.get(url("approve"), {"seats": ids(*people)})

    assert (len(response.context["preview"].listed), response.context["preview"].unlisted) == (50, 2)
    assert "and 2 more seats" in words(response)


def test_page_takes_the_same_queries_for_one_and_three_seats(webinar, session, approver, client):
    people = [make_registration(webinar, [session]) for _number in range(3)]
    counts = []

    for seats in (ids(people[0]), ids(*people)):
        with CaptureQueriesContext(connection) as queries:
            client.get(url("approve"), {"seats": seats})
        counts.append(len(queries))

    assert counts == [5, 5]


def test_few_seats_of_one_person_are_decided_at_once(webinar, session, later_session, approver, client):
    registration = make_registration(webinar, [session, later_session])

    response = client.post(url("approve"), {"seats": ids(registration)}, follow=True)

    assert response.redirect_chain == [
        (reverse("admin:registrations_registration_change", args=[registration.pk]), 302)
    ]
    assert messages(response) == ["Decided about 2 seats; the person is being told."]
    assert (states(), kinds(registration)) == (["approved", "approved"], ["invitation", "place_kept"])


def test_one_seat_is_decided_and_the_other_left(webinar, session, later_session, approver, client):
    registration = make_registration(webinar, [session, later_session])
    first = registration.seats.first()

    client.post(url("reject"), {"seats": first.pk, "reason": "No cluster."})

    assert (states(), Seat.objects.get(pk=first.pk).reason) == (["rejected", "requested"], "No cluster.")


def test_seats_of_several_people_become_a_job(webinar, session, approver, client):
    people = [make_registration(webinar, [session]) for _number in range(2)]

    response = client.post(url("reject"), {"seats": ids(*people), "reason": "No cluster."})

    job = BulkJob.objects.get()
    assert response["Location"] == reverse("admin:registrations_bulkjob_change", args=[job.pk])
    assert (job.facts["move"], job.facts["reason"], job.total, job.created_by) == (
        "reject",
        "No cluster.",
        2,
        approver,
    )
    assert states() == ["requested", "requested"]


@pytest.mark.parametrize("move", ["reject", "put_back", "cancel"])
@pytest.mark.parametrize("reason", ["", "   "], ids=["empty", "blanks"])
def test_decision_against_a_person_needs_a_reason(move, reason, webinar, session, approver, client):
    registration = make_registration(webinar, [session])
    if move == "put_back":
        approve(registration, approver)
    before = states()

    response = client.post(url(move), {"seats": ids(registration), "reason": reason})

    assert (response.status_code, response.context["form"].errors) == (
        200,
        {"reason": ["This field is required."]},
    )
    assert (states(), response.context["seats"]) == (before, ids(registration))


def test_page_does_not_complain_before_anything_was_sent(webinar, session, approver, client):
    registration = make_registration(webinar, [session])

    response = client.get(url("reject"), {"seats": ids(registration)})

    assert response.context["form"].errors == {}


def test_second_click_decides_nothing_and_says_so(webinar, session, approver, client):
    registration = make_registration(webinar, [session])
    answer = {"seats": ids(registration)}
    client.post(url("approve"), answer)
    mailed = kinds(registration)

    response = client.post(url("approve"), answer, follow=True)

    assert messages(response)[-1] == (
        "Nothing was changed for “1. Supply chains”. “approve” is not possible: this one is “approved”."
    )
    assert (kinds(registration), HistoryEntry.objects.filter(action="approved").count()) == (mailed, 1)


def test_colleague_who_was_faster_is_told_kindly(webinar, session, approver, second_approver, client):
    registration = make_registration(webinar, [session])
    client.get(url("approve"), {"seats": ids(registration)})
    decision = services.Decision(move=Move.REJECT, by=second_approver, now=NOW, reason="No cluster.")
    services.decide_seats(registration.pk, seat_ids=[registration.seats.get().pk], decision=decision)

    response = client.post(url("cancel"), {"seats": ids(registration), "reason": "Double."}, follow=True)

    assert messages(response) == [
        "Nothing was changed for “1. Supply chains”. “cancel” is not possible: this one is “rejected”."
    ]
    assert states() == ["rejected"]


def test_get_decides_nothing(webinar, session, approver, client):
    registration = make_registration(webinar, [session])

    client.get(url("reject"), {"seats": ids(registration), "reason": "No."})

    assert (states(), OutgoingMail.objects.count()) == (["requested"], 0)


@pytest.mark.parametrize("seats", ["", "nonsense", "1;2", "1,", "-1", "9" * 30])
@pytest.mark.parametrize("method", ["get", "post"])
def test_seats_that_cannot_be_are_not_found(seats, method, approver, client):
    response = getattr(client, method)(url("approve"), {"seats": seats})

    assert response.status_code == 404


@pytest.mark.parametrize("move", ["confirm", "withdraw", "nonsense"])
def test_move_that_staff_do_not_make_is_not_found(move, webinar, session, approver, client):
    response = client.get(url(move), {"seats": ids(make_registration(webinar, [session]))})

    assert response.status_code == 404


def test_post_without_csrf_token_is_refused(webinar, session, approver):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(approver)

    response = strict.post(url("approve"), {"seats": ids(make_registration(webinar, [session]))})

    assert (response.status_code, states()) == (403, ["requested"])
