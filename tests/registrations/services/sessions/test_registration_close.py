"""The close of registration moves along with its session, and comes back with it."""

from datetime import UTC, datetime, timedelta

import pytest

from registrations import services
from registrations.models import Webinar
from registrations.services.sessions.changes import MovedAlong
from registrations.services.sessions.registration_close import closing_after
from tests.registrations.factories import ENDS, NOW, STARTS

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
WITH_CLOSING = MovedAlong(closing=True)


def move(session, editor, by, **options):
    services.sessions.reschedule_session(
        session.pk, starts_at=STARTS + by, ends_at=ENDS + by, by=editor, now=NOW, **options
    )


def closes(webinar, moment=None):
    """Let registration close at a moment, or return when it does."""
    if moment:
        Webinar.objects.filter(pk=webinar.pk).update(registration_closes_at=moment)
    return Webinar.objects.get(pk=webinar.pk).registration_closes_at


@pytest.mark.parametrize(
    ("closes_at", "starts_at", "moved"),
    [
        (STARTS - DAY, STARTS + DAY, STARTS),
        (STARTS - DAY, STARTS - 2 * DAY, STARTS - 3 * DAY),
        (
            datetime(2020, 10, 20, 8, 0, tzinfo=UTC),  # 10:00 in summer
            datetime(2020, 10, 28, 9, 30, tzinfo=UTC),
            datetime(2021, 4, 21, 8, 0, tzinfo=UTC),
        ),
        (STARTS - DAY, None, STARTS - DAY),
    ],
    ids=["later", "earlier", "the clock stays", "date taken back"],
)
def test_closing_after_keeps_its_distance_on_the_clock(closes_at, starts_at, moved):
    assert closing_after(closes_at, STARTS, starts_at) == moved


def test_registration_closes_later_where_that_is_wanted_and_as_before_when_the_move_is_stopped(
    webinar, session, editor
):
    closes(webinar, STARTS - DAY)

    move(session, editor, 2 * DAY, moved_along=WITH_CLOSING)
    moved = closes(webinar)
    services.jobs.stop_job(session.jobs.get().pk, by=editor, now=NOW)

    assert (moved, closes(webinar)) == (STARTS + DAY, STARTS - DAY)
    facts = session.history.get(action="rescheduled").facts
    assert facts["closing"] == {
        "was": (STARTS - DAY).isoformat().replace("+00:00", "Z"),
        "now": (STARTS + DAY).isoformat().replace("+00:00", "Z"),
    }


def test_registration_closes_as_it_did_where_nobody_wants_it_moved(webinar, session, editor):
    closes(webinar, STARTS - DAY)

    move(session, editor, 2 * DAY)

    assert closes(webinar) == STARTS - DAY


def test_moment_that_somebody_set_since_is_not_taken_back(webinar, session, editor):
    closes(webinar, STARTS - DAY)
    move(session, editor, 2 * DAY, moved_along=WITH_CLOSING)
    closes(webinar, STARTS)

    services.jobs.stop_job(session.jobs.get().pk, by=editor, now=NOW)

    assert closes(webinar) == STARTS


@pytest.mark.parametrize(
    "columns",
    [
        {"registration_closes_at": NOW + DAY},
        {"registration_closes_at": STARTS, "registration_opens_at": STARTS - 2 * DAY},
    ],
    ids=["in the past", "before it opens"],
)
def test_session_is_not_moved_where_registration_would_close_too_early(webinar, session, editor, columns):
    Webinar.objects.filter(pk=webinar.pk).update(**columns)

    with pytest.raises(
        services.errors.BadTimes, match=r"^Registration would close in the past, or before it opens"
    ):
        move(session, editor, -3 * DAY, moved_along=WITH_CLOSING)

    session.refresh_from_db()
    assert (session.starts_at, closes(webinar)) == (STARTS, columns["registration_closes_at"])
