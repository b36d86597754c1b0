"""Lists that count no further than anybody reads."""

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from webinar_site.foundation.desk import long_lists
from webinar_site.foundation.desk.long_lists import CappedPaginator, count_rows

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _five_is_much(monkeypatch):
    monkeypatch.setattr(long_lists, "MOST_COUNTED", 5)


def people(number):
    User.objects.bulk_create(User(username=f"user{index}") for index in range(number))
    return User.objects.order_by("username")


@pytest.mark.parametrize(
    ("rows", "found", "count", "pages"),
    [(0, 0, 0, 1), (4, 4, 4, 2), (5, 5, 5, 3), (6, 6, 5, 3), (9, 6, 5, 3)],
)
def test_paginator_has_pages_for_the_rows_it_counts(rows, found, count, pages):
    paginator = CappedPaginator(people(rows), per_page=2)

    assert (paginator.found, paginator.count, paginator.num_pages) == (found, count, pages)


def test_paginator_counts_once():
    paginator = CappedPaginator(people(9), per_page=2)

    with CaptureQueriesContext(connection) as queries:
        assert (paginator.found, paginator.count, paginator.num_pages) == (6, 5, 3)

    assert len(queries) == 1


def test_count_rows_lets_the_database_stop_and_sort_nothing():
    rows = people(9)

    with CaptureQueriesContext(connection) as queries:
        count_rows(rows)

    assert "LIMIT 6" in queries[0]["sql"]
    assert "ORDER BY" not in queries[0]["sql"]
