"""What staff are told without looking: the daily summary, and the warning before a session with undecided seats."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from registrations import services
from registrations.models import Digest, OutgoingMail, WebinarSession
from registrations.services.reports import daily_summary
from registrations.states import Move
from tests.registrations.factories import (
    NOW,
    STARTS,
    approve,
    at_once,
    decide,
    make_registration,
    make_user,
)

EIGHT = datetime(2020, 4, 20, 6, 0, tzinfo=UTC)  # 08:00 in Brussels
DAY = timedelta(days=1)
SEATS = "http://127.0.0.1:8000/admin/registrations/seat/"


@pytest.fixture
def staff(approver, second_approver, editor):
    """Give everybody an address but one Approver, and let a third have left."""
    approver.email, editor.email = "approver@example.eu", "editor@example.eu"
    gone = make_user("gone", "Approvers")
    gone.email, gone.is_active = "gone@example.eu", False
    for user in (approver, editor, gone):
        user.save()
    return approver


def told(kind="staff_digest"):
    """Return whom mails of a kind go to, and what each says, in order."""
    mails = OutgoingMail.objects.filter(kind=kind).order_by("pk")
    return [(mail.recipient, mail.facts.get("waiting") or mail.facts["undecided"]) for mail in mails]


def test_digest_tells_approvers_with_an_address_what_waits(staff, webinar, session):
    make_registration(webinar, [session])
    make_registration(webinar, [session], country="US", ask_review=True)

    daily_summary.write_daily_summary(EIGHT)

    seats = {"label": "places to decide", "count": 2, "url": f"{SEATS}?state__exact=requested"}
    review = {
        "label": "of these to review: not eligible, or not for the lists to say",
        "count": 1,
        "url": f"{SEATS}?state__exact=requested&outcome__in=not_eligible%2Creview",
    }
    assert told() == [("approver@example.eu", [seats, review])]


@pytest.mark.parametrize(
    ("now", "written"),
    [(EIGHT - timedelta(seconds=1), 0), (EIGHT, 1), (EIGHT + timedelta(hours=15), 1)],
    ids=["before the hour", "at the hour", "after downtime"],
)
def test_digest_is_written_from_eight_in_brussels(now, written, staff, webinar, session):
    make_registration(webinar, [session])

    daily_summary.write_daily_summary(now)

    assert (len(told()), Digest.objects.count()) == (written, written)


def test_digest_is_written_once_a_day(staff, webinar, session):
    make_registration(webinar, [session])

    for now in (EIGHT, EIGHT + timedelta(hours=3), EIGHT + DAY):
        daily_summary.write_daily_summary(now)

    assert [recipient for recipient, _waiting in told()] == ["approver@example.eu"] * 2


def test_digest_is_not_mailed_where_nothing_waits_and_not_later_that_day(staff, webinar, session):
    daily_summary.write_daily_summary(EIGHT)
    make_registration(webinar, [session])
    daily_summary.write_daily_summary(EIGHT + timedelta(hours=1))

    assert (told(), Digest.objects.count()) == ([], 1)


@pytest.mark.parametrize(("age", "mailed"), [(timedelta(hours=20), 1), (timedelta(hours=26), 0)])
def test_digest_tells_of_failed_mails_once(age, mailed, staff, webinar, session, at_the_moment):
    approve(make_registration(webinar, [session]), staff)
    OutgoingMail.objects.update(state="failed", due_at=None, planned_at=NOW - age)

    daily_summary.write_daily_summary(NOW)

    assert [[(queue["label"], queue["count"]) for queue in waiting] for _to, waiting in told()] == [
        [("mails failed", 1)]
    ] * mailed


def test_digest_that_failed_itself_is_no_reason_for_the_next(staff, webinar, session, at_the_moment):
    registration = make_registration(webinar, [session])
    daily_summary.write_daily_summary(NOW - DAY)
    OutgoingMail.objects.update(state="failed", due_at=None)
    decide(registration, staff, Move.REJECT)

    daily_summary.write_daily_summary(NOW)

    assert len(told()) == 1


@pytest.mark.django_db(transaction=True)
def test_digest_is_written_once_by_two_workers_at_once(staff, webinar, session):
    make_registration(webinar, [session])

    at_once(
        lambda: daily_summary.write_daily_summary(EIGHT), lambda: daily_summary.write_daily_summary(EIGHT)
    )

    assert len(told()) == 1


def test_digest_is_in_the_language_that_each_reader_chose(staff, second_approver, webinar, session):
    second_approver.email = "second@example.eu"
    second_approver.save()
    services.accounts.set_staff_language(second_approver.pk, language="fr")
    make_registration(webinar, [session])

    daily_summary.write_daily_summary(EIGHT)

    mails = OutgoingMail.objects.order_by("recipient")
    assert [(mail.recipient, mail.language, mail.facts["waiting"][0]["label"]) for mail in mails] == [
        ("approver@example.eu", "en", "places to decide"),
        ("second@example.eu", "fr", "places à décider"),
    ]


@pytest.mark.parametrize("people", [1, 3])
def test_digest_takes_a_fixed_number_of_queries(people, staff, webinar, session):
    for number in range(people):
        make_registration(webinar, [session])
        user = make_user(f"colleague{number}", "Approvers")
        user.email = f"colleague{number}@example.eu"
        user.save()
        services.accounts.set_staff_language(user.pk, language="fr" if number else "de")

    with CaptureQueriesContext(connection) as queries:
        daily_summary.write_daily_summary(EIGHT)

    assert (len(told()), len(queries)) == (people + 1, 16)


def test_warning_goes_out_once_when_24_hours_remain_and_seats_are_undecided(staff, webinar, session):
    make_registration(webinar, [session])
    make_registration(webinar, [session])
    approve(make_registration(webinar, [session]), staff)

    for now in (STARTS - DAY - timedelta(seconds=1), STARTS - DAY, STARTS - timedelta(hours=2)):
        daily_summary.warn_of_undecided(now)

    assert told("staff_deadline") == [("approver@example.eu", 2)]
    mail = OutgoingMail.objects.get(kind="staff_deadline")
    assert mail.facts["undecided_url"] == f"{SEATS}?state__exact=requested&session__id__exact={session.pk}"
    assert (mail.expires_at, mail.registration) == (STARTS, None)


def test_warning_is_in_the_language_that_its_reader_chose(staff, webinar, session):
    make_registration(webinar, [session])
    for language in ("fr", "de"):
        services.accounts.set_staff_language(staff.pk, language=language)

    daily_summary.warn_of_undecided(STARTS - timedelta(hours=20))

    assert OutgoingMail.objects.get().language == "de"


def test_warning_waits_until_something_is_undecided(staff, webinar, session):
    daily_summary.warn_of_undecided(STARTS - DAY)
    make_registration(webinar, [session])

    daily_summary.warn_of_undecided(STARTS - timedelta(hours=3))

    assert told("staff_deadline") == [("approver@example.eu", 1)]


def test_warning_comes_again_for_a_new_start(staff, webinar, session):
    make_registration(webinar, [session])
    daily_summary.warn_of_undecided(STARTS - DAY)
    later = STARTS + timedelta(days=7)
    WebinarSession.objects.update(starts_at=later, ends_at=later + timedelta(hours=2))

    daily_summary.warn_of_undecided(STARTS)
    daily_summary.warn_of_undecided(later - DAY)

    assert told("staff_deadline") == [("approver@example.eu", 1)] * 2


@pytest.mark.parametrize(
    "fields",
    [{"state": "cancelled"}, {"starts_at": None, "ends_at": None}],
    ids=["cancelled", "without a date"],
)
def test_nobody_is_warned_of_a_session_that_is_not_near(fields, staff, webinar, session):
    make_registration(webinar, [session])
    WebinarSession.objects.update(**fields)

    daily_summary.warn_of_undecided(STARTS - DAY)

    assert told("staff_deadline") == []


def test_unconfirmed_addresses_are_nobodys_to_decide_about(staff, webinar, session):
    make_registration(webinar, [session], state="unconfirmed")

    daily_summary.warn_of_undecided(STARTS - DAY)

    assert told("staff_deadline") == []


@pytest.mark.django_db(transaction=True)
def test_warning_goes_out_once_from_two_workers_at_once(staff, webinar, session):
    make_registration(webinar, [session])

    at_once(
        lambda: daily_summary.warn_of_undecided(STARTS - DAY),
        lambda: daily_summary.warn_of_undecided(STARTS - DAY),
    )

    assert told("staff_deadline") == [("approver@example.eu", 1)]


def test_sweep_writes_both(staff, webinar, session):
    make_registration(webinar, [session])

    services.sweep.run(STARTS - DAY)

    assert {mail.kind for mail in OutgoingMail.objects.all()} == {"staff_digest", "staff_deadline"}


def test_mail_to_staff_cannot_be_sent_again(staff, webinar, session):
    make_registration(webinar, [session])
    daily_summary.write_daily_summary(EIGHT)

    mail = OutgoingMail.objects.get()

    assert (
        services.mail.why_not_resend(mail, EIGHT)
        == "This mail went to staff; the start page says what waits now."
    )
