"""When a reminder goes out, and what the migration gives to sessions that are there."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from registrations.models import Reminder
from tests.registrations.factories import STARTS, make_session, make_undated_session

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def test_moment_is_so_many_hours_before_the_start(session):
    reminder = Reminder(session=session, hours_before=3)

    assert (str(reminder), reminder.moment()) == ("3 h", STARTS - 3 * HOUR)


@pytest.mark.parametrize("fields", [{"starts_at": None, "ends_at": None}, {"state": "cancelled"}])
def test_moment_is_none_without_a_date_or_a_session(webinar, fields):
    assert Reminder(session=make_session(webinar, **fields), hours_before=3).moment() is None


def test_second_reminder_at_the_same_moment_is_refused(session):
    session.reminders.create(hours_before=3)

    with pytest.raises(IntegrityError, match=r"UNIQUE|one_reminder_per_moment"):
        session.reminders.create(hours_before=3)


@pytest.mark.parametrize("hours", [0, 337])
def test_hours_before_the_start_are_at_least_one_and_at_most_two_weeks(session, hours):
    with pytest.raises(ValidationError, match="hours_before"):
        Reminder(session=session, hours_before=hours).full_clean()


def test_due_is_what_is_to_go_out_by_now(webinar):
    due_at = {"earlier": STARTS - HOUR, "now": STARTS, "later": STARTS + HOUR, "never": None}
    rows = {
        name: make_session(webinar).reminders.create(hours_before=1, due_at=at) for name, at in due_at.items()
    }

    assert set(Reminder.objects.due(STARTS)) == {rows["earlier"], rows["now"]}


def test_migration_gives_sessions_that_are_there_the_usual_reminders(webinar, time_machine):
    time_machine.move_to(STARTS - 12 * HOUR, tick=False)
    session = make_session(webinar)
    cancelled = make_session(webinar, state="cancelled")
    undated = make_undated_session(webinar)

    migration = import_module("registrations.migrations.0004_usual_reminders")
    migration.remind_of_sessions_there_are(apps, None)

    assert list(Reminder.objects.order_by("id").values_list("session", "hours_before", "due_at")) == [
        (session.pk, 24, None),  # has passed
        (session.pk, 1, STARTS - HOUR),
        (cancelled.pk, 24, None),
        (cancelled.pk, 1, None),
        (undated.pk, 24, None),
        (undated.pk, 1, None),
    ]
