from datetime import timedelta

import pytest

from registrations import services
from registrations.models import Registration, SessionState, Webinar, WebinarSession
from registrations.states import Move, RegistrationState, SeatState
from tests.pages import drawn_on
from tests.registrations import at_sight
from tests.registrations.factories import NOW, STARTS, approve, make_registration, make_session, make_webinar

pytestmark = pytest.mark.django_db


def page_of(registration, path=""):
    return f"/r/{registration.manage_token}/{path}"


def refuse(registration, by, **why):
    decision = services.decisions.Decision(move=Move.REJECT, by=by, now=NOW, reason_code="full", **why)
    ids = list(registration.seats.values_list("pk", flat=True))
    at_sight.decide_seats(registration.pk, seat_ids=ids, decision=decision)


def joining_page(registration, session):
    return f"/join/{registration.seats.get(session=session).join_token}/"


@pytest.mark.parametrize("count", [1, 3])
def test_manage_takes_a_fixed_number_of_queries(client, webinar, django_assert_num_queries, count):
    registration = make_registration(webinar, [make_session(webinar) for _number in range(count)])

    with django_assert_num_queries(5):
        response = client.get(page_of(registration))

    assert response.text.count("Waiting for a decision") == count


def test_manage_explains_the_verdict_and_says_when_one_hears(client, registration):
    Webinar.objects.update(decide_by=STARTS.date())

    page = client.get(page_of(registration)).text

    assert registration.reference in page
    assert "You will hear from us by 28 April 2020." in page
    assert "Result for Belgium on 28 April 2020: may take part." in page
    assert "Belgium is on the list “Member States of the European Union (27)”" in page


def test_manage_of_an_approved_person_has_joining_page_and_calendar(client, registration, session, approver):
    approve(registration, approver)

    page = client.get(page_of(registration)).text

    assert page.count("You have a place") == 2
    assert f'href="{joining_page(registration, session)}"' in page
    assert f'href="{page_of(registration, "sessions/1.ics")}"' in page
    assert "sessions/2.ics" not in page
    assert "We write to you as soon as the date is fixed." in page


def test_manage_of_a_rejected_person_gives_the_reason(client, registration):
    registration.seats.update(state=SeatState.REJECTED, reason="No place is left.")

    page = client.get(page_of(registration)).text

    assert page.count("Not admitted") == 2
    assert "No place is left." in page


def test_manage_of_a_guest_has_no_verdict(client, webinar, session):
    guest = make_registration(webinar, [session], kind="guest")

    page = client.get(page_of(guest)).text

    assert "Result for" not in page
    assert "Waiting for a decision" in page


def test_manage_names_the_footnote_of_the_country(client, webinar, session):
    page = client.get(page_of(make_registration(webinar, [session], country="XK"))).text

    assert "Kosovo*: This designation is without prejudice to positions on status" in page


def test_manage_after_withdrawal_offers_nothing(client, registration):
    Registration.objects.update(state=RegistrationState.WITHDRAWN)

    page = client.get(page_of(registration)).text

    assert "You have withdrawn. You will not take part in any session." in page
    assert "/edit/" not in page
    assert "/withdraw/" not in page


@pytest.mark.parametrize("path", ["", "edit/", "withdraw/", "sessions/1.ics"])
def test_own_page_forged_token_says_how_to_get_a_new_link(client, webinar, path):
    response = client.get(f"/r/forged/{path}")

    assert response.status_code == 404
    assert 'href="/webinars/clusters/my-link/"' in response.text
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("state", [RegistrationState.UNCONFIRMED, RegistrationState.EXPIRED])
def test_own_page_of_a_registration_never_confirmed_is_not_found(client, registration, state):
    Registration.objects.update(state=state)

    assert client.get(page_of(registration)).status_code == 404


@pytest.mark.parametrize("path", ["", "edit/", "withdraw/"])
def test_own_page_is_personal(client, registration, path):
    response = client.get(page_of(registration, path))

    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["X-Robots-Tag"] == "noindex"


@pytest.mark.parametrize("count", [1, 3])
def test_edit_page_takes_a_fixed_number_of_queries(client, webinar, django_assert_num_queries, count):
    registration = make_registration(webinar, [make_session(webinar) for _number in range(count)])

    with django_assert_num_queries(5):
        response = client.get(page_of(registration, "edit/"))

    assert response.text.count('name="sessions"') == count


@pytest.mark.parametrize("count", [1, 3])
def test_forged_link_takes_a_fixed_number_of_queries(client, webinar, django_assert_num_queries, count):
    for _number in range(count - 1):
        make_webinar()

    with django_assert_num_queries(2):
        response = client.get("/r/forged/")

    assert response.text.count("send me my links") == count


def test_edit_page_shows_the_answers(client, registration):
    response = client.get(page_of(registration, "edit/"))

    assert f'value="{registration.last_name}"' in response.text
    assert '<option value="BE" selected data-outcome="eligible">Belgium</option>' in response.text


def test_edit_saves_changes(client, registration, answers):
    response = client.post(page_of(registration, "edit/"), {**answers, "country": "FR"}, follow=True)

    registration.refresh_from_db()
    assert response.redirect_chain == [(page_of(registration), 302)]
    assert "Your changes are saved." in response.text
    assert (registration.country, registration.email) == ("FR", "ada@example.org")
    assert [seat.state for seat in registration.seats.all()] == [SeatState.REQUESTED, SeatState.CANCELLED]


def test_edit_invalid_keeps_what_was_typed(client, registration, answers):
    response = client.post(page_of(registration, "edit/"), {**answers, "last_name": ""})

    assert response.status_code == 422
    assert "<title>Error: Change my answers" in response.text
    assert 'value="Cluster Süd"' in response.text


def test_edit_to_a_country_on_no_list_explains(client, registration, answers):
    response = client.post(page_of(registration, "edit/"), {**answers, "country": "NO"})

    registration.refresh_from_db()
    assert response.status_code == 422
    assert "Norway is on none of these lists." in response.text
    assert registration.country == "BE"


def test_edit_page_after_withdrawal_leads_to_the_registration(client, registration):
    Registration.objects.update(state=RegistrationState.WITHDRAWN)

    assert client.get(page_of(registration, "edit/")).headers["Location"] == page_of(registration)


def test_edit_after_withdrawal_is_refused(client, registration, answers):
    page = drawn_on(client, page_of(registration, "edit/"))
    Registration.objects.update(state=RegistrationState.WITHDRAWN)

    response = client.post(page_of(registration, "edit/"), answers | page)

    assert response.status_code == 422
    assert "This registration is no longer active." in response.text


def test_withdraw_page_changes_nothing(client, registration):
    response = client.get(page_of(registration, "withdraw/"))

    registration.refresh_from_db()
    assert "Withdraw your registration?" in response.text
    assert registration.state == RegistrationState.ACTIVE


def test_withdraw_by_button(client, registration):
    response = client.post(page_of(registration, "withdraw/"), follow=True)

    registration.refresh_from_db()
    assert registration.state == RegistrationState.WITHDRAWN
    assert "Your registration is withdrawn." in response.text


def test_withdraw_twice_is_no_error(client, registration):
    client.post(page_of(registration, "withdraw/"))

    assert client.get(page_of(registration, "withdraw/")).headers["Location"] == page_of(registration)
    assert client.post(page_of(registration, "withdraw/")).status_code == 302


@pytest.mark.parametrize("path", ["", "edit/", "withdraw/"])
@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_own_page_takes_no_other_method(client, registration, path, method):
    assert getattr(client, method)(page_of(registration, path)).status_code == 405


def test_manage_only_reads(client, registration):
    assert client.post(page_of(registration)).status_code == 405


def test_manage_of_somebody_refused_gives_the_reason_chosen_as_a_sentence_and_the_words(
    client, webinar, session, approver
):
    registration = make_registration(webinar, [session])
    refuse(registration, approver, reason="Next time.")

    page = " ".join(client.get(page_of(registration)).text.split())

    assert "<p>Reason: All places in this session are taken. Next time.</p>" in page


STANDS = {
    "approved": ("You have a place", "You had a place"),
    "requested": ("Waiting for a decision", "Not decided"),
    "waitlisted": ("On the waiting list", "No place became free"),
}


@pytest.mark.parametrize("state", STANDS)
@pytest.mark.parametrize(
    ("columns", "is_closed"),
    [
        ({}, False),
        ({"starts_at": None, "ends_at": None}, False),
        ({"starts_at": NOW - timedelta(hours=1), "ends_at": NOW + timedelta(hours=1)}, False),
        ({"starts_at": NOW - timedelta(hours=2), "ends_at": NOW}, True),
        ({"state": SessionState.CANCELLED}, True),
    ],
    ids=["to come", "without a date", "under way", "over", "cancelled"],
)
def test_manage_tells_nobody_to_wait_for_what_is_over(client, webinar, session, state, columns, is_closed):
    registration = make_registration(webinar, [session])
    registration.seats.update(state=state)
    WebinarSession.objects.filter(pk=session.pk).update(**columns)
    Webinar.objects.update(decide_by=NOW.date())

    page = client.get(page_of(registration)).text

    waiting, closed = STANDS[state]
    assert (waiting in page, closed in page) == (not is_closed, is_closed)
    assert ("You will hear from us by" in page) == (state == "requested" and not is_closed)


def test_manage_promises_no_day_that_has_passed(client, registration):
    Webinar.objects.update(decide_by=NOW.date() - timedelta(days=1))

    page = client.get(page_of(registration)).text

    assert "You will hear from us by" not in page
    assert "We write to you as soon as it is decided." in page


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("requested", "You asked us to review your case. A member of staff will look at it."),
        ("approved", "You asked us to review your case. The result stands above, at each session."),
    ],
)
def test_manage_says_what_became_of_a_review_that_was_asked_for(client, webinar, session, state, words):
    registration = make_registration(webinar, [session], ask_review=True)
    registration.seats.update(state=state)

    assert words in client.get(page_of(registration)).text
    assert "Review of your case" not in client.get(page_of(make_registration(webinar, [session]))).text


def test_manage_offers_no_contest_about_a_session_that_is_over(client, webinar, session):
    registration = make_registration(webinar, [session])
    registration.seats.update(state="rejected")
    before = client.get(page_of(registration)).text
    WebinarSession.objects.filter(pk=session.pk).update(starts_at=NOW - timedelta(hours=2), ends_at=NOW)

    page = client.get(page_of(registration)).text

    assert ("/contest/1/" in before, "/contest/1/" in page) == (True, False)
