"""The next webinar from one that is there: what is taken over, and what is not."""

from datetime import date, time

import pytest

from registrations import services
from registrations.mails.editor_texts import MailWords
from registrations.models import HistoryEntry, MailKind, MailText, Reminder, Webinar, WebinarSession
from registrations.services.texts.mail_texts import TextKey
from tests.registrations.factories import (
    NOW,
    make_agenda_item,
    make_guest,
    make_registration,
    make_session,
    make_webinar,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def original(webinar, editor):
    Webinar.objects.filter(pk=webinar.pk).update(
        series="Series",
        format="Open discussion.",
        notice="The dates were moved.",
        lists_as_of=date(2020, 4, 28),
        registration_closes_at=NOW,
        decide_by=date(2020, 4, 25),
        auto_approve=True,
    )
    return Webinar.objects.get(pk=webinar.pk)


def copy(webinar, by, slug="next"):
    made = services.webinars.copy_webinar(webinar.pk, title="The next one", slug=slug, by=by, now=NOW)
    return Webinar.objects.get(pk=made.pk)


def test_copy_has_the_texts_and_is_closed_without_days(original, editor):
    made = copy(original, editor)

    kept = (
        "series",
        "organiser",
        "signature",
        "purpose",
        "format",
        "recording_notice",
        "contact_email",
        "audience",
    )
    assert [getattr(made, field) for field in kept] == [getattr(original, field) for field in kept]
    assert (made.title, made.slug, made.notice, made.lists_as_of) == ("The next one", "next", "", None)
    assert (made.registration_open, made.registration_opens_at, made.registration_closes_at) == (
        False,
        None,
        None,
    )
    assert (made.decide_by, made.auto_approve) == (None, False)


def test_copy_has_the_sessions_without_dates_and_meetings(original, editor):
    session = make_session(
        original,
        number=1,
        title="Skills",
        summary="What.",
        place="Brussels",
        capacity=80,
        sequence=4,
        meeting_number="1",
        meeting_password="secret",
        dial_in="2",
        day_contact="3",
        recording_url="https://example.eu/r",
        warned_for=NOW,
        closed_at=NOW,
    )
    make_session(original, number=2, title="Called off", state="cancelled")

    made = WebinarSession.objects.get(webinar=copy(original, editor))

    assert (made.number, made.title, made.summary, made.place, made.capacity) == (
        1,
        "Skills",
        "What.",
        "Brussels",
        80,
    )
    assert (made.starts_at, made.ends_at, made.sequence, made.state) == (None, None, 0, "planned")
    left = ("meeting_url", "meeting_number", "meeting_password", "dial_in", "day_contact", "recording_url")
    assert {getattr(made, field) for field in left} == {""}
    assert (made.warned_for, made.closed_at, made.uid == session.uid) == (None, None, False)


def test_copy_has_agenda_and_reminders_but_nothing_that_was_published_or_planned(original, session, editor):
    make_agenda_item(session, title="Welcome", starts_at=time(10, 30), speakers="Dr Engelmann", position=1)
    Reminder.objects.create(session=session, hours_before=48, due_at=NOW)
    services.agenda.publish_agenda(original.pk, by=editor, now=NOW, silent=True)

    made = copy(original, editor)

    copied = made.sessions.get()
    items = copied.agenda_items.values_list("title", "starts_at", "speakers", "position")
    assert list(items) == [("Welcome", time(10, 30), "Dr Engelmann", 1)]
    assert list(copied.reminders.values_list("hours_before", "due_at")) == [(48, None)]
    assert not made.agenda_versions.exists()


def test_copy_has_the_newest_mail_texts_as_first_versions(original, editor, session):
    place = TextKey(original.pk, MailKind.ALREADY_REGISTERED, "en")
    services.texts.save_mail_text(place, MailWords("One", "One."), seen=0, by=editor, now=NOW)
    services.texts.save_mail_text(place, MailWords("Two", "Two."), seen=1, by=editor, now=NOW)
    given_up = TextKey(original.pk, MailKind.MANAGE_LINK, "en")
    services.texts.save_mail_text(given_up, MailWords("Links", "[[places]]"), seen=0, by=editor, now=NOW)
    services.texts.reset_mail_text(given_up, seen=1, by=editor, now=NOW)

    made = copy(original, editor)

    texts = MailText.objects.filter(webinar=made).values_list(
        "kind", "version", "subject", "body", "created_by"
    )
    assert list(texts) == [("already_registered", 1, "Two", "Two.", editor.pk)]


def test_copy_has_nobody_and_is_on_record(original, session, editor, approver):
    make_registration(original, [session])
    services.people.invite_guest(original.pk, guest=make_guest(session), by=approver, now=NOW)

    made = copy(original, editor)

    assert not made.registrations.exists()
    entry = HistoryEntry.objects.get(webinar=made)
    assert (entry.action, entry.by, entry.facts) == ("webinar_copied", editor, {"from": original.pk})


def test_address_of_another_webinar_is_refused(original, editor):
    with pytest.raises(services.errors.SlugTaken, match="Another webinar has this address"):
        copy(original, editor, slug=original.slug)

    assert Webinar.objects.count() == 1


@pytest.mark.parametrize("sessions", [1, 3])
def test_copying_takes_a_fixed_number_of_queries(sessions, editor, django_assert_num_queries):
    webinar = make_webinar()
    for _number in range(sessions):
        make_agenda_item(make_session(webinar))

    with django_assert_num_queries(14):
        copy(webinar, editor)
