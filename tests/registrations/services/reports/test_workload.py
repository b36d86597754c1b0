"""What waits: counted by one query for each table, however much it is."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from registrations import mails, services
from registrations.models import UnplacedAnswer
from registrations.permissions import GROUPS
from registrations.waiting import Waiting
from tests.registrations.factories import NOW, make_registration, make_session

DECIDE_SEATS = {"registrations.view_seat", "registrations.decide_seat"}


@pytest.mark.parametrize("people", [1, 3])
def test_what_waits_is_counted_by_one_query_for_each_table(people, webinar, session):
    for _person in range(people):
        make_registration(webinar, [session, make_session(webinar)])

    with CaptureQueriesContext(
        connection,
    ) as queries:
        counts = {
            queue.key.label: queue.count
            for queue in services.reports.workload.queues_for(DECIDE_SEATS.__contains__)
        }

    assert counts["places to decide"] == 2 * people
    assert len(queries) == 1


def test_approvers_queues_take_seven_queries(webinar, session, django_assert_num_queries):
    make_registration(webinar, [session])

    with django_assert_num_queries(7):
        services.reports.workload.queues_for(GROUPS["Approvers"].__contains__)


SEE_MAILS = {"registrations.view_outgoingmail", "registrations.resend_outgoingmail"}
ALARM = "mails not delivered within an hour: servers may be refusing all our mail, ask whoever runs ours"
RETURNED = "mails not delivered, their addresses not being the reason"


def make_returned(webinar, number, **columns):
    registration = make_registration(webinar)
    for each in range(number):
        mail = mails.withdrawn(registration, NOW)
        mail.state, mail.due_at, mail.returned_at = "returned", None, NOW
        mail.dedupe_key = f"returned:{registration.pk}:{each}"
        for name, value in columns.items():
            setattr(mail, name, value)
        mail.save()


def queues():
    return {
        str(queue.key.label): queue for queue in services.reports.workload.queues_for(SEE_MAILS.__contains__)
    }


@pytest.mark.parametrize("number", [9, 10])
def test_many_mails_that_came_back_in_an_hour_are_one_alarm(number, webinar, at_the_moment):
    make_returned(webinar, number)
    make_returned(webinar, 1, returned_at=NOW - timedelta(hours=1))

    found = queues()

    assert (found[RETURNED].count, found[RETURNED].urgent) == (number + 1, number + 1)
    alarm = found.get(ALARM)
    assert (alarm and alarm.count) == (10 if number == 10 else None)


def test_mails_to_dead_addresses_say_nothing_about_us(webinar, at_the_moment):
    make_returned(webinar, 10, state="bounced")

    assert (ALARM in queues(), queues()[RETURNED].count) == (False, 0)


def test_mail_that_came_back_is_news_for_one_day(webinar, at_the_moment):
    make_returned(webinar, 1, returned_at=NOW - timedelta(hours=26))

    assert (queues()[RETURNED].count, queues()[RETURNED].is_worth_a_mail) == (1, False)


def test_answers_that_could_not_be_placed_wait(webinar, session, at_the_moment):
    UnplacedAnswer.objects.create(
        session=session, attendee="a", sender="b", answer="accepted", answered_at=NOW, received_at=NOW
    )

    may = {"registrations.view_unplacedanswer", "registrations.settle_unplacedanswer"}
    (queue,) = services.reports.workload.queues_for(may.__contains__)

    assert (queue.key, queue.count) == (Waiting.ANSWERS, 1)
