"""The page on which somebody contests a result, and what “my registration” says of it."""

import pytest

from registrations import services
from registrations.models import Contest, Registration, Seat
from tests.registrations import at_sight
from tests.registrations.factories import NOW, approve, make_registration, make_session

pytestmark = pytest.mark.django_db


@pytest.fixture
def registration(registration):
    """Return somebody who was rejected for the first session; the second is not decided."""
    registration.seats.filter(session__number=1).update(state="rejected", reason="No place is left.")
    return registration


@pytest.fixture
def contest(registration):
    return services.contests.file_contest(
        registration.seats.get(session__number=1).pk, text="There is one.", now=NOW
    )


def page_of(registration, path="contest/1/"):
    return f"/r/{registration.manage_token}/{path}"


def answer(contest, by, text="There is none.", put_back=False):
    at_sight.answer_contest(contest.pk, answer=text, put_back=put_back, by=by, now=NOW)


def test_contest_page_says_what_can_be_contested_and_changes_nothing(client, registration):
    response = client.get(page_of(registration))

    assert response.status_code == 200
    assert "Reason: No place is left." in response.text
    assert "Result for Belgium on 28 April 2020: may take part." in response.text
    assert '<textarea name="text"' in response.text
    assert Contest.objects.count() == 0


def test_contest_is_taken_and_said_so(client, registration):
    response = client.post(page_of(registration), {"text": "There is\r\none."}, follow=True)

    assert response.redirect_chain == [(page_of(registration, ""), 302)]
    assert "We have what you wrote. A member of staff looks at it and answers by mail." in response.text
    assert list(Contest.objects.values_list("seat__session__number", "text")) == [(1, "There is\none.")]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        pytest.param(" ", "Write what we should look at again.", id="empty"),
        pytest.param(
            "x" * 2001, "Use at most 2000 characters here; there are 2001.", id="one character too long"
        ),
    ],
)
def test_contest_with_an_error_keeps_the_text_and_says_so(client, registration, text, problem):
    response = client.post(page_of(registration), {"text": text})

    assert response.status_code == 422
    assert "<title>Error: Contest the result" in response.text
    assert problem in response.text
    assert text.strip() in response.text
    assert Contest.objects.count() == 0


def test_second_contest_is_refused_and_keeps_the_text(client, registration, contest):
    response = client.post(page_of(registration), {"text": "Once more."})

    assert response.status_code == 422
    assert "You have contested this already; we are looking at it." in response.text
    assert "Once more.</textarea>" in response.text
    assert Contest.objects.count() == 1


def test_contest_of_a_seat_that_is_fine_is_refused(client, registration):
    response = client.post(page_of(registration, "contest/2/"), {"text": "Why?"})

    assert response.status_code == 422
    assert "There is nothing to contest: nobody has refused you a place in this session." in response.text


def test_contest_page_of_a_seat_that_is_fine_leads_back(client, registration):
    response = client.get(page_of(registration, "contest/2/"))

    assert (response.status_code, response.headers["Location"]) == (302, page_of(registration, ""))


def test_contest_of_a_withdrawn_registration_is_refused(client, registration):
    Registration.objects.update(state="withdrawn")

    shown = client.get(page_of(registration))
    sent = client.post(page_of(registration), {"text": "Why?"})

    assert (shown.status_code, sent.status_code) == (302, 422)
    assert "This registration is no longer active." in sent.text


def test_contest_page_says_what_was_written_and_that_it_is_looked_at(client, registration, contest):
    page = client.get(page_of(registration)).text

    assert "There is one." in page
    assert "You contested this on 20 April 2020. We are looking at it." in page
    assert "<textarea" not in page


def test_contest_page_gives_the_answer_and_takes_another_contest(client, registration, contest, approver):
    answer(contest, approver)

    page = client.get(page_of(registration)).text

    assert "You contested this; our answer of 20 April 2020:" in page
    assert "There is none." in page
    assert "<textarea" in page


def test_contest_page_gives_the_answer_to_somebody_approved_meanwhile(
    client, registration, contest, approver
):
    answer(contest, approver)
    approve(registration, approver)

    page = client.get(page_of(registration)).text

    assert ("There is none." in page, "<textarea" in page, "No place is left." in page) == (
        True,
        False,
        False,
    )


def test_own_page_links_to_contesting_only_what_can_be_contested(client, registration):
    page = client.get(page_of(registration, "")).text

    assert page.count(f'href="{page_of(registration)}"') == 1
    assert page_of(registration, "contest/2/") not in page


def test_own_page_says_that_it_is_looked_at(client, registration, contest):
    page = client.get(page_of(registration, "")).text

    assert "You contested this on 20 April 2020. We are looking at it." in page
    assert page_of(registration) not in page


def test_own_page_gives_the_answer(client, registration, contest, approver):
    answer(contest, approver)

    page = client.get(page_of(registration, "")).text

    assert ("Reason: No place is left." in page, page.count("There is none.")) == (True, 1)
    assert page_of(registration) in page


def test_own_page_gives_an_answer_that_puts_back_once(client, registration, contest, approver):
    answer(contest, approver, text="You are right.", put_back=True)

    page = client.get(page_of(registration, "")).text

    assert page.count("You are right.") == 1
    assert page.count("Waiting for a decision") == 2


@pytest.mark.parametrize("count", [1, 3])
def test_own_page_with_contests_takes_a_fixed_number_of_queries(
    client, webinar, django_assert_num_queries, count
):
    registration = make_registration(webinar, [make_session(webinar) for _number in range(count)])
    Seat.objects.update(state="rejected")
    for seat in registration.seats.all():
        services.contests.file_contest(seat.pk, text="Why?", now=NOW)

    with django_assert_num_queries(6):
        response = client.get(page_of(registration, ""))

    assert response.text.count("We are looking at it.") == count


@pytest.mark.parametrize("count", [1, 3])
def test_contest_page_takes_a_fixed_number_of_queries(client, webinar, django_assert_num_queries, count):
    registration = make_registration(webinar, [make_session(webinar) for _number in range(count)])
    Seat.objects.update(state="rejected")

    with django_assert_num_queries(5):
        response = client.get(page_of(registration))

    assert response.status_code == 200


def test_contest_page_is_personal(client, registration):
    response = client.get(page_of(registration))

    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["X-Robots-Tag"] == "noindex"


def test_contest_page_of_a_session_without_a_seat_is_not_found(client, registration):
    assert client.get(page_of(registration, "contest/3/")).status_code == 404


def test_contest_page_forged_token_says_how_to_get_a_new_link(client, webinar):
    response = client.get("/r/forged/contest/1/")

    assert response.status_code == 404
    assert 'href="/webinars/clusters/my-link/"' in response.text
