"""Erasing a person: nothing of them is left in any table, and everything else still works."""

from email import message_from_bytes, policy

import pytest
from django.apps import apps
from django.conf import settings
from django.core import mail as outbox
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from django.utils.translation import gettext
from icalendar import Calendar

from registrations import services
from registrations.models import (
    AccessNeed,
    AddressChange,
    Contest,
    HistoryEntry,
    OutgoingMail,
    Override,
    Registration,
    Seat,
)
from registrations.services.privacy import erasure
from registrations.states import Move, RegistrationState, SeatState
from tests.registrations import at_sight
from tests.registrations.factories import (
    ENDS,
    NOW,
    STARTS,
    approve,
    calendar_mails,
    carry_out,
    decide,
    drain,
    kinds,
    make_registration,
    make_session,
    make_user,
    make_webinar,
)
from tests.registrations.returned import postfix_bounce

pytestmark = pytest.mark.django_db

MARK = "zyxwv"  # stands in everything that is about the person
PERSON = {
    "title": "dr",
    "first_name": f"Ada {MARK}",
    "last_name": f"{MARK}-Kovač",
    "organisation": f"{MARK} Cluster",
    "position": f"Head of {MARK}",
    "question": f"Who is {MARK}?",
    "email": f"ada.{MARK}@example.org",
    "share_contact": True,
    "contact_me": True,
}


@pytest.fixture(autouse=True)
def _at_the_moment(at_the_moment, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


@pytest.fixture
def ada(webinar, session, later_session):
    return make_registration(webinar, [session, later_session], **PERSON)


@pytest.fixture
def known(ada, webinar, session, approver, second_approver):
    """Let everything have happened to Ada that leaves a trace."""
    AccessNeed.objects.create(registration=ada, measure="captions")
    approve(ada, approver)
    drain()
    first, second = ada.seats.order_by("session__number")
    Seat.objects.filter(pk=first.pk).update(
        meeting_url=f"https://sample.webex.com/{MARK}", answer="accepted", answered_at=NOW
    )
    decision = services.decisions.Decision(
        move=Move.REJECT, by=approver, now=NOW, reason=f"{MARK} is unknown."
    )
    at_sight.decide_seats(ada.pk, seat_ids=[second.pk], decision=decision)
    contest = services.contests.file_contest(second.pk, text=f"But I am {MARK}.", now=NOW)
    at_sight.answer_contest(contest.pk, answer=f"Sorry, {MARK}.", put_back=True, by=approver, now=NOW)
    Seat.objects.filter(pk=second.pk).update(outcome="review")
    asked = at_sight.request_override(second.pk, by=approver, reason=f"{MARK} is a partner.", now=NOW)
    at_sight.confirm_override(asked.pk, by=second_approver, now=NOW)
    services.people.ask_address_change(ada.pk, email=f"{MARK}.new@example.org", now=NOW)
    old = make_registration(webinar, [session], **PERSON | {"state": "expired", "confirmed_at": None})
    assert old.email_key == ada.email_key
    OutgoingMail.objects.filter(registration=ada, kind="rejected").update(
        state="failed", due_at=None, reply=MARK
    )
    return ada


def traces(mark=MARK):
    """Return every column of every table in which a word stands, whatever its type."""
    found = set()
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608
            names = [column[0] for column in cursor.description]
            for row in cursor.fetchall():
                found |= {
                    (table, name) for name, value in zip(names, row, strict=True) if mark in spelt(value)
                }
    return found


def spelt(value):
    """Return a value of a column as text that can be searched."""
    if isinstance(value, (bytes, memoryview)):
        return bytes(value).decode(errors="replace").casefold()
    return str(value).casefold()


def test_traces_find_a_person_where_they_are_kept(known):
    assert {table for table, _column in traces()} == {
        "registrations_registration",
        "registrations_seat",
        "registrations_contest",
        "registrations_override",
        "registrations_addresschange",
        "registrations_outgoingmail",
        "registrations_historyentry",
    }


@pytest.mark.parametrize("by", ["person", "dataprotection"])
def test_no_table_names_the_person_once_the_last_mails_are_sent(known, by):
    staff = None if by == "person" else make_user(by, "Data protection")

    services.privacy.erase(known.pk, by=staff, reason="Asked for by telephone." if staff else "", now=NOW)
    waiting = OutgoingMail.objects.filter(due_at__isnull=False)
    assert set(waiting.values_list("kind", "wipe")) >= {("withdrawn", True), ("erased", True)}
    drain()
    carry_out()

    assert traces() == set()
    assert not OutgoingMail.objects.filter(wipe=True).exists()
    assert not AccessNeed.objects.exists()
    assert not AddressChange.objects.exists()
    assert not Contest.objects.exists()
    assert set(Registration.objects.values_list("state", flat=True)) == {RegistrationState.ERASED}


def test_every_token_is_new(known):
    before = [known.manage_token, known.confirm_token, *known.seats.values_list("join_token", flat=True)]

    services.privacy.erase(known.pk, now=NOW)
    drain()
    carry_out()

    assert [token for token in before if traces(token.casefold())] == []


def test_history_is_still_as_it_was_written_down(known, capsys):
    services.privacy.erase(known.pk, now=NOW)

    call_command("verify_history")

    assert capsys.readouterr().out == "The history is as it was written down.\n"
    assert not HistoryEntry.objects.filter(registration=known, facts__has_key="reason").exists()


def test_history_whose_sealed_reason_is_changed_is_found(known):
    services.privacy.erase(known.pk, now=NOW)
    entry = HistoryEntry.objects.filter(facts__has_key="reason_sha256").first()
    entry.facts["reason_sha256"] = "0" * 64
    entry.save()

    assert [fault.number for fault in services.history.altered_rows()] == [entry.pk]


def test_the_calendar_is_cleared_before_the_last_mail(ada, approver):
    approve(ada, approver)
    drain()
    outbox.outbox.clear()

    services.privacy.erase(ada.pk, now=NOW)
    drain()

    assert calendar_mails(ada)[-2:] == [("withdrawn", "CANCEL", 2), ("erased", "", -1)]
    assert [message.to for message in outbox.outbox] == [[PERSON["email"]]] * 2
    assert set(OutgoingMail.objects.values_list("state", flat=True)) == {"sent"}


def greetings(language):
    """Return the first line of every mail that has left since, and the CN of its calendar's attendee, if it has one."""
    found = []
    for mail in OutgoingMail.objects.filter(wipe=True).order_by("pk"):
        message = message_from_bytes(bytes(mail.raw), policy=policy.SMTP)
        assert message["Content-Language"] == language
        calendar = next((part for part in message.walk() if part.get_content_type() == "text/calendar"), None)
        attendee = calendar and Calendar.from_ical(calendar.get_content()).walk("VEVENT")[0]["ATTENDEE"]
        text = message.get_body(preferencelist=("plain",)).get_content()
        found.append((mail.kind, text.splitlines()[0], attendee and attendee.params["CN"]))
    return found


def invited(person, approver):
    approve(person, approver)
    drain()


def rejected_with_the_mail_still_waiting(person, approver):
    invited(person, approver)
    decide(person, approver, Move.REJECT)


def withdrawn_with_the_mail_still_waiting(person, approver):
    invited(person, approver)
    services.people.withdraw(person.pk, now=NOW)


NAME = f"{PERSON['first_name']} {PERSON['last_name']}"
LAST_MAILS = [
    pytest.param(lambda person, approver: None, [("erased", None)], id="not invited"),
    pytest.param(invited, [("withdrawn", NAME), ("erased", None)], id="invited"),
    pytest.param(
        rejected_with_the_mail_still_waiting, [("rejected", NAME), ("erased", None)], id="rejection waits"
    ),
    pytest.param(
        withdrawn_with_the_mail_still_waiting, [("withdrawn", NAME), ("erased", None)], id="withdrawal waits"
    ),
]


@pytest.mark.parametrize("by", ["person", "staff"])
@pytest.mark.parametrize(("happened", "expected"), LAST_MAILS)
@pytest.mark.parametrize("language", [code for code, _name in settings.LANGUAGES])
def test_every_last_mail_calls_the_person_by_name(
    webinar, session, approver, language, happened, expected, by
):
    person = make_registration(webinar, [session], **PERSON, language=language)
    happened(person, approver)
    staff = approver if by == "staff" else None

    with translation.override("de" if language == "en" else "en"):  # who erases may read another language
        services.privacy.erase(person.pk, by=staff, reason="A letter." if staff else "", now=NOW)
    drain()

    with translation.override(language):
        greeting = gettext("Dear %(name)s,") % {"name": NAME}
    assert greetings(language) == [(kind, greeting, attendee) for kind, attendee in expected]


def test_what_waits_is_dropped_but_goodbyes(ada, approver):
    approve(ada, approver)
    services.people.withdraw(ada.pk, now=NOW)

    services.privacy.erase(ada.pk, now=NOW)

    assert list(OutgoingMail.objects.order_by("pk").values_list("kind", "state", "wipe")) == [
        ("invitation", "dropped", False),
        ("place_kept", "dropped", False),
        ("withdrawn", "waiting", True),
        ("erased", "waiting", True),
    ]


def test_a_failed_last_mail_is_wiped_too(ada):
    services.privacy.erase(ada.pk, now=NOW)
    OutgoingMail.objects.update(state="failed", due_at=None, reply=f"550 {MARK}")

    assert erasure.wipe_finished_mails() == 1
    assert traces() == set()


def test_what_is_not_finished_is_not_wiped(ada):
    services.privacy.erase(ada.pk, now=NOW)

    assert erasure.wipe_finished_mails() == 0
    assert OutgoingMail.objects.get().recipient == PERSON["email"]


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"bounced_at": NOW, "bounce_reply": f"no {MARK}"}, id="address that bounces"),
        pytest.param({"state": "unconfirmed", "confirmed_at": None}, id="address never proven"),
    ],
)
def test_nobody_is_written_to_where_nobody_reads(webinar, session, approver, fields):
    ada = make_registration(webinar, [session], **PERSON)
    approve(ada, approver)
    Registration.objects.update(**fields)

    services.privacy.erase(ada.pk, now=NOW)

    assert list(OutgoingMail.objects.values_list("kind", "state")) == [("invitation", "dropped")]
    assert traces() == set()
    assert ada.seats.get().state == SeatState.CANCELLED


def test_what_has_been_stays_for_statistics(webinar, session, approver):
    ada = approve(make_registration(webinar, [session], **PERSON), approver)
    ada.seats.update(joined_at=STARTS)

    erased = services.privacy.erase(ada.pk, now=ENDS)

    assert (erased.country, erased.organisation_type, erased.full_name) == (
        "BE",
        "cluster_organisation",
        "erased",
    )
    assert list(erased.seats.values_list("state", "joined_at")) == [(SeatState.APPROVED, STARTS)]
    assert kinds(ada)[-1] == "erased"


def test_other_people_and_other_webinars_are_left_alone(ada, webinar, session):
    other_person = make_registration(webinar, [session])
    elsewhere = make_registration(make_webinar(), **PERSON)

    services.privacy.erase(ada.pk, now=NOW)

    for row in (other_person, elsewhere):
        row.refresh_from_db()
        assert (row.state, row.first_name[:3]) == (RegistrationState.ACTIVE, "Ada")


def test_erasing_an_old_submission_leaves_the_active_one(ada, webinar):
    old = make_registration(webinar, **PERSON | {"state": "withdrawn"})

    services.privacy.erase(old.pk, now=NOW)

    ada.refresh_from_db()
    assert ada.email == PERSON["email"]


def test_an_open_override_goes(webinar, session, approver):
    ada = make_registration(webinar, [session], **PERSON | {"country": "NO", "ask_review": True})
    at_sight.request_override(ada.seats.get().pk, by=approver, reason=MARK, now=NOW)

    services.privacy.erase(ada.pk, now=NOW)

    assert not Override.objects.exists()


def test_erasing_twice_does_nothing_more(ada):
    services.privacy.erase(ada.pk, now=NOW)
    before = (HistoryEntry.objects.count(), kinds())

    assert services.privacy.erase(ada.pk, now=NOW).state == RegistrationState.ERASED
    assert (HistoryEntry.objects.count(), kinds()) == before


def test_who_erased_and_why_is_recorded(ada):
    staff = make_user("officer", "Data protection")

    services.privacy.erase(ada.pk, by=staff, reason=" A letter. ", now=NOW)

    entry = HistoryEntry.objects.get()
    assert (entry.action, entry.by, entry.actor, entry.facts) == (
        "erased",
        staff,
        "staff",
        {"reason": "A letter."},
    )


def test_staff_have_to_say_why(ada, approver):
    with pytest.raises(services.errors.ErasureNeedsReason):
        services.privacy.erase(ada.pk, by=approver, reason=" ", now=NOW)

    ada.refresh_from_db()
    assert ada.is_active


def test_address_can_register_again(ada, webinar, session):
    services.privacy.erase(ada.pk, now=NOW)

    again = make_registration(webinar, [session], **PERSON)

    assert again.is_active


def test_mail_that_comes_back_later_changes_nothing(ada, settings):
    settings.BOUNCE_ADDRESS = "bounces@example.eu"
    other = make_registration(make_webinar(), email="eve@example.org")
    services.privacy.erase(ada.pk, now=NOW)
    drain()
    raw = postfix_bounce(OutgoingMail.objects.get().message_id[1:33])
    carry_out()

    assert services.mail.returned_mail.take_message(raw, now=NOW) == "dropped"
    other.refresh_from_db()
    assert other.bounced_at is None
    assert traces() == set()


def test_staff_can_do_nothing_more_about_the_person(ada, approver):
    approve(ada, approver)
    services.privacy.erase(ada.pk, now=NOW)
    mail = OutgoingMail.objects.filter(registration=ada).first()

    assert [result.changed for result in decide(ada, approver, Move.APPROVE)] == [False, False]
    with pytest.raises(services.errors.AddressNotBounced):
        services.mail.retry_addresses([ada.pk], by=approver, now=NOW, send_withheld=False)
    with pytest.raises(services.errors.MailNotResendable):
        services.mail.resend_mail(mail.pk, by=approver, now=NOW)
    with pytest.raises(services.errors.RegistrationEnded):
        services.people.withdraw(ada.pk, now=NOW)


def test_exports_leave_the_erased_out(ada, approver):
    services.privacy.erase(ada.pk, now=NOW)
    export = services.reports.Export(
        seats=Seat.objects.all(), columns=("reference", "email"), format="csv", headings={}, filters={}
    )

    assert list(services.reports.export_seats(export, by=approver, now=NOW)) == [
        ["Reference", "Email address"]
    ]


@pytest.mark.parametrize("count", [1, 3])
def test_erasing_takes_the_same_queries_for_one_and_three_sessions(webinar, approver, count):
    counts = []
    for sessions in (1, count):
        places = [make_session(webinar) for _number in range(sessions)]
        ada = approve(make_registration(webinar, places, **PERSON), approver)
        with CaptureQueriesContext(connection) as queries:
            services.privacy.erase(ada.pk, now=NOW)
        counts.append(len(queries) - sessions)  # one UPDATE of each session's SEQUENCE

    assert counts[0] == counts[1]


def test_no_model_outside_the_registrations_knows_a_person():
    ours = set(apps.get_app_config("registrations").get_models())
    others = [model for model in apps.get_models() if model not in ours]

    assert not [
        (model, column.name)
        for model in others
        for column in model._meta.concrete_fields
        if column.related_model in ours
    ]
