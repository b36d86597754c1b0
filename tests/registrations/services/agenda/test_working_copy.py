"""Publishing the agenda, and what each person is told of it."""

from datetime import timedelta

import pytest

from registrations import services
from registrations.models import AgendaItem, AgendaVersion, BulkJob, HistoryEntry, MailKind, OutgoingMail
from registrations.services.agenda.working_copy import lines_outside
from tests.registrations.factories import (
    MINUTE,
    NOW,
    STARTS,
    approve,
    carry_out,
    kinds,
    make_agenda_item,
    make_registration,
    make_session,
    make_undated_session,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def approved(webinar, session, approver):
    return approve(make_registration(webinar, [session]), approver)


def test_publish_agenda_tells_everybody_registered_once(webinar, session, approved, editor):
    waiting = make_registration(webinar, [session])
    gone = make_registration(webinar, [session], state="withdrawn")
    make_agenda_item(session)

    version = services.agenda.publish_agenda(webinar.pk, by=editor, now=NOW)
    carry_out()
    carry_out()

    assert (version.number, version.items) == (
        1,
        [
            {
                "session": 1,
                "session_title": "Supply chains",
                "time": "",
                "title": "Introduction",
                "speakers": "",
            }
        ],
    )
    assert kinds(approved) == [MailKind.INVITATION, MailKind.AGENDA]
    assert kinds(waiting) == [MailKind.AGENDA]
    assert kinds(gone) == []
    waiting.refresh_from_db()
    assert waiting.agenda_seen == 1


def test_publish_agenda_refuses_what_was_published_already(webinar, session, editor):
    make_agenda_item(session)
    services.agenda.publish_agenda(webinar.pk, by=editor, now=NOW)

    with pytest.raises(services.errors.NothingToPublish):
        services.agenda.publish_agenda(webinar.pk, by=editor, now=NOW)


def test_lines_outside_are_those_before_and_after_their_session_on_the_clock_in_brussels(webinar, session):
    over_night = make_session(
        webinar, starts_at=STARTS + timedelta(hours=12), ends_at=STARTS + timedelta(hours=15)
    )
    for held, times in (
        (session, ("10:29", "10:30", "12:30", "12:31")),
        (over_night, ("22:29", "22:30", "01:30", "01:31")),
        (make_undated_session(webinar), ("03:00",)),
        (make_session(webinar, state="cancelled"), ("03:00",)),
    ):
        for clock in times:
            make_agenda_item(held, starts_at=clock)
        make_agenda_item(held)

    outside = lines_outside(webinar.pk)

    assert [item.starts_at.isoformat("minutes") for item in outside] == ["10:29", "12:31", "22:29", "01:31"]


def test_publish_agenda_refuses_an_empty_one(webinar, session, editor):
    with pytest.raises(services.errors.NothingToPublish):
        services.agenda.publish_agenda(webinar.pk, by=editor, now=NOW)


def test_published_agenda_is_not_changed_by_the_working_copy(webinar, session, editor):
    item = make_agenda_item(session)
    version = services.agenda.publish_agenda(webinar.pk, by=editor, now=NOW)

    item.title = "Changed"
    item.save()

    version.refresh_from_db()
    assert version.items[0]["title"] == "Introduction"


def publish(webinar, editor, *titles, at=NOW, silent=False):
    """Publish an agenda of these lines."""
    AgendaItem.objects.all().delete()
    for title in titles:
        make_agenda_item(webinar.sessions.first(), title=title)
    return services.agenda.publish_agenda(webinar.pk, by=editor, now=at, silent=silent)


def changes_told(registration):
    """Return what each agenda mail to somebody says is new and gone, without the session; None for their first."""
    mails = OutgoingMail.objects.filter(registration=registration, kind=MailKind.AGENDA).order_by("id")
    changes = [mail.facts["changes"] for mail in mails]
    return [
        told
        and tuple(
            [line.removeprefix("Supply chains: ") for line in told[what]] for what in ("added", "removed")
        )
        for told in changes
    ]


def test_agenda_is_told_when_its_window_is_over(webinar, session, editor):
    person = make_registration(webinar, [session])
    publish(webinar, editor, "One")

    services.sweep.run(NOW + 5 * MINUTE - MINUTE / 60)
    before = kinds(person)
    services.sweep.run(NOW + 5 * MINUTE)

    assert (before, kinds(person)) == ([], [MailKind.AGENDA])


def test_everybody_is_told_what_changed_since_the_version_they_last_saw(webinar, session, editor):
    saw_all = make_registration(webinar, [session])
    saw_first = make_registration(webinar, [session])
    publish(webinar, editor, "One")
    carry_out()
    came_later = make_registration(webinar, [session])
    publish(webinar, editor, "One", "Two")
    saw_all.refresh_from_db()
    tell_only(saw_all, version=2)

    publish(webinar, editor, "Two", "Three", at=NOW + 10 * MINUTE)
    carry_out(NOW + 10 * MINUTE)

    assert changes_told(saw_all) == [None, (["Two"], []), (["Three"], ["One"])]
    assert changes_told(saw_first) == [None, (["Two", "Three"], ["One"])]
    assert changes_told(came_later) == [None]


def tell_only(person, version):
    """Stop a version's job after it told one person: others miss that version."""
    others = person.webinar.registrations.exclude(pk=person.pk)
    job = BulkJob.objects.get(due_at__isnull=False)
    others.update(state="withdrawn")
    carry_out()
    others.update(state="active")
    job.refresh_from_db()
    assert (job.facts, job.changed) == ({"version": version}, 1)


def test_whoever_sees_no_difference_is_not_mailed(webinar, session, editor):
    person = make_registration(webinar, [session])
    publish(webinar, editor, "One")
    carry_out()
    job = BulkJob.objects.latest("pk")
    publish(webinar, editor, "Two")
    services.jobs.stop_job(BulkJob.objects.exclude(pk=job.pk).get().pk, by=editor, now=NOW)

    publish(webinar, editor, "One")
    carry_out()

    person.refresh_from_db()
    assert (changes_told(person), person.agenda_seen) == ([None], 3)
    assert BulkJob.objects.latest("pk").changed == 0


def test_a_stopped_agenda_stays_published_and_the_next_tells_its_change_too(webinar, session, editor):
    person = make_registration(webinar, [session])
    publish(webinar, editor, "One")
    carry_out()
    publish(webinar, editor, "One", "Two")

    stopped = services.jobs.stop_job(BulkJob.objects.get(due_at__isnull=False).pk, by=editor, now=NOW)
    carry_out()
    published = list(AgendaVersion.objects.values_list("number", flat=True))
    before = changes_told(person)
    publish(webinar, editor, "One", "Two", "Three")
    carry_out()

    assert (stopped.state, published, before) == ("stopped", [2, 1], [None])
    assert changes_told(person) == [None, (["Two", "Three"], [])]


def test_a_silent_agenda_tells_nobody_and_the_next_mail_contains_it(webinar, session, editor):
    person = make_registration(webinar, [session])
    publish(webinar, editor, "Intrduction")
    carry_out()
    jobs = BulkJob.objects.count()

    version = publish(webinar, editor, "Introduction", silent=True)
    carry_out()
    person.refresh_from_db()
    silently = (version.number, BulkJob.objects.count() - jobs, person.agenda_seen, changes_told(person))
    publish(webinar, editor, "Introduction", "Two")
    carry_out()

    assert silently == (2, 0, 1, [None])
    assert changes_told(person) == [None, (["Introduction", "Two"], ["Intrduction"])]
    entries = HistoryEntry.objects.filter(action="agenda_published").order_by("id")
    assert [entry.facts for entry in entries] == [
        {"version": 1, "silent": False},
        {"version": 2, "silent": True},
        {"version": 3, "silent": False},
    ]


def test_two_agendas_within_the_window_are_one_mail_after_a_window_of_its_own(webinar, session, editor):
    person = make_registration(webinar, [session])
    publish(webinar, editor, "One")

    publish(webinar, editor, "One", "Two", at=NOW + 4 * MINUTE)
    services.sweep.run(NOW + 8 * MINUTE)
    before = kinds(person)
    services.sweep.run(NOW + 9 * MINUTE)

    job = BulkJob.objects.get()
    person.refresh_from_db()
    assert (before, kinds(person)) == ([], [MailKind.AGENDA])
    assert (job.facts, job.state, person.agenda_seen) == ({"version": 2}, "done", 2)


def test_a_silent_agenda_within_the_window_goes_out_with_the_one_that_waits(webinar, session, editor):
    person = make_registration(webinar, [session])
    publish(webinar, editor, "Intrduction")

    publish(webinar, editor, "Introduction", at=NOW + 4 * MINUTE, silent=True)
    services.sweep.run(NOW + 5 * MINUTE)

    mail = OutgoingMail.objects.get(registration=person)
    when = "Tuesday 28 April 2020, 10:30 to 12:30 (Brussels time, CEST, UTC+2)"
    assert mail.facts["programme"] == [{"title": "Supply chains", "when": when, "lines": ["Introduction"]}]
