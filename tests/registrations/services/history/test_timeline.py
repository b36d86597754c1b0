"""What happened around a webinar, with the mails between its entries."""

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest

from registrations import services
from registrations.models import Action, HistoryEntry
from registrations.services.history import log
from registrations.states import Move
from tests.registrations.factories import (
    MINUTE,
    NOW,
    approve,
    decide,
    make_registration,
    make_session,
    make_webinar,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def story(webinar, session, approver):
    """Let somebody be approved and a minute later be rejected; another webinar's people do not belong here."""
    other = make_webinar()
    approve(make_registration(other, [make_session(other)]), approver)
    person = approve(make_registration(webinar, [session]), approver)
    decide(person, approver, Move.REJECT)
    return person


def said(events):
    return [(event.what, event.registration.reference) for event in events]


def test_chronicle_puts_entries_and_mails_in_order_newest_first(webinar, story):
    events = services.history.webinar_history(webinar.pk, below=None, count=10)

    assert said(events) == [
        ("Mail: not admitted (waiting)", story.reference),
        ("Mail: invitation (waiting)", story.reference),
        ("rejected", story.reference),
        ("approved", story.reference),
    ]
    assert [event.who for event in events] == ["the system", "the system", "approver", "approver"]


@pytest.mark.parametrize("at_once", [1, 2, 3, 7])
def test_chronicle_read_in_pages_is_the_same_and_nothing_stands_twice(webinar, session, approver, at_once):
    for number in range(3):
        approve(make_registration(webinar, [session]), approver, now=NOW + number // 2 * MINUTE)
    log.record(Action.AUTO_APPROVAL_ON, at=NOW, by=approver, webinar_id=webinar.pk)
    whole = services.history.webinar_history(webinar.pk, below=None, count=100)

    pages, below = [], None
    while page := services.history.webinar_history(webinar.pk, below=below, count=at_once):
        pages += page
        below = services.history.Position.read(str(page[-1].position))

    assert (pages, len(pages)) == (whole, 7)


@pytest.mark.parametrize("count", [1, 3])
def test_chronicle_takes_two_queries(webinar, session, approver, count, django_assert_num_queries):
    for _number in range(count):
        approve(make_registration(webinar, [session]), approver)

    with django_assert_num_queries(2):
        events = services.history.webinar_history(webinar.pk, below=None, count=10)
        assert len(said(events)) == 2 * count


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2020",
        "2020-04-20T08:00:00,entry,1",
        "2020-04-20T08:00:00+00:00,person,1",
        "2020-04-20T08:00:00+00:00,entry,x",
        "2020-04-20T08:00:00+00:00,entry,-1",
        "2020-04-20T08:00:00+00:00,entry,9223372036854775808",
        "2020-04-20T08:00:00+00:00,entry,1,2",
        "0000-00-00,entry,1",
        "\x00",
    ],
)
def test_place_that_is_none_is_refused(text):
    with pytest.raises(services.history.NotAPosition):
        services.history.Position.read(text)


def test_place_is_read_as_it_was_written():
    position = services.history.Position(
        datetime(2020, 4, 20, 10, 0, 0, 5, tzinfo=timezone(timedelta(hours=2))), "mail", 7
    )

    assert services.history.Position.read(str(position)) == position


def test_export_chronicle_writes_all_of_it_and_notes_who_took_it(webinar, story, approver):
    rows = list(services.history.export_webinar_history(webinar.pk, by=approver, now=NOW))

    approved = HistoryEntry.objects.get(action="approved", registration=story)
    assert [row[:4] for row in rows] == [
        ["When (Brussels time)", "Who", "What", "Reference"],
        ["2020-04-20 10:00:00", "the system", "Mail: not admitted (waiting)", story.reference],
        ["2020-04-20 10:00:00", "the system", "Mail: invitation (waiting)", story.reference],
        ["2020-04-20 10:00:00", "approver", "rejected", story.reference],
        ["2020-04-20 10:00:00", "approver", "approved", story.reference],
    ]
    assert rows[-1][4:] == [
        str(approved.session),
        json.dumps(approved.facts),
        str(approved.pk),
        approved.digest,
    ]
    noted = HistoryEntry.objects.get(action="exported")
    assert (noted.by, noted.webinar, noted.facts, noted.at) == (
        approver,
        webinar,
        {"history": True, "rows": 4},
        NOW.astimezone(UTC),
    )


@pytest.mark.parametrize("count", [1, 3])
def test_export_chronicle_takes_a_fixed_number_of_queries(
    webinar, session, approver, count, django_assert_num_queries
):
    for _number in range(count):
        approve(make_registration(webinar, [session]), approver)

    with django_assert_num_queries(7):
        rows = list(services.history.export_webinar_history(webinar.pk, by=approver, now=NOW))
        assert len(rows) == 2 * count + 1
