"""What waits: counted by one query for each table, however much it is."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from registrations import services
from registrations.permissions import GROUPS
from tests.registrations.factories import make_registration, make_session

DECIDE_SEATS = {"registrations.view_seat", "registrations.decide_seat"}


@pytest.mark.parametrize("people", [1, 3])
def test_what_waits_is_counted_by_one_query_for_each_table(people, webinar, session):
    for _person in range(people):
        make_registration(webinar, [session, make_session(webinar)])

    with CaptureQueriesContext(
        connection,
    ) as queries:
        counts = {queue.label: queue.count for queue in services.what_waits(DECIDE_SEATS.__contains__)}

    assert counts["seats to decide"] == 2 * people
    assert len(queries) == 1


def test_approvers_queues_take_six_queries(webinar, session, django_assert_num_queries):
    make_registration(webinar, [session])

    with django_assert_num_queries(6):
        services.what_waits(GROUPS["Approvers"].__contains__)
