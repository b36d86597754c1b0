"""Letting mail go again to addresses that bounced."""

from datetime import timedelta

import pytest

from registrations import mails, outbox, services
from registrations.models import OutgoingMail, Registration
from registrations.services.mail import retries
from tests.registrations.factories import NOW, drain, make_registration

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_the_moment")]

LATER = NOW + timedelta(days=1)


def make_bounced(webinar, **fields):
    return make_registration(webinar, bounced_at=NOW, bounce_reply="5.1.1 User unknown", **fields)


def retry(by, *registrations, send_withheld=False, now=LATER):
    ids = [row.pk for row in registrations]
    return services.mail.retry_addresses(ids, by=by, now=now, send_withheld=send_withheld)


def history(registration):
    entries = registration.history.filter(action="address_retried").order_by("id")
    return list(entries.values_list("actor", "by__username", "facts"))


def withhold(registration, **columns):
    """Have a mail written and withheld."""
    outbox.post([mails.withdrawn(registration, NOW)])
    drain()
    registration.mails.filter(state="withheld").update(**columns)
    return registration.mails.latest("pk")


def test_retry_clears_the_mark_everywhere_and_is_recorded(webinar, approver):
    ada = make_bounced(webinar, email="Ada@example.org")
    old = make_bounced(webinar, email="ada@example.org", state="withdrawn")
    bob = make_bounced(webinar, email="bob@example.org")

    done = retry(approver, ada, bob)

    assert done == retries.Retried(addresses=2, mails=0)
    assert set(Registration.objects.values_list("bounced_at", "bounce_reply")) == {(None, "")}
    since = {"bounced_at": NOW.isoformat().replace("+00:00", "Z")}
    assert [history(row) for row in (ada, old, bob)] == [[("staff", "approver", since)]] * 3


def test_retry_of_an_address_that_did_not_bounce_is_refused(webinar, approver):
    ada = make_registration(webinar)

    with pytest.raises(services.errors.AddressNotBounced) as refusal:
        retry(approver, ada)

    assert (str(refusal.value), history(ada)) == ("Mail goes to this address already.", [])


def test_retry_leaves_those_that_did_not_bounce(webinar, approver):
    ada, bob = make_bounced(webinar), make_registration(webinar)

    assert retry(approver, ada, bob) == retries.Retried(addresses=1, mails=0)
    assert history(bob) == []


def test_retry_of_too_many_is_refused(webinar, approver, monkeypatch):
    monkeypatch.setattr(retries, "MOST_RETRIED", 1)

    with pytest.raises(services.errors.TooManyChosen):
        retry(approver, make_bounced(webinar), make_bounced(webinar))

    assert Registration.objects.filter(bounced_at=None).count() == 0


def test_what_was_withheld_goes_out_once(webinar, approver, mail_server):
    ada = make_bounced(webinar, email="ada@example.org")
    mail = withhold(ada)

    done = retry(approver, ada, send_withheld=True, now=NOW)
    drain()

    mail.refresh_from_db()
    assert (done.mails, mail.state, mail.reply) == (1, "sent", "")
    assert [received.recipients for received in mail_server.received] == [("ada@example.org",)]


def test_what_was_withheld_stays_so_without_being_asked_for(webinar, approver):
    ada = make_bounced(webinar)
    mail = withhold(ada)

    retry(approver, ada)

    mail.refresh_from_db()
    assert (mail.state, mail.due_at) == ("withheld", None)


@pytest.mark.parametrize(
    ("columns", "person"),
    [
        ({"recipient": "old@example.org"}, {}),
        ({"state": "failed"}, {}),
        ({}, {"state": "withdrawn"}),
    ],
    ids=["to another address", "failed for another reason", "of somebody who left"],
)
def test_other_mails_stay_where_they_are(columns, person, webinar, approver):
    ada = make_bounced(webinar)
    mail = withhold(ada, **columns)
    Registration.objects.update(**person)

    assert retry(approver, ada, send_withheld=True).mails == 0

    mail.refresh_from_db()
    assert (mail.state, mail.due_at) == (columns.get("state", "withheld"), None)


def test_mail_whose_time_has_passed_is_dropped_rather_than_sent(webinar, approver, mail_server):
    ada = make_bounced(webinar)
    mail = withhold(ada, expires_at=NOW)

    retry(approver, ada, send_withheld=True, now=NOW)
    drain()

    mail.refresh_from_db()
    assert (mail.state, mail_server.received) == ("dropped", [])


@pytest.mark.parametrize("people", [1, 3])
def test_retry_takes_the_same_queries_for_one_and_three(people, webinar, approver, django_assert_num_queries):
    rows = [make_bounced(webinar) for _number in range(people)]
    for row in rows:
        withhold(row)

    with django_assert_num_queries(6):
        retry(approver, *rows, send_withheld=True)

    assert OutgoingMail.objects.filter(state="waiting").count() == people
