"""Ready to open: each thing that is looked at, as it is and as it is missing."""

from datetime import date, timedelta

import pytest
from django.db.models import QuerySet

from eligibility.models import Audience
from registrations import services
from registrations.models import LegalText, Reminder, Webinar
from registrations.services.webinars.checks import Grade
from tests.registrations.factories import ENDS, NOW, make_agenda_item, make_session, make_webinar

pytestmark = pytest.mark.django_db

READY, ADVICE, BLOCKS = Grade


@pytest.fixture
def complete(webinar, session, editor, settings):
    """Return a webinar of which nothing is missing."""
    settings.DEFAULT_FROM_EMAIL = "webinars@example.eu"
    for text in list(LegalText.objects.all()):
        for language in ("fr", "de"):
            LegalText.objects.create(
                kind=text.kind, language=language, version=1, body=text.body, sha256=text.sha256
            )
    session.capacity = 100
    session.save()
    Reminder.objects.create(session=session, hours_before=24)
    make_agenda_item(session)
    services.agenda.publish_agenda(webinar.pk, by=editor, now=NOW, silent=True)
    Webinar.objects.update(decide_by=date(2020, 4, 25))
    webinar.refresh_from_db()
    return webinar


def checked(webinar, now=NOW):
    """Return what was found about each topic."""
    return {
        check.topic: (check.state, check.words) for check in services.webinars.check_readiness(webinar, now)
    }


def test_webinar_of_which_nothing_is_missing_is_ready(complete):
    assert checked(complete) == {
        "Sessions": (READY, "There is 1 session to come."),
        "Dates": (READY, "Every session to come has a date."),
        "Who may take part": (READY, "Rule and lists are in force on the days of the sessions."),
        "Contact address": (READY, "People write to clusters@example.eu."),
        "Privacy statement": (READY, "There is a text in every language of the site."),
        "Consents": (READY, "There is a text in every language of the site."),
        "Sender of mails": (READY, "Mails come from webinars@example.eu."),
        "Agenda": (READY, "An agenda is published."),
        "Meeting address": (READY, "Every session with a date has its meeting address."),
        "Reminders": (READY, "People are reminded of every session."),
        "Number of places": (READY, "Every session says how many places it has."),
        "People will hear by": (READY, "25 April 2020"),
    }


def _no_session(webinar, settings):
    webinar.sessions.update(state="cancelled")


def _no_date(webinar, settings):
    webinar.sessions.update(starts_at=None, ends_at=None)


def _no_rule(webinar, settings):
    webinar.audience = Audience.objects.create(key="other", name="Others")


def _no_list(webinar, settings):
    webinar.lists_as_of = date(2021, 1, 1)


def _no_contact(webinar, settings):
    webinar.contact_email = ""


def _no_text(webinar, settings):
    QuerySet(LegalText).filter(kind="consents").delete()


def _one_language(webinar, settings):
    QuerySet(LegalText).exclude(language="en").delete()


def _sample_text(webinar, settings):
    QuerySet(LegalText).filter(kind="privacy").update(body="The periods are not established.")


def _unknown_recording(webinar, settings):
    webinar.recording_notice = "Whether there is one is not established."


def _no_sender(webinar, settings):
    settings.DEFAULT_FROM_EMAIL = "Team <webinars@localhost.localdomain>"


def _line_outside(webinar, settings):
    make_agenda_item(webinar.sessions.get(), title="Late", starts_at="14:00")


def _no_agenda(webinar, settings):
    webinar.agenda_versions.all().delete()


def _no_meeting(webinar, settings):
    webinar.sessions.update(meeting_url="")


def _no_reminder(webinar, settings):
    Reminder.objects.all().delete()


def _no_limit(webinar, settings):
    webinar.sessions.update(capacity=None)


def _no_promise(webinar, settings):
    webinar.decide_by = None


def _old_promise(webinar, settings):
    webinar.decide_by = date(2020, 4, 19)


@pytest.mark.parametrize(
    ("change", "topic", "state", "words"),
    [
        (_no_session, "Sessions", BLOCKS, "There is no session to come."),
        (
            _no_date,
            "Dates",
            ADVICE,
            "These have no date; the page says “date to be confirmed”, and people can register: 1. Supply chains",
        ),
        (
            _no_rule,
            "Who may take part",
            BLOCKS,
            "No rule is published for this audience, so nobody could be told whether they may take part.",
        ),
        (
            _no_list,
            "Who may take part",
            ADVICE,
            "On these days no list is settled, and staff would decide about every registration: 1 January 2021",
        ),
        (
            _no_contact,
            "Contact address",
            BLOCKS,
            "There is no contact address, and people have nobody to ask.",
        ),
        (
            _no_text,
            "Consents",
            BLOCKS,
            "There is no text in English, which everybody reads whose language has none.",
        ),
        (
            _one_language,
            "Privacy statement",
            ADVICE,
            "There is no text in these languages; their readers get the English one: Français, Deutsch",
        ),
        (
            _sample_text,
            "Retention",
            ADVICE,
            "The privacy statement says that something is not established, such as how long data are kept. "
            "The controller has to state it.",
        ),
        (
            _unknown_recording,
            "Recording",
            ADVICE,
            "The recording notice says that it is not established whether sessions are recorded.",
        ),
        (
            _no_sender,
            "Sender of mails",
            ADVICE,
            "Mails come from webinars@localhost.localdomain, which nobody can answer. "
            "Whoever runs the site sets DEFAULT_FROM_EMAIL.",
        ),
        (
            _no_agenda,
            "Agenda",
            ADVICE,
            "No agenda is published yet. It can follow; everybody who has or awaits a place is told then.",
        ),
        (
            _line_outside,
            "Agenda",
            ADVICE,
            "These lines lie outside the time of their session: 1. 14:00 Late",
        ),
        (
            _no_meeting,
            "Meeting address",
            ADVICE,
            "These have no meeting address yet; nobody can join without: 1. Supply chains",
        ),
        (_no_reminder, "Reminders", ADVICE, "Nobody is reminded of these: 1. Supply chains"),
        (
            _no_limit,
            "Number of places",
            ADVICE,
            "These have no limit; check what the meeting software takes: 1. Supply chains",
        ),
        (
            _no_promise,
            "People will hear by",
            ADVICE,
            "No day is stated by which people hear; the page says “by mail”.",
        ),
        (_old_promise, "People will hear by", ADVICE, "The day by which people hear is over: 19 April 2020"),
    ],
)
def test_what_is_missing_is_named(change, topic, state, words, complete, settings):
    change(complete, settings)

    assert checked(complete)[topic] == (state, words)


def test_session_that_is_over_is_none_to_come(complete):
    assert checked(complete, ENDS)["Sessions"] == (BLOCKS, "There is no session to come.")


def test_everything_that_is_mended_on_this_site_says_where(complete):
    complete.sessions.update(starts_at=None, ends_at=None, capacity=None, meeting_url="")
    empty = make_webinar()

    checks = [
        check for webinar in (complete, empty) for check in services.webinars.check_readiness(webinar, NOW)
    ]

    assert {check.topic for check in checks if check.mend is None} == {"Sender of mails"}


@pytest.mark.parametrize("sessions", [1, 3])
def test_readiness_takes_a_fixed_number_of_queries(sessions, complete, django_assert_num_queries):
    for _number in range(sessions):
        make_session(complete, starts_at=NOW + timedelta(days=9), ends_at=NOW + timedelta(days=10))
    services.webinars.check_readiness(complete, NOW)  # fills the cache of published lists

    with django_assert_num_queries(7):
        services.webinars.check_readiness(complete, NOW)
