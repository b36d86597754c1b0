"""Somebody on the staff sends a form after having been signed out: nothing that was filled in is lost."""

import pytest
from django.test import Client
from django.urls import reverse

from registrations.models import BulkJob, Seat
from tests.registrations import at_sight
from tests.registrations.admin.role_forms import Filled
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
