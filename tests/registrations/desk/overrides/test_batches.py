"""Asking for an override of many seats with one reason, and answering once."""

from uuid import uuid4

import pytest
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from registrations import services
from registrations.models import BulkJob, Override, Seat
from registrations.states import Move
from tests.registrations import at_sight
from tests.registrations.desk.reading import fill_in, hidden_in, messages, words
from tests.registrations.factories import NOW, carry_out, kinds, make_registration, make_user

pytestmark = pytest.mark.usefixtures("signed_in")

ASK = "admin:registrations_seat_overrides"
SEATS = "admin:registrations_seat_changelist"


@pytest.fixture
def seats(webinar, session):
    """Return three seats: one that waits against its verdict, one flagged, and one the lists admit."""
    people = [make_registration(webinar, [session], country=code) for code in ("US", "NO", "BE")]
    found = [person.seats.get() for person in people]
    Seat.objects.filter(pk=found[1].pk).update(state="approved", flagged_at=NOW)
    return found


@pytest.fixture
def batch(seats, approver):
    ids_ = [seat.pk for seat in seats]
    return at_sight.request_overrides(ids_, by=approver, reason="Invited in April.", now=NOW)


def ids(seats):
    return at_sight.sent(*(seat.pk for seat in seats))


def answer_url(batch):
    return reverse("admin:registrations_override_answer_batch", args=[batch])


def states():
    return list(Seat.objects.order_by("pk").values_list("state", flat=True))


def test_action_shows_who_is_asked_for_and_who_is_skipped_and_changes_nothing(seats, approver, client):
    chosen = {"action": "ask_override", ACTION_CHECKBOX_NAME: [seat.pk for seat in seats]}

    response = client.post(reverse(SEATS), chosen)

    preview = response.context["preview"]
    assert (preview.seats, preview.listed) == (ids(seats), seats[:2])
    assert preview.mails == {
        "invitation, which puts the session into the calendar": 1,
        "nobody is mailed: the place is kept": 1,
    }
    assert {note: [each.seat for each in skipped.examples] for note, skipped in preview.skipped.items()} == {
        "The verdict is “eligible”; no exception is needed.": [seats[2]]
    }
    assert "Ask for an exception: 2 places" in words(response)
    assert (Override.objects.count(), states()) == (0, ["requested", "approved", "requested"])


def test_asking_with_one_reason_asks_for_all(seats, approver, client):
    response = client.post(reverse(ASK), {"seats": ids(seats), "reason": "Invited in April."}, follow=True)

    assert messages(response) == [
        "Asked for an exception for 2 places. Another member of staff has to confirm them together."
    ]
    rows = Override.objects.values_list("seat", "reason", "requested_by__username", "confirmed_by")
    assert set(rows) == {(seat.pk, "Invited in April.", "approver", None) for seat in seats[:2]}
    assert Override.objects.values("batch").distinct().count() == 1


@pytest.mark.parametrize("reason", ["", "   "], ids=["empty", "blanks"])
def test_asking_without_a_reason_is_refused_and_keeps_the_seats(reason, seats, approver, client):
    response = client.post(reverse(ASK), {"seats": ids(seats), "reason": reason})

    assert response.context["form"].errors == {"reason": ["This field is required."]}
    assert (response.context["preview"].seats, Override.objects.count()) == (ids(seats), 0)


def test_asking_for_what_is_not_possible_any_more_says_so(seats, approver, second_approver, client):
    for seat in seats[:2]:
        at_sight.request_override(seat.pk, by=second_approver, reason="Mine.", now=NOW)

    response = client.post(reverse(ASK), {"seats": ids(seats), "reason": "Keep."})

    assert response.context["form"].non_field_errors() == [
        "None of these places can be approved or kept by an exception."
    ]
    assert "None of these places can be approved or kept by an exception." in words(response)


def test_get_asks_for_nothing(seats, approver, client):
    response = client.get(reverse(ASK), {"seats": ids(seats), "reason": "No."})

    assert (response.status_code, response.context["form"].errors, Override.objects.count()) == (200, {}, 0)


@pytest.mark.parametrize("chosen", ["", "nonsense", "1;2"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_seats_that_cannot_be_are_not_found(chosen, method, approver, client):
    assert getattr(client, method)(reverse(ASK), {"seats": chosen}).status_code == 404


def test_answer_page_says_who_asked_why_for_whom_and_who_is_told(batch, seats, second_approver, client):
    client.force_login(second_approver)

    response = client.get(answer_url(batch))

    page = words(response)
    assert "Asked for by approver, 20 April 2020" in page
    assert "Invited in April." in page
    assert response.context["preview"].listed == seats[:2]
    assert [
        (override.seat, country, verdict.partition(": ")[2])
        for override, country, verdict in response.context["people"]
    ] == [
        (seats[0], "United States", "may not take part."),
        (seats[1], "Norway", "may not take part."),
    ]
    for seat in seats[:2]:
        person = reverse("admin:registrations_registration_change", args=[seat.registration_id])
        assert f'<a href="{person}">{seat.registration.full_name}</a></th> <td>Cluster Nord</td>' in page
    assert response.context["preview"].mails == {
        "invitation, which puts the session into the calendar": 1,
        "nobody is mailed: the place is kept": 1,
    }
    assert ("Confirm: 2 places" in page, 'value="decline"' in page) == (True, True)


def test_second_person_confirms_once_and_sees_how_far_it_is(batch, seats, second_approver, client):
    client.force_login(second_approver)

    response = fill_in(client, answer_url(batch), {"answer": "confirm"})
    carry_out(NOW)

    job = BulkJob.objects.get()
    assert response["Location"] == reverse("admin:registrations_bulkjob_change", args=[job.pk])
    assert (job.created_by, job.facts["reason"], job.changed) == (second_approver, "Invited in April.", 2)
    assert states() == ["approved", "approved", "requested"]
    assert kinds() == ["invitation"]


def test_job_in_its_window_says_who_would_be_told(batch, seats, second_approver, client):
    client.force_login(second_approver)

    response = fill_in(client, answer_url(batch), {"answer": "confirm"}, follow=True)

    assert messages(response) == ["The exceptions are confirmed. This page says when they are carried out."]
    assert response.context["preview"].mails == {
        "invitation, which puts the session into the calendar": 1,
        "nobody is mailed: the place is kept": 1,
    }


def test_second_person_declines_once(batch, seats, second_approver, client):
    client.force_login(second_approver)

    response = fill_in(client, answer_url(batch), {"answer": "decline"}, follow=True)

    assert messages(response) == ["The exceptions are declined; the places stay as they are."]
    assert (Override.objects.count(), states()) == (0, ["requested", "approved", "requested"])


@pytest.mark.parametrize("answer", ["", "nonsense"])
def test_answer_that_is_neither_changes_nothing(answer, batch, second_approver, client):
    client.force_login(second_approver)

    response = fill_in(client, answer_url(batch), {"answer": answer})

    assert "answer" in response.context["form"].errors
    assert (services.overrides.open_batch(batch).count(), BulkJob.objects.count()) == (2, 0)


def test_who_asked_sees_no_buttons_and_cannot_confirm(batch, approver, client):
    page = words(client.get(answer_url(batch)))

    response = fill_in(client, answer_url(batch), {"answer": "confirm"})

    assert ('value="confirm"' in page, "another member of staff has to answer" in page) == (False, True)
    assert response.context["form"].non_field_errors() == [
        "Another member of staff has to confirm what you asked for."
    ]
    assert BulkJob.objects.count() == 0


@pytest.mark.parametrize("answer", ["confirm", "decline"])
def test_answer_while_a_worker_is_at_it_is_refused(answer, batch, second_approver, client):
    client.force_login(second_approver)
    fill_in(client, answer_url(batch), {"answer": "confirm"})

    response = fill_in(client, answer_url(batch), {"answer": answer})

    assert response.context["form"].non_field_errors() == [
        "These exceptions are confirmed; their bulk job carries them out."
    ]
    assert BulkJob.objects.count() == 1


@pytest.mark.parametrize("method", ["get", "post"])
def test_answered_or_unknown_batch_is_told_kindly(method, approver, client):
    response = getattr(client, method)(answer_url(uuid4()), {"answer": "confirm"}, follow=True)

    assert messages(response) == [
        "A colleague was faster: these exceptions were already confirmed or declined."
    ]


@pytest.mark.parametrize("group", ["Editors", "Rule keepers", "Auditors", "Data protection"])
def test_only_approvers_ask_and_answer(group, batch, seats, client):
    client.force_login(make_user("somebody", group))
    before = list(Override.objects.values())
    asked = {"seats": ids(seats), "reason": "Because."}
    requests = [(reverse(ASK), asked), (answer_url(batch), {"answer": "confirm"})]

    statuses = [act(url, data).status_code for url, data in requests for act in (client.get, client.post)]

    assert (statuses, list(Override.objects.values())) == ([403] * 4, before)


@pytest.mark.parametrize(("group", "is_linked"), [("Approvers", True), ("Auditors", False)])
def test_list_of_overrides_leads_to_the_batch(group, is_linked, batch, client):
    client.force_login(make_user("somebody", group))

    html = client.get(reverse("admin:registrations_override_changelist")).content.decode()

    assert html.count(answer_url(batch)) == (2 if is_linked else 0)


def test_page_of_a_seat_leads_to_its_batch(batch, seats, second_approver, client):
    client.force_login(second_approver)

    response = client.get(reverse("admin:registrations_registration_change", args=[seats[0].registration_id]))

    assert answer_url(batch) in response.content.decode()


def test_pages_take_the_same_queries_for_one_and_three_seats(
    webinar, session, approver, second_approver, client
):
    client.force_login(second_approver)
    counts = []
    for number in (1, 3):
        seats = [make_registration(webinar, [session], country="NO").seats.get() for _seat in range(number)]
        with CaptureQueriesContext(connection) as asking:
            client.get(reverse(ASK), {"seats": ids(seats)})
        batch = at_sight.request_overrides([seat.pk for seat in seats], by=approver, reason="Keep.", now=NOW)
        with CaptureQueriesContext(connection) as answering:
            client.get(answer_url(batch))
        counts.append((len(asking), len(answering)))

    assert counts[0] == counts[1]


def test_batch_page_opened_before_a_decision_is_refused_and_names_who_decided(
    batch, seats, approver, second_approver, client
):
    client.force_login(second_approver)
    opened = hidden_in(client.get(answer_url(batch)))
    cancel = services.decisions.Decision(move=Move.CANCEL, by=approver, now=NOW, reason="No place.")
    at_sight.decide_seats(seats[1].registration_id, seat_ids=[seats[1].pk], decision=cancel)

    response = client.post(answer_url(batch), opened | {"answer": "confirm"})

    assert [str(change.note) for change in response.context["changes"]] == [
        "Decided meanwhile by approver, at Monday 20 April 2020, 10:00 (Brussels time): now “cancelled”."
    ]
    assert "What has changed since this page was opened" in words(response)
    assert (BulkJob.objects.count(), hidden_in(response)["seats"]) == (0, ids(seats[:1]))


def test_request_for_a_batch_opened_before_a_decision_is_refused_and_keeps_the_reason(
    seats, approver, second_approver, client
):
    opened = ids(seats)
    cancel = services.decisions.Decision(move=Move.CANCEL, by=second_approver, now=NOW, reason="No place.")
    at_sight.decide_seats(seats[1].registration_id, seat_ids=[seats[1].pk], decision=cancel)

    response = client.post(reverse(ASK), {"seats": opened, "reason": "Invited in April."})

    assert "Decided meanwhile by approver2, at Monday 20 April 2020, 10:00" in words(response)
    assert ("Invited in April.</textarea>" in response.text, Override.objects.count()) == (True, 0)
    assert hidden_in(response)["seats"] == ids(seats)
