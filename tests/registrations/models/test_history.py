"""Entries by their numbers."""

import pytest

from registrations.models import Action, HistoryEntry
from registrations.services.history import log
from tests.registrations.factories import NOW

pytestmark = pytest.mark.django_db


def test_after_finds_what_was_written_behind_a_number_whatever_its_moment(webinar, approver):
    moments = (NOW, NOW.replace(year=2019), NOW.replace(year=2021))
    for at in moments:
        log.record(Action.AUTO_APPROVAL_ON, at=at, by=approver, webinar=webinar)
    first, *others = HistoryEntry.objects.order_by("pk")

    assert (list(HistoryEntry.objects.after(first.pk)), len(others)) == (others, 2)
