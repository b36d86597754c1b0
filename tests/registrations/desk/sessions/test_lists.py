"""Sessions in the admin: filled in once, their buttons, agenda and reminders."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from registrations import services
from registrations.models import AgendaItem, Reminder, WebinarSession
from tests.registrations.desk.admin_reading import buttons, form_of
from tests.registrations.factories import (
    ENDS,
    NOW,
    STARTS,
    approve,
    kinds,
    make_registration,
    make_session,
    make_user,
)

DAYS = timedelta(days=30)
CHANGES = ["Change time", "Take date back", "Change title or venue", "Cancel session"]

SESSION = {
    "number": "3",
    "title": "Skills",
    "place": "Online",
    "summary": "",
    "meeting_url": "",
    "meeting_number": "",
    "meeting_password": "",
    "dial_in": "",
    "day_contact": "",
    "starts_at_0": "2020-05-12",
    "starts_at_1": "10:30",
    "ends_at_0": "2020-05-12",
    "ends_at_1": "12:30",
    "agenda_items-TOTAL_FORMS": "0",
    "agenda_items-INITIAL_FORMS": "0",
}


@pytest.fixture
def editor_client(sign_in):
    return sign_in("somebody", "Editors")


def test_editor_adds_a_session_with_its_date(editor_client, webinar):
    editor_client.post(reverse("admin:registrations_webinarsession_add"), SESSION | {"webinar": webinar.pk})

    session = WebinarSession.objects.get()
    assert (session.title, session.starts_at, session.ends_at) == (
        "Skills",
        datetime(2020, 5, 12, 8, 30, tzinfo=UTC),
        datetime(2020, 5, 12, 10, 30, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"ends_at_0": "", "ends_at_1": ""}, "Give both a start and an end."),
        ({"starts_at_0": "0001-01-01"}, "Choose a day in the years 2000 to 2099."),
        ({"ends_at_0": "9999-12-31"}, "Choose a day in the years 2000 to 2099."),
        ({"ends_at_1": "10:30"}, "The session has to end after it starts."),
        ({"ends_at_1": "09:00"}, "The session has to end after it starts."),
        ({"starts_at_0": "2020-04-14", "ends_at_0": "2020-04-14"}, "The session has to start in the future."),
        ({"starts_at_0": "2020-03-29", "starts_at_1": "02:30"}, "it may be ambiguous or it may not exist"),
        ({"ends_at_0": "2021-03-28", "ends_at_1": "02:30"}, "it may be ambiguous or it may not exist"),
        ({"starts_at_0": "2019-10-27", "starts_at_1": "02:30"}, "it may be ambiguous or it may not exist"),
        ({"ends_at_0": "2020-10-25", "ends_at_1": "02:30"}, "it may be ambiguous or it may not exist"),
        ({"title": "Two\tcells"}, "Write this on one line, without control characters."),
        (
            {"meeting_url": "http://sample.webex.com/"},
            "The address of a meeting has to begin with https:// and be on webex.com.",
        ),
        (
            {"meeting_url": "https://webex.example/"},
            "The address of a meeting has to begin with https:// and be on webex.com.",
        ),
        ({"number": "1"}, "Session with this Webinar and Number already exists."),
    ],
    ids=[
        "one time only",
        "first day of all",
        "last day of all",
        "no duration",
        "end before start",
        "in the past",
        "start in the spring gap",
        "end in the spring gap",
        "start in the autumn hour",
        "end in the autumn hour",
        "control character",
        "http",
        "other host",
        "number taken",
    ],
)
def test_session_that_makes_no_sense_is_refused(change, message, editor_client, webinar, session):
    response = editor_client.post(
        reverse("admin:registrations_webinarsession_add"), SESSION | {"webinar": webinar.pk} | change
    )

    assert (message in response.content.decode(), WebinarSession.objects.count()) == (True, 1)
    form = response.context["adminform"].form
    assert form["summary"].value() == SESSION["summary"]  # what was typed is not lost


def test_times_title_and_place_change_only_on_their_own_pages(editor_client, session):
    url = reverse("admin:registrations_webinarsession_change", args=[session.pk])

    editor_client.post(url, form_of(editor_client.get(url)) | SESSION | {"meeting_number": "123 456"})

    changed = WebinarSession.objects.get(pk=session.pk)
    assert (changed.number, changed.title, changed.place, changed.starts_at, changed.meeting_number) == (
        session.number,
        session.title,
        session.place,
        session.starts_at,
        "123 456",
    )


def test_editor_writes_the_working_agenda(editor_client, session):
    url = reverse("admin:registrations_webinarsession_change", args=[session.pk])
    line = {"position": "1", "starts_at": "10:30", "title": "Welcome", "speakers": "", "session": session.pk}
    form = form_of(editor_client.get(url)) | {f"agenda_items-0-{name}": value for name, value in line.items()}

    editor_client.post(url, form)

    assert list(AgendaItem.objects.values_list("session", "title")) == [(session.pk, "Welcome")]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, [*CHANGES, "Personal addresses", "History"]),
        (
            {"starts_at": None, "ends_at": None},
            [*(change for change in CHANGES if change != "Take date back"), "Personal addresses", "History"],
        ),
        ({"starts_at": STARTS - DAYS, "ends_at": ENDS - DAYS}, ["Send follow-up", "History"]),
        ({"state": "cancelled"}, ["History"]),
    ],
    ids=["dated", "to be confirmed", "over", "cancelled"],
)
def test_session_page_has_buttons_for_what_is_possible(fields, expected, editor_client, webinar):
    session = make_session(webinar, **fields)

    response = editor_client.get(reverse("admin:registrations_webinarsession_change", args=[session.pk]))

    assert buttons(response) == expected


def test_changed_meeting_address_mails_nobody(editor_client, session):
    approve(make_registration(session.webinar, [session]), make_user("another"))
    url = reverse("admin:registrations_webinarsession_change", args=[session.pk])
    before = kinds()

    editor_client.post(url, form_of(editor_client.get(url)) | {"meeting_url": "https://other.webex.com/j"})
    services.sweep.run(NOW)

    session.refresh_from_db()
    assert (session.meeting_url, session.sequence) == ("https://other.webex.com/j", 1)
    assert (before, kinds()) == (["invitation"], ["invitation"])


def reminders(session):
    return dict(Reminder.objects.filter(session=session).values_list("hours_before", "due_at"))


def test_new_session_gets_the_usual_reminders(editor_client, webinar):
    editor_client.post(reverse("admin:registrations_webinarsession_add"), SESSION | {"webinar": webinar.pk})

    starts_at = datetime(2020, 5, 12, 8, 30, tzinfo=UTC)
    assert reminders(WebinarSession.objects.get()) == {
        24: starts_at - timedelta(hours=24),
        1: starts_at - timedelta(hours=1),
    }


def test_editor_sees_changes_adds_and_removes_reminders(editor_client, session):
    for hours in (48, 24, 1):
        session.reminders.create(hours_before=hours, due_at=STARTS - timedelta(hours=hours))
    url = reverse("admin:registrations_webinarsession_change", args=[session.pk])
    page = editor_client.get(url)

    change = {
        "reminders-0-DELETE": "on",
        "reminders-1-hours_before": "12",
        "reminders-3-hours_before": "336",  # two weeks before has passed
    }
    editor_client.post(url, form_of(page) | change)

    assert "27 April 2020, 10:30" in page.content.decode()
    assert reminders(session) == {
        12: STARTS - timedelta(hours=12),
        1: STARTS - timedelta(hours=1),
        336: None,
    }


def test_saving_a_session_keeps_a_reminder_that_the_sweep_has_not_come_by_yet(editor_client, session):
    session.reminders.create(hours_before=24, due_at=NOW - timedelta(seconds=3))
    url = reverse("admin:registrations_webinarsession_change", args=[session.pk])

    editor_client.post(url, form_of(editor_client.get(url)) | {"summary": "New."})

    session.refresh_from_db()
    assert (session.summary, reminders(session)) == ("New.", {24: NOW - timedelta(seconds=3)})


@pytest.mark.parametrize(
    ("hours", "message"),
    [
        ("0", "Ensure this value is greater than or equal to 1."),
        ("337", "Ensure this value is less than or equal to 336."),
        ("24", "Please correct the duplicate data for hours_before."),
    ],
    ids=["at the start", "too early", "twice"],
)
def test_reminder_that_cannot_be_is_refused(editor_client, session, hours, message):
    session.reminders.create(hours_before=24)
    url = reverse("admin:registrations_webinarsession_change", args=[session.pk])

    response = editor_client.post(url, form_of(editor_client.get(url)) | {"reminders-1-hours_before": hours})

    assert message in response.content.decode()
    assert list(reminders(session)) == [24]


def test_session_page_of_a_reader_has_no_buttons(sign_in, session):
    url = reverse("admin:registrations_webinarsession_change", args=[session.pk])

    response = sign_in("reader", "Auditors").get(url)

    assert buttons(response) == []
