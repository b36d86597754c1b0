"""The nightly anchors over the history, and every way of getting past them that they find."""

from datetime import date, timedelta
from functools import partial

import pytest
from django.db.models import QuerySet

from registrations import services
from registrations.models import Action, HistoryAnchor, HistoryEntry, HistoryIsAppendOnly
from registrations.models.history_facts import PurgeNoted
from registrations.services.history import log
from tests.registrations.factories import NOW, at_once

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)  # NOW is 20 April 2020, 10:00 in Brussels


def happened(count=1, at=NOW):
    """Record so many entries and return their numbers."""
    for number in range(count):
        log.record(Action.PURGED, at=at, facts=PurgeNoted("questions", number))
    return list(HistoryEntry.objects.order_by("-pk").values_list("pk", flat=True)[:count])[::-1]


def faults():
    return [fault.what for fault in services.history.altered_rows()]


def remove(*pks, model=HistoryEntry):
    """Delete rows past their append-only queryset, as somebody at the database could."""
    QuerySet(model).filter(pk__in=pks).delete()


def rewrite(pk, **values):
    """Change an entry behind everybody's back, and make its salted digest fit again."""
    QuerySet(HistoryEntry).filter(pk=pk).update(**values)
    QuerySet(HistoryEntry).filter(pk=pk).update(digest=log.entry_digest(HistoryEntry.objects.get(pk=pk)))


def test_anchor_history_seals_what_happened_up_to_yesterday():
    yesterday = happened(2, at=NOW - DAY)
    happened(1)

    anchor = services.history.anchors.anchor_history(NOW)

    assert (anchor.day, anchor.entries, anchor.last_entry) == (date(2020, 4, 19), 2, yesterday[-1])


def test_anchor_history_seals_a_day_once():
    happened(1, at=NOW - DAY)

    services.history.anchors.anchor_history(NOW)

    assert services.history.anchors.anchor_history(NOW + timedelta(hours=1)) is None
    assert HistoryAnchor.objects.count() == 1


@pytest.mark.parametrize(
    ("hours", "day"), [(15.9, date(2020, 4, 19)), (16, date(2020, 4, 20))], ids=["01:54", "02:00"]
)
def test_anchor_history_waits_two_hours_after_midnight_in_brussels(hours, day):
    assert services.history.anchors.anchor_history(NOW + timedelta(hours=hours)).day == day


def test_anchor_history_after_a_week_off_seals_all_of_it_at_once():
    services.history.anchors.anchor_history(NOW - 8 * DAY)
    numbers = happened(1, at=NOW - 5 * DAY) + happened(1, at=NOW - DAY)

    anchor = services.history.anchors.anchor_history(NOW)

    assert (anchor.day, anchor.entries, anchor.last_entry) == (date(2020, 4, 19), 2, numbers[-1])


def test_anchor_history_seals_an_entry_whose_moment_is_older_than_its_number():
    happened(1, at=NOW - DAY)
    services.history.anchors.anchor_history(NOW)
    late = happened(1, at=NOW - DAY)

    anchor = services.history.anchors.anchor_history(NOW + DAY)

    assert (anchor.entries, anchor.last_entry) == (1, late[0])


@pytest.mark.django_db(transaction=True)
def test_anchor_history_by_two_workers_at_once_makes_one_anchor():
    happened(3, at=NOW - DAY)

    made = at_once(*[partial(services.history.anchors.anchor_history, NOW)] * 2)

    assert HistoryAnchor.objects.count() == 1
    assert sum(anchor is not None for anchor in made) == 1
    assert faults() == []


def test_an_anchor_is_neither_changed_nor_deleted():
    services.history.anchors.anchor_history(NOW)

    with pytest.raises(HistoryIsAppendOnly):
        HistoryAnchor.objects.update(digest="0" * 64)
    with pytest.raises(HistoryIsAppendOnly):
        HistoryAnchor.objects.all().delete()


@pytest.fixture
def sealed():
    """Return the numbers of six entries: three nights, two entries each, all sealed, and two of today."""
    numbers = []
    for days in (3, 2, 1):
        numbers += happened(2, at=NOW - days * DAY)
        services.history.anchors.anchor_history(NOW - (days - 1) * DAY)
    return numbers + happened(2)


def test_history_that_is_as_it_was_written_has_no_faults(sealed):
    assert faults() == []


@pytest.mark.parametrize("position", range(6))
def test_a_sealed_entry_that_is_gone_is_named(sealed, position):
    remove(sealed[position])

    assert faults() == [f"History entry {sealed[position]} is missing."]


@pytest.mark.parametrize("position", range(6))
def test_a_sealed_entry_that_was_rewritten_with_its_digest_is_named(sealed, position):
    rewrite(sealed[position], facts={"reason": "another"})

    assert faults() == [f"History entry {sealed[position]} was altered."]


@pytest.mark.parametrize("position", [0, 3, 6])
def test_an_entry_that_was_altered_alone_is_named_sealed_or_not(sealed, position):
    QuerySet(HistoryEntry).filter(pk=sealed[position]).update(actor="person")

    assert faults() == [f"History entry {sealed[position]} was altered."]


def test_an_entry_that_was_slipped_in_is_named_and_so_is_what_it_stands_for(sealed):
    remove(sealed[1], sealed[2])
    slipped = HistoryEntry.objects.get(pk=sealed[3])
    slipped.pk = sealed[2]
    slipped.save(force_insert=True)

    assert faults() == [
        f"History entry {sealed[1]} is missing.",
        f"History entry {sealed[2]} was altered.",
    ]


def test_an_entry_whose_number_was_never_given_is_named():
    first = happened(1, at=NOW - DAY)[0]
    gap = first + 1
    entry = HistoryEntry.objects.get()
    entry.pk = gap + 1
    entry.save(force_insert=True)
    services.history.anchors.anchor_history(NOW)
    entry.pk = gap
    entry.save(force_insert=True)

    assert faults() == [f"History entry {gap} was added after its day was sealed."]


def test_an_anchor_made_anew_over_other_entries_breaks_the_next_one(sealed):
    first, second, _third = HistoryAnchor.objects.order_by("day")
    remove(sealed[0])
    remove(first.pk, model=HistoryAnchor)
    forged = services.history.anchors.anchor_history(NOW - 2 * DAY)
    assert forged is None  # a day before the newest anchor is never sealed again

    assert faults()[0] == f"The anchor of {second.day} was altered, or the one before it is gone."


def test_an_altered_anchor_is_named(sealed):
    second = HistoryAnchor.objects.order_by("day")[1]
    QuerySet(HistoryAnchor).filter(pk=second.pk).update(marks=bytes(second.marks)[:40], entries=1)

    assert faults() == [
        f"The anchor of {second.day} was altered, or the one before it is gone.",
        f"History entry {sealed[3]} was added after its day was sealed.",
    ]


def test_a_digest_written_down_elsewhere_finds_anchors_that_were_all_made_anew(sealed):
    written_down = HistoryAnchor.objects.latest("day").digest
    remove(sealed[5])
    remove(*HistoryAnchor.objects.values_list("pk", flat=True), model=HistoryAnchor)
    services.history.anchors.anchor_history(NOW)

    assert faults() == []  # nothing in the database speaks against it
    assert not services.history.is_anchor(written_down)


def test_history_is_read_in_a_fixed_number_of_queries(django_assert_num_queries):
    for days in (3, 2, 1):
        happened(2, at=NOW - days * DAY)
    services.history.anchors.anchor_history(NOW)

    with django_assert_num_queries(3):  # anchors, what they cover, what came since
        assert faults() == []


@pytest.mark.parametrize("count", [1, 3])
def test_a_sweep_asks_once_whether_yesterday_is_sealed(count, django_assert_num_queries):
    happened(count, at=NOW - DAY)
    services.history.anchors.anchor_history(NOW)

    with django_assert_num_queries(1):
        services.history.anchors.anchor_history(NOW)


def test_the_log_carries_the_digest_out_of_the_database(caplog):
    caplog.set_level("INFO", logger="registrations.services.history.anchors")

    anchor = services.history.anchors.anchor_history(NOW)

    assert caplog.messages == [f"History sealed up to 2020-04-19, entry 0: {anchor.digest}"]
