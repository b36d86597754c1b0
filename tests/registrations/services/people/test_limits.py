from datetime import timedelta

import pytest

from registrations import services
from registrations.models import Tally
from registrations.services.errors import TooManyAttempts
from registrations.services.people.limits import Attempt, Limit
from tests.registrations.factories import NOW, at_once

pytestmark = pytest.mark.django_db

TWICE = Limit(most=2, span=timedelta(hours=1))


def knock(who="ada@example.org", purpose="register", *, now=NOW, limit=TWICE):
    services.people.count_attempts([Attempt(purpose, who, limit)], now=now)


def test_count_attempts_refuses_beyond_the_limit_and_says_how_long():
    knock()
    knock(now=NOW + timedelta(minutes=20))

    with pytest.raises(TooManyAttempts) as refusal:
        knock(now=NOW + timedelta(minutes=20))

    assert refusal.value.retry_after == timedelta(minutes=40)


def test_count_attempts_counts_what_is_refused():
    for _try in range(2):
        knock()
    for _try in range(3):
        with pytest.raises(TooManyAttempts):
            knock()

    assert Tally.objects.get().count == 5


def test_count_attempts_begins_anew_with_each_span():
    for _try in range(2):
        knock()

    knock(now=NOW + timedelta(hours=1))

    assert sorted(Tally.objects.values_list("count", flat=True)) == [1, 2]


def test_count_attempts_tells_people_and_purposes_apart():
    for _try in range(2):
        knock()

    knock("eve@example.org")
    knock(purpose="my_link")


def test_count_attempts_names_nobody():
    knock()

    assert "ada" not in Tally.objects.get().key


def test_count_attempts_leaves_the_rest_uncounted_where_it_refuses():
    strict = Limit(most=0, span=timedelta(minutes=10))

    with pytest.raises(TooManyAttempts):
        services.people.count_attempts([Attempt("a", "x", strict), Attempt("b", "x", TWICE)], now=NOW)

    assert Tally.objects.count() == 1


@pytest.mark.parametrize("before", [0, 1, 3])
def test_count_attempts_takes_one_statement(django_assert_num_queries, before):
    attempts = [Attempt(purpose, "x", Limit(most=9, span=timedelta(hours=1))) for purpose in "abc"]
    for _try in range(before):
        services.people.count_attempts(attempts, now=NOW)

    with django_assert_num_queries(1):
        services.people.count_attempts(attempts, now=NOW)

    assert list(Tally.objects.values_list("count", flat=True)) == [before + 1] * 3


def test_count_attempts_refuses_for_the_first_that_goes_too_far():
    strict = Limit(most=1, span=timedelta(minutes=10))
    attempts = [Attempt("a", "x", TWICE), Attempt("b", "x", strict), Attempt("c", "x", TWICE)]
    services.people.count_attempts(attempts, now=NOW)

    with pytest.raises(TooManyAttempts) as refusal:
        services.people.count_attempts(attempts, now=NOW)

    assert refusal.value.retry_after == timedelta(minutes=10)
    assert sorted(Tally.objects.values_list("count", flat=True)) == [1, 2, 2]


@pytest.mark.django_db(transaction=True)
def test_attempts_at_once_are_all_counted():
    at_once(*[lambda: knock(limit=Limit(most=9, span=timedelta(hours=1)))] * 4)

    assert Tally.objects.get().count == 4


def test_sweep_forgets_attempts_that_are_long_over():
    knock(now=NOW - timedelta(days=2))
    knock()

    services.sweep.run(NOW)

    assert Tally.objects.get().starts_at == NOW
