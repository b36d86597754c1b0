"""The report of overrides, as Auditors read it; and what staff see of a request that lapses."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from registrations.services.overrides import expiry
from tests.registrations import at_sight
from tests.registrations.desk.admin_reading import buttons, listed
from tests.registrations.desk.reading import messages, words
from tests.registrations.factories import NOW, make_registration, make_session, make_user, make_webinar

pytestmark = pytest.mark.usefixtures("signed_in")

LATER = NOW + timedelta(hours=72)
REPORT = reverse("admin:registrations_override_report")


@pytest.fixture
def doubtful(webinar, session):
    return make_registration(webinar, [session], country="NO", ask_review=True).seats.get()


@pytest.fixture
def override(doubtful, approver):
    return at_sight.request_override(doubtful.pk, by=approver, reason="A partner.", now=NOW)


def test_auditor_reads_who_asked_why_and_how_it_stands(override, doubtful, client):
    client.force_login(make_user("auditor", "Auditors"))

    shown = words(client.get(REPORT))

    reference = doubtful.registration.reference
    assert "1 exception was asked for." in shown
    assert (
        f"<td>20 April 2020, 10:00</td> <td>approver</td> "
        f'<td><a href="{reverse("admin:registrations_registration_change", args=[doubtful.registration_id])}">'
        f"{reference}</a></td> <td>1. Supply chains</td> <td>A partner.</td> "
        "<td>waits for a second person<br>lapses on 23 April 2020, 10:00</td> <td></td> <td></td>"
    ) in shown


def test_report_is_about_the_chosen_webinar(override, webinar, client, approver):
    other = make_webinar()

    assert "0 exceptions were asked for." in words(client.get(REPORT, {"webinar": other.pk}))
    assert "1 exception was asked for." in words(client.get(REPORT, {"webinar": webinar.pk}))


@pytest.mark.parametrize("query", [{"webinar": "x"}, {"webinar": "999"}])
def test_report_about_no_webinar_says_so(query, override, client, approver):
    response = client.get(REPORT, query)

    assert "Select a valid choice." in response.content.decode()


def test_report_of_an_empty_site_opens(approver, client):
    assert client.get(REPORT).status_code == 200


@pytest.mark.parametrize("count", [1, 3])
def test_report_page_takes_a_fixed_number_of_queries(
    count, webinar, session, approver, client, django_assert_num_queries
):
    for _number in range(count):
        seat = make_registration(webinar, [session], country="NO").seats.get()
        at_sight.request_override(seat.pk, by=approver, reason="Why.", now=NOW)

    with django_assert_num_queries(11):
        client.get(REPORT)


def test_pages_say_until_when_a_request_can_be_answered(override, doubtful, second_approver, client):
    client.force_login(second_approver)
    asking = words(client.get(reverse("admin:registrations_seat_override", args=[doubtful.pk])))
    answering = words(client.get(reverse("admin:registrations_override_answer", args=[override.pk])))
    overrides = words(client.get(reverse("admin:registrations_override_changelist")))
    person = words(
        client.get(reverse("admin:registrations_registration_change", args=[doubtful.registration_id]))
    )

    assert "The request lapses after 72 hours if nobody answers it." in asking
    assert "It lapses on 23 April 2020, 10:00 if nobody answers it." in answering
    assert "waits for a second person; lapses on 23 April 2020, 10:00" in overrides
    assert "Waits for a second person; lapses on 23 April 2020, 10:00" in person


@pytest.mark.parametrize("swept", [True, False], ids=["written down", "not yet swept"])
def test_lapsed_request_sends_back_with_the_reason(swept, override, second_approver, client):
    with time_machine.travel(LATER, tick=False):
        client.force_login(second_approver)
        if swept:
            expiry.lapse_overrides(LATER)

        response = client.get(reverse("admin:registrations_override_answer", args=[override.pk]), follow=True)

    assert messages(response) == [
        "This request lapsed on 23 April 2020, 10:00, because nobody answered it. Ask for the exception again."
    ]


@pytest.mark.parametrize("swept", [True, False], ids=["written down", "not yet swept"])
def test_lapsed_batch_sends_back_with_the_reason(swept, webinar, approver, second_approver, client):
    seats = [
        make_registration(webinar, [make_session(webinar)], country="NO").seats.get().pk for _n in range(2)
    ]
    batch = at_sight.request_overrides(seats, by=approver, reason="Partners.", now=NOW)
    with time_machine.travel(LATER, tick=False):
        client.force_login(second_approver)
        if swept:
            expiry.lapse_overrides(LATER)

        response = client.get(reverse("admin:registrations_override_answer_batch", args=[batch]), follow=True)

    assert messages(response) == [
        "This request lapsed on 23 April 2020, 10:00, because nobody answered it. Ask for the exception again."
    ]


def test_asker_sees_a_lapsed_request_and_can_ask_again(override, doubtful, approver, client):
    with time_machine.travel(LATER, tick=False):
        expiry.lapse_overrides(LATER)
        client.force_login(approver)

        start = words(client.get(reverse("admin:index")))
        query = f"?stands=lapsed&requested_by__id__exact={approver.pk}"
        rows = listed(client.get(reverse("admin:registrations_override_changelist") + query))
        url = reverse("admin:registrations_registration_change", args=[doubtful.registration_id])
        person = client.get(url)

    assert (
        f'<td>1</td><td><a href="{reverse("admin:registrations_override_changelist")}{query.replace("&", "&amp;")}">'
        "exceptions you asked for that lapsed unanswered</a>"
    ) in start
    assert rows == [override]
    assert "Ask for an exception" in buttons(person, "actions-here")
    assert "Lapsed on 23 April 2020, 10:00" in words(person)


@pytest.mark.parametrize(("stands", "count"), [("open", 1), ("confirmed", 1), ("lapsed", 1), ("x", 3)])
def test_list_is_narrowed_by_how_requests_stand(
    stands, count, webinar, session, approver, second_approver, client
):
    seats = [make_registration(webinar, [session], country="NO").seats.get() for _number in range(3)]
    at_sight.request_override(seats[0].pk, by=approver, reason="Old.", now=NOW)
    expiry.lapse_overrides(LATER)
    asked = [at_sight.request_override(seat.pk, by=approver, reason="New.", now=LATER) for seat in seats[1:]]
    at_sight.confirm_override(asked[0].pk, by=second_approver, now=LATER)

    response = client.get(reverse("admin:registrations_override_changelist"), {"stands": stands})

    assert len(listed(response)) == count
