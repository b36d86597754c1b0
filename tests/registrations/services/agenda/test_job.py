"""A published agenda: whom it is told."""

import pytest

from registrations import services
from registrations.models import BulkJob, MailKind
from tests.registrations.factories import (
    NOW,
    kinds,
    make_agenda_item,
    make_registration,
    release,
    would_be_mailed,
)

pytestmark = pytest.mark.django_db


def newest_job():
    return BulkJob.objects.latest("pk")


def test_preview_counts_who_has_not_seen_the_agenda(webinar, session, editor):
    make_registration(webinar, [session])
    make_registration(webinar, [session], agenda_seen=1)
    make_registration(webinar, [session], state="withdrawn")
    make_agenda_item(session)
    services.agenda.publish_agenda(webinar.pk, by=editor, now=NOW)

    assert would_be_mailed(newest_job()) == 1


def test_preview_leaves_out_whose_agenda_is_the_same_again(webinar, session, editor):
    item = make_agenda_item(session)
    for title in ("Welcome", "Cases", "Welcome"):
        item.title = title
        item.save()
        services.agenda.publish_agenda(webinar.pk, by=editor, now=NOW)
    for seen in (0, 1, 2, 2):
        make_registration(webinar, [session], agenda_seen=seen)

    reached = would_be_mailed(newest_job())
    release()
    services.sweep.run(NOW)

    assert (reached, kinds()) == (3, [MailKind.AGENDA] * 3)
