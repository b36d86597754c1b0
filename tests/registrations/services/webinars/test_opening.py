"""Opening and closing registration: at once and by date, on record, and not before it is ready."""

from datetime import timedelta

import pytest
from django.db.models import QuerySet

from registrations import services
from registrations.models import HistoryEntry, LegalText, Webinar
from registrations.services.webinars.opening import Opening
from tests.registrations.factories import NOW, at_once, make_session, make_webinar

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture
def closed(db):
    webinar = make_webinar(registration_open=False)
    make_session(webinar)
    return webinar


def open_it(webinar, editor, **moments):
    return services.webinars.open_registration(webinar.pk, opening=Opening(**moments), by=editor, now=NOW)


def history():
    entries = HistoryEntry.objects.order_by("pk")
    return [(entry.action, entry.by and entry.by.username, entry.facts) for entry in entries]


def test_opening_at_once_opens_and_is_on_record(closed, editor):
    webinar = open_it(closed, editor)

    assert webinar.is_open(NOW)
    assert history() == [("registration_opened", "editor", {"opens_at": None, "closes_at": None})]


def test_opening_by_date_opens_then_and_closes_then(closed, editor):
    webinar = open_it(closed, editor, opens_at=NOW + DAY, closes_at=NOW + 2 * DAY)

    before, first, last, after = NOW, NOW + DAY, NOW + 2 * DAY - timedelta(seconds=1), NOW + 2 * DAY
    assert [webinar.is_open(now) for now in (before, first, last, after)] == [False, True, True, False]
    assert [webinar.opens_later(now) for now in (before, first)] == [True, False]
    assert [webinar in Webinar.objects.open_at(now) for now in (before, first, last, after)] == [
        False,
        True,
        True,
        False,
    ]
    assert [list(Webinar.objects.opening_after(now)) for now in (before, first)] == [[webinar], []]
    moments = {"opens_at": "2020-04-21T08:00:00Z", "closes_at": "2020-04-22T08:00:00Z"}
    assert history() == [("registration_planned", "editor", moments)]


def test_nobody_registers_before_the_day(closed, editor):
    open_it(closed, editor, opens_at=NOW + DAY)
    submission = services.people.Submission("Ada", "Kovac", "a@example.org", "Nord", "sme", "BE", ())

    with pytest.raises(services.errors.RegistrationClosed):
        services.people.register(closed.pk, submission=submission, now=NOW)


def test_opening_now_gives_up_the_date(closed, editor):
    open_it(closed, editor, opens_at=NOW + DAY)

    webinar = open_it(closed, editor)

    assert (webinar.is_open(NOW), webinar.registration_opens_at) == (True, None)


def test_closing_closes_at_once_gives_up_the_date_and_is_on_record(closed, editor):
    open_it(closed, editor, opens_at=NOW + DAY, closes_at=NOW + 2 * DAY)

    webinar = services.webinars.close_registration(closed.pk, by=editor, now=NOW)

    assert (webinar.is_open(NOW + DAY), webinar.opens_later(NOW)) == (False, False)
    assert history()[1:] == [
        ("registration_closed", "editor", {"opens_at": None, "closes_at": "2020-04-22T08:00:00Z"})
    ]


def test_opening_and_closing_twice_changes_nothing_more(closed, editor):
    for _time in range(2):
        open_it(closed, editor)
    for _time in range(2):
        services.webinars.close_registration(closed.pk, by=editor, now=NOW)

    assert [action for action, _by, _facts in history()] == ["registration_opened", "registration_closed"]


@pytest.mark.parametrize(
    ("moments", "why"),
    [
        ({"closes_at": NOW}, "Registration has to close after it opens."),
        ({"opens_at": NOW + DAY, "closes_at": NOW + DAY}, "Registration has to close after it opens."),
        (
            {"opens_at": NOW - 2 * DAY, "closes_at": NOW - DAY},
            "Registration has to close at a moment to come.",
        ),
    ],
)
def test_days_that_make_no_span_to_come_are_refused(moments, why, closed, editor):
    with pytest.raises(services.errors.BadTimes) as refused:
        open_it(closed, editor, **moments)

    closed.refresh_from_db()
    assert (str(refused.value), closed.registration_open, history()) == (why, False, [])


def test_opening_is_refused_while_something_is_missing_and_says_all_of_it(db, editor):
    webinar = make_webinar(registration_open=False)
    QuerySet(LegalText).filter(kind="privacy").delete()

    with pytest.raises(services.errors.NotReady) as refused:
        open_it(webinar, editor)

    assert str(refused.value) == (
        "Registration cannot open yet. There is no session to come. "
        "There is no text in English, which everybody reads whose language has none."
    )
    assert history() == []


def test_webinar_that_is_not_ready_can_be_closed(db, editor):
    webinar = make_webinar()

    assert services.webinars.close_registration(webinar.pk, by=editor, now=NOW).registration_open is False


@pytest.mark.django_db(transaction=True)
def test_two_who_open_at_once_are_one_entry(closed, editor):
    at_once(lambda: open_it(closed, editor), lambda: open_it(closed, editor))

    assert len(history()) == 1
