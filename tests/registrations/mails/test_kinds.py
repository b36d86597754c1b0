import json
from datetime import timedelta

import pytest
from django.core.serializers.json import DjangoJSONEncoder
from icalendar import Calendar

from registrations import ical, mails, services
from registrations.mails.rendering import wording_for
from registrations.models import MailKind
from tests.registrations.factories import NOW
from tests.registrations.mails.cases import (
    CASES,
    STAFF_CASES,
    answered,
    because,
    colleague,
    every_mail,
    every_mail_to_people,
    every_mail_to_staff,
    followed_up,
    invited,
    left,
    moving,
    reminded,
    undated,
    warned,
)


def calendar_of(mail):
    """Return the calendar file a mail carries, or an empty one."""
    frozen = mail.facts.get("calendar")
    return ical.invite(ical.Appointment.from_json(frozen)) if frozen else b""


@every_mail
def test_every_mail_says_what_its_snapshot_says(registration, seats, snapshot, method, write):
    mail = write(registration, seats)

    wording = wording_for(mail)
    event = calendar_of(mail).decode().partition("BEGIN:VEVENT")
    snapshot(f"{wording.subject}\n\n{wording.text}\n{''.join(event[1:])}".replace("\r\n", "\n"))


def test_every_kind_has_a_snapshot(registration, seats):
    cases = [*CASES, *STAFF_CASES]
    assert {write(registration, seats).kind for _name, _method, write in cases} == set(MailKind)


@every_mail_to_staff
def test_every_mail_to_staff_goes_to_a_colleague_and_names_nobody_who_registered(
    registration, seats, method, write
):
    mail = write(registration, seats)

    assert (mail.recipient, mail.language, mail.registration, mail.seat) == (
        "grace@example.eu",
        "en",
        None,
        None,
    )
    assert (mail.state, mail.created_at, mail.due_at, mail.pk) == ("waiting", NOW, NOW, None)
    assert not [word for word in ("Ada", "Kovač", "K7QM-2VXA", "token") if word in wording_for(mail).text]


@every_mail_to_people
def test_every_mail_is_addressed_and_due(registration, seats, method, write):
    mail = write(registration, seats)

    assert (mail.recipient, mail.language, mail.registration_id) == ("ada@example.org", "en", registration.pk)
    assert (mail.state, mail.created_at, mail.due_at, mail.pk) == ("waiting", NOW, NOW, None)
    assert mail.message_id.endswith("@example.eu>")
    assert mail.message_id != write(registration, seats).message_id


@every_mail
def test_every_mail_freezes_plain_json(registration, seats, method, write):
    facts = write(registration, seats).facts

    assert json.loads(json.dumps(facts, cls=DjangoJSONEncoder)) == facts


@every_mail
def test_every_mail_carries_the_calendar_part_of_the_table(registration, seats, method, write):
    mail = write(registration, seats)

    calendar = Calendar.from_ical(calendar_of(mail)) if calendar_of(mail) else {}
    assert calendar.get("METHOD") == method


@every_mail
def test_every_calendar_holds_no_secret_and_its_mail_only_the_joining_link(
    registration, seats, method, write
):
    mail = write(registration, seats)

    assert b"token" not in calendar_of(mail)
    if method:
        text = wording_for(mail).text
        assert text.count("-token") == text.count("/join/join-token-1/") == (method == "REQUEST")


@pytest.mark.parametrize(
    "write",
    [
        pytest.param(lambda r: mails.confirm_address(r, NOW), id="of a request"),
        pytest.param(lambda r: mails.confirm_new_address(moving(r), NOW), id="new"),
    ],
)
def test_confirm_address_repeats_nothing_that_was_typed(registration, write):
    registration.organisation = "Cluster Nord"

    wording = wording_for(write(registration))

    assert not [
        typed for typed in ("Ada", "Kovač", "Cluster Nord", "ada@example.org") if typed in wording.text
    ]


@pytest.mark.parametrize(
    ("write", "key"),
    [
        pytest.param(lambda r, s: mails.confirm_address(r, NOW), "confirm_address:{r}", id="confirm_address"),
        pytest.param(
            lambda r, s: mails.confirm_new_address(moving(r), NOW),
            "confirm_new_address:7",
            id="confirm_new_address",
        ),
        pytest.param(
            lambda r, s: mails.address_changed(moving(r), NOW), "address_changed:7", id="address_changed"
        ),
        pytest.param(lambda r, s: mails.address_left(moving(r), NOW), "address_left:7", id="address_left"),
        pytest.param(
            lambda r, s: mails.already_registered(r, NOW),
            "already_registered:{r}:manage:20200420T08",
            id="already_registered",
        ),
        pytest.param(
            lambda r, s: mails.manage_link(r, NOW), "manage_link:{r}:manage:20200420T08", id="manage_link"
        ),
        pytest.param(lambda r, s: mails.received(r, s, NOW), "received:{r}", id="received"),
        pytest.param(lambda r, s: mails.invitation(s[0], NOW), "invitation:{s}:3", id="invitation"),
        pytest.param(
            lambda r, s: mails.place_kept(s[0], NOW),
            "place_kept:{s}:20200420T080000.000000",
            id="place_kept",
        ),
        pytest.param(
            lambda r, s: mails.session_changed(s[0], NOW), "session_changed:{s}:3", id="session_changed"
        ),
        pytest.param(
            lambda r, s: mails.date_withdrawn(undated(invited(s[0])), NOW),
            "date_withdrawn:{s}:3",
            id="date_withdrawn",
        ),
        pytest.param(
            lambda r, s: mails.session_cancelled(s[0], "A strike.", NOW),
            "session_cancelled:{s}:3",
            id="session_cancelled",
        ),
        pytest.param(
            lambda r, s: mails.rejected(because(s[0]), NOW),
            "rejected:{s}:20200420T080000.000000",
            id="rejected",
        ),
        pytest.param(
            lambda r, s: mails.put_back(because(s[0]), NOW),
            "put_back:{s}:20200420T080000.000000",
            id="put_back",
        ),
        pytest.param(lambda r, s: answered(s[0]), "contest_answered:7", id="contest_answered"),
        pytest.param(
            lambda r, s: mails.cancelled(because(s[0]), NOW),
            "cancelled:{s}:20200420T080000.000000",
            id="cancelled",
        ),
        pytest.param(lambda r, s: mails.withdrawn(r, NOW), "withdrawn:{r}", id="withdrawn"),
        pytest.param(
            lambda r, s: left(s[0]),
            "withdrawn:{s}:20200420T080000.000000",
            id="withdrawn from a session",
        ),
        pytest.param(lambda r, s: mails.erased(r, NOW), "erased:{r}", id="erased"),
        pytest.param(lambda r, s: reminded(s[0]), "reminder:{s}:24:20200428T0830", id="reminder"),
        pytest.param(lambda r, s: followed_up(s[0]), "follow_up:{s}:9", id="follow_up"),
        pytest.param(
            lambda r, s: mails.undecided(s[0], NOW), "undecided:{s}:20200420T080000.000000", id="undecided"
        ),
        pytest.param(
            lambda r, s: mails.daily_summary(colleague("en"), NOW.date(), [], NOW),
            "staff_digest:20200420:7",
            id="staff_digest",
        ),
        pytest.param(
            lambda r, s: warned(s[0], 3), "staff_deadline:{session}:20200428T0830:7", id="staff_deadline"
        ),
    ],
)
def test_dedupe_key_of_every_kind(registration, seats, write, key):
    assert write(registration, seats).dedupe_key == key.format(
        r=registration.pk, s=seats[0].pk, session=seats[0].session_id
    )


def test_cancellation_says_what_was_told_under_the_sequence_of_now(registration, seats):
    seat = undated(invited(seats[0], title="Chains", place="WebEx", starts_at="2020-04-27T07:00:00+00:00"))
    seat.session.sequence = 7

    event = Calendar.from_ical(calendar_of(mails.date_withdrawn(seat, NOW))).events[0]

    assert (event["SUMMARY"], event["LOCATION"], event["SEQUENCE"]) == ("Chains", "WebEx", 7)
    assert (event["UID"], event.start.isoformat()) == (f"{'1' * 32}@example.eu", "2020-04-27T09:00:00+02:00")


def test_invitation_begins_a_thread_that_later_mails_continue(registration, seats):
    first = mails.invitation(seats[0], NOW)
    seats[0].thread_id = first.message_id

    assert first.facts["thread_id"] == ""
    assert mails.session_changed(seats[0], NOW).facts["thread_id"] == first.message_id


def test_writing_mails_asks_the_database_nothing(registration, seats, django_assert_num_queries):
    with django_assert_num_queries(0):
        mails.received(registration, seats, NOW)
        mails.session_changed(seats[0], NOW)
        mails.rejected(invited(seats[0]), NOW)


def test_manage_link_asks_for_the_places_once(registration, django_assert_num_queries):
    with django_assert_num_queries(1):
        mails.manage_link(registration, NOW)


def test_texts_give_the_deadlines_of_the_services():
    # confirm_address.body.txt says “seven days”, joining.txt “15 minutes”
    assert (timedelta(days=7), timedelta(minutes=15)) == (
        services.people.CONFIRM_WITHIN,
        services.sessions.JOIN_OPENS,
    )
