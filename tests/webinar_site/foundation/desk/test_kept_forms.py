"""Somebody on the staff sends a form after having been signed out: nothing that was filled in is lost."""

import pytest
from django.test import Client
from django.urls import reverse

from registrations.models import BulkJob, Seat
from tests.registrations import at_sight
from tests.registrations.desk.role_forms import Filled
from tests.registrations.factories import make_registration, make_session, make_user, make_webinar

pytestmark = pytest.mark.django_db


@pytest.fixture
def strict():
    """Return a browser whose forms need their token, as in real life."""
    return Client(enforce_csrf_checks=True)


@pytest.fixture
def filled_in(strict):
    """Return the address of a decision about two people, and what an approver sent after having been signed out."""
    make_user("approver", "Approvers")
    webinar = make_webinar()
    session = make_session(webinar)
    seats = at_sight.sent(*(make_registration(webinar, [session]).seats.get().pk for _person in "ab"))
    strict.get(reverse("admin:login"))
    token = strict.cookies["csrftoken"].value
    address = reverse("admin:registrations_seat_decide", args=["reject"])
    return address, {
        "seats": seats,
        "reason_code": "full",
        "reason": 'A “quoted" <word>.\r\nAnd a line.',
        "csrfmiddlewaretoken": token,
    }


def hidden_fields(html):
    """Return what the form on a page would send unchanged, without what signs in."""
    return {name: value for name, [value] in Filled(html).sent.items() if not name.startswith("sign-in")}


def without_token(fields):
    return {name: value for name, value in fields.items() if name != "csrfmiddlewaretoken"}


def test_form_sent_while_signed_out_is_kept_and_sent_after_signing_in(strict, filled_in):
    address, sent = filled_in

    asked = strict.post(address, sent)
    kept = hidden_fields(asked.text)
    account = {"sign-in-username": "approver", "sign-in-password": "approver"}
    signed_in = strict.post(address, kept | account)
    done = strict.post(address, hidden_fields(signed_in.text))

    job = BulkJob.objects.get()
    assert without_token(kept) == without_token(sent) == without_token(hidden_fields(signed_in.text))
    assert "Nothing was done yet" in asked.text
    assert done["Location"] == reverse("admin:registrations_bulkjob_change", args=[job.pk])
    assert (job.facts["reason_code"], job.facts["reason"], job.created_by.username) == (
        "full",
        sent["reason"],
        "approver",
    )


def test_signing_in_alone_decides_nothing(strict, filled_in):
    address, sent = filled_in

    response = strict.post(address, sent | {"sign-in-username": "approver", "sign-in-password": "approver"})

    assert "Go on" in response.text
    assert "approver" not in without_token(hidden_fields(response.text)).values()
    assert (BulkJob.objects.count(), set(Seat.objects.values_list("state", flat=True))) == (0, {"requested"})


def test_wrong_password_is_said_and_nothing_is_lost(strict, filled_in):
    address, sent = filled_in

    response = strict.post(address, sent | {"sign-in-username": "approver", "sign-in-password": "wrong"})

    assert "Please enter the correct username and password for a staff account." in response.text
    assert without_token(hidden_fields(response.text)) == without_token(sent)
    assert "_auth_user_id" not in strict.session


def test_who_signs_in_without_the_permission_is_refused(strict, filled_in):
    make_user("auditor", "Auditors")
    address, sent = filled_in
    signed_in = strict.post(address, sent | {"sign-in-username": "auditor", "sign-in-password": "auditor"})

    response = strict.post(address, hidden_fields(signed_in.text))

    assert (response.status_code, BulkJob.objects.count()) == (403, 0)


def test_form_of_another_site_gets_no_page_to_sign_in_on(strict, filled_in):
    address, sent = filled_in

    response = strict.post(address, sent | {"csrfmiddlewaretoken": "x" * 32})

    assert response.status_code == 403


def test_opening_a_page_leads_to_the_usual_login(client, filled_in):
    address, _sent = filled_in

    assert client.get(address)["Location"] == f"{reverse('admin:login')}?next={address}"


HERE = {"Origin": "http://testserver"}


@pytest.fixture
def signed_in_anew(strict, filled_in):
    """Return a page that was filled in, its token that of a session before: the approver signed in again elsewhere."""
    address, sent = filled_in
    sign_in(strict, "approver")
    return address, sent


def sign_in(browser, name):
    token = browser.cookies["csrftoken"].value
    browser.post(reverse("admin:login"), {"username": name, "password": name, "csrfmiddlewaretoken": token})
    assert "_auth_user_id" in browser.session


def test_page_sent_after_signing_in_again_elsewhere_is_kept_and_sent_by_a_button(strict, signed_in_anew):
    address, sent = signed_in_anew

    kept = strict.post(address, sent, headers=HERE)
    nothing_yet = BulkJob.objects.count()
    done = strict.post(address, hidden_fields(kept.text), headers=HERE)

    assert "You signed in again in another window" in kept.text
    assert without_token(hidden_fields(kept.text)) == without_token(sent)
    assert (nothing_yet, BulkJob.objects.get().facts["reason"]) == (0, sent["reason"])
    assert done.status_code == 302


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Referer": "https://evil.example/admin/"},
        {"Referer": "http://[evil"},
        HERE | {"Sec-Fetch-Site": "cross-site"},
        HERE | {"Sec-Fetch-Site": "same-site"},
    ],
    ids=["nothing", "another site", "hidden", "linked from another", "no address", "crossed", "a neighbour"],
)
def test_form_that_no_page_of_ours_sent_is_refused_and_not_shown(strict, signed_in_anew, headers):
    address, sent = signed_in_anew

    response = strict.post(address, sent, headers=headers)

    assert response.status_code == 403
    assert "And a line." not in response.text
    assert BulkJob.objects.count() == 0


def test_browser_that_names_the_page_alone_is_believed(strict, signed_in_anew):
    address, sent = signed_in_anew

    kept = strict.post(address, sent, headers={"Referer": f"http://testserver{address}"})

    assert without_token(hidden_fields(kept.text)) == without_token(sent)


def test_button_of_a_page_that_was_kept_needs_its_own_token(strict, signed_in_anew):
    address, sent = signed_in_anew
    kept = hidden_fields(strict.post(address, sent, headers=HERE).text)

    again = strict.post(address, kept | {"csrfmiddlewaretoken": sent["csrfmiddlewaretoken"]}, headers=HERE)

    assert "You signed in again in another window" in again.text
    assert BulkJob.objects.count() == 0


def test_form_without_the_right_token_signs_nobody_in(strict, filled_in):
    address, sent = filled_in
    account = {"sign-in-username": "approver", "sign-in-password": "approver"}

    response = strict.post(address, sent | account | {"csrfmiddlewaretoken": "x" * 32}, headers=HERE)

    assert "You were signed out" in response.text
    assert 'value="approver"' not in response.text
    assert "_auth_user_id" not in strict.session


@pytest.mark.parametrize("page", ["password_change", "login"])
def test_password_is_never_kept_in_a_page(strict, filled_in, page):
    sign_in(strict, "approver")
    sent = {
        "username": "approver",
        "password": "secret",
        "old_password": "secret",
        "csrfmiddlewaretoken": "x" * 32,
    }

    response = strict.post(reverse(f"admin:{page}"), sent, headers=HERE)

    assert (response.status_code, "secret" in response.text) == (403, False)


def test_stock_page_of_the_admin_keeps_what_was_filled_in_too(strict, filled_in):
    make_user("editor", "Editors")
    webinar = Seat.objects.first().registration.webinar
    page = reverse("admin:registrations_webinar_change", args=[webinar.pk])
    sign_in(strict, "editor")
    form = {name: value for name, [value] in Filled(strict.get(page).text).sent.items()} | {
        "series": "Spring"
    }
    strict.post(reverse("admin:logout"), {"csrfmiddlewaretoken": form["csrfmiddlewaretoken"]})

    asked = strict.post(page, form, headers=HERE)
    account = {"sign-in-username": "editor", "sign-in-password": "editor"}
    signed_in = strict.post(page, hidden_fields(asked.text) | account, headers=HERE)
    done = strict.post(page, hidden_fields(signed_in.text), headers=HERE)

    webinar.refresh_from_db()
    assert (done.status_code, webinar.series) == (302, "Spring")
