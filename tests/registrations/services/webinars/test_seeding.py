"""What a new site starts with."""

import hashlib
from datetime import UTC, date, datetime, timedelta

import pytest
from django.conf import settings
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command
from django.db.models import QuerySet

from eligibility.rules import Outcome
from registrations.models import (
    LegalText,
    OutgoingMail,
    Registration,
    Reminder,
    Seat,
    Webinar,
    WebinarSession,
    is_meeting_url,
)
from registrations.models.legal_texts import text_digest
from registrations.permissions import GROUPS
from registrations.services.webinars import seeding
from tests.registrations.factories import NOW, make_registration, make_webinar

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_legal_texts")]


def sessions_of(webinar):
    return list(webinar.sessions.values_list("number", "starts_at", "ends_at"))


def test_load_invitation_original_has_the_true_dates():
    webinar, created = seeding.load_invitation(original=True, now=NOW)

    assert created
    assert sessions_of(webinar) == [
        (1, datetime(2020, 4, 28, 8, 30, tzinfo=UTC), datetime(2020, 4, 28, 10, 30, tzinfo=UTC)),
        (2, None, None),
    ]
    assert (webinar.lists_as_of, webinar.notice, webinar.audience.key) == (None, "", "cosme-eni")
    assert set(webinar.sessions.values_list("meeting_url", "meeting_password")) == {("", "")}
    assert webinar.sessions.first().reminders.count() == 2


def test_load_invitation_has_people_reminded_and_a_meeting_that_is_plainly_a_sample():
    webinar, _created = seeding.load_invitation(original=False, now=NOW)

    first, second = webinar.sessions.all()
    reminders = Reminder.objects.order_by("session__number", "-hours_before")
    assert list(reminders.values_list("session", "hours_before", "due_at")) == [
        (first.pk, 24, first.starts_at - timedelta(hours=24)),
        (first.pk, 1, first.starts_at - timedelta(hours=1)),
        (second.pk, 24, None),
        (second.pk, 1, None),
    ]
    assert {session.meeting_url for session in (first, second)} == {
        "https://sample-not-a-real-meeting.webex.com/sample/j.php?MTID=m00000000000000000000000000000000"
    }
    assert is_meeting_url(first.meeting_url)


@pytest.mark.parametrize(
    ("now", "day"),
    [
        (datetime(2026, 11, 23, 12, tzinfo=UTC), date(2026, 12, 8)),  # a Monday
        (datetime(2026, 11, 24, 12, tzinfo=UTC), date(2026, 12, 8)),  # a Tuesday
        (datetime(2026, 11, 25, 12, tzinfo=UTC), date(2026, 12, 15)),  # a Wednesday
        (datetime(2026, 11, 23, 23, 30, tzinfo=UTC), date(2026, 12, 8)),  # already Tuesday in Brussels
    ],
    ids=["Monday", "Tuesday", "Wednesday", "Tuesday in Brussels"],
)
def test_load_invitation_moves_session_1_to_a_tuesday_two_weeks_ahead(now, day):
    webinar, _created = seeding.load_invitation(original=False, now=now)

    first, second = webinar.sessions.all()
    assert (first.starts_at, first.ends_at) == (
        datetime(day.year, day.month, day.day, 9, 30, tzinfo=UTC),
        datetime(day.year, day.month, day.day, 11, 30, tzinfo=UTC),
    )
    assert not second.is_dated
    assert webinar.is_open(now)
    assert webinar.lists_as_of == date(2020, 4, 28)
    assert "dates are moved to the near future" in webinar.notice


def test_load_invitation_keeps_brussels_time_in_summer():
    webinar, _created = seeding.load_invitation(original=False, now=datetime(2027, 6, 1, tzinfo=UTC))

    assert webinar.sessions.first().starts_at == datetime(2027, 6, 15, 8, 30, tzinfo=UTC)


def test_load_invitation_twice_changes_nothing():
    webinar, _created = seeding.load_invitation(original=False, now=NOW)
    Webinar.objects.update(title="Edited by staff")

    again, created = seeding.load_invitation(original=True, now=NOW)

    assert (again, created, again.title) == (webinar, False, "Edited by staff")
    assert WebinarSession.objects.count() == 2
    assert LegalText.objects.count() == 2 * len(settings.LANGUAGES)


def test_load_invitation_command_says_where_it_is(capsys):
    call_command("load_invitation", "--original")
    call_command("load_invitation")

    assert capsys.readouterr().out == (
        "Loaded: /webinars/covid-19-industrial-cluster-response/\n"
        "Already there: /webinars/covid-19-industrial-cluster-response/\n"
    )


def test_legal_texts_keep_the_hash_of_their_words():
    seeding.load_invitation(original=True, now=NOW)

    for text in LegalText.objects.all():
        assert text.sha256 == hashlib.sha256(text.body.encode()).hexdigest()


def test_legal_texts_are_there_in_every_language_of_the_site_and_else_in_english():
    seeding.load_invitation(original=True, now=NOW)

    found = {
        code: LegalText.objects.current("privacy", code).language
        for code in (*dict(settings.LANGUAGES), "mt")
    }

    assert found == {**{code: code for code, _name in settings.LANGUAGES}, "mt": "en"}


def test_load_invitation_again_adds_the_texts_of_a_new_language():
    seeding.load_invitation(original=True, now=NOW)
    QuerySet(LegalText).filter(language="fr").delete()

    seeding.load_invitation(original=True, now=NOW)

    assert LegalText.objects.filter(language="fr").count() == 2


def test_load_invitation_again_replaces_words_of_ours_by_a_new_version(monkeypatch):
    seeding.load_invitation(original=True, now=NOW)
    first = LegalText.objects.current("privacy", "fr")
    body = "Vieux texte.\n"
    QuerySet(LegalText).filter(pk=first.pk).update(body=body, sha256=text_digest(body))
    monkeypatch.setattr(seeding, "REPLACED", {text_digest(body)})

    seeding.load_invitation(original=True, now=NOW)
    seeding.load_invitation(original=True, now=NOW)

    versions = LegalText.objects.filter(kind="privacy", language="fr").order_by("version")
    assert [(text.version, text.body) for text in versions] == [(1, body), (2, first.body)]


def test_load_invitation_again_leaves_what_staff_wrote():
    seeding.load_invitation(original=True, now=NOW)
    body = "Texte du personnel.\n"
    LegalText.objects.create(kind="privacy", language="fr", version=2, body=body, sha256=text_digest(body))

    seeding.load_invitation(original=True, now=NOW)

    assert LegalText.objects.current("privacy", "fr").body == body


def test_words_that_came_with_the_site_are_not_replaced_by_themselves():
    files = seeding._data().glob("*.txt")

    assert seeding.REPLACED.isdisjoint(text_digest(path.read_text(encoding="utf-8")) for path in files)


def test_sync_groups_gives_each_group_exactly_its_permissions(capsys):
    Group.objects.all().delete()
    call_command("sync_groups")
    Group.objects.get(name="Auditors").permissions.set(Group.objects.get(name="Editors").permissions.all())

    call_command("sync_groups")

    for name, wanted in GROUPS.items():
        held = Group.objects.get(name=name).permissions.values_list("content_type__app_label", "codename")
        assert {f"{app}.{codename}" for app, codename in held} == set(wanted)


def test_seed_registrations_adds_judged_people_and_mails_nobody():
    webinar, _created = seeding.load_invitation(original=True, now=NOW)

    call_command("seed_registrations", "60", verbosity=0)
    call_command("seed_registrations", "5", "--webinar", webinar.slug, verbosity=0)

    assert Registration.objects.filter(state="active").values("email_key").distinct().count() == 65
    assert Registration.objects.values("country").distinct().count() > 50
    assert Seat.objects.filter(state="requested", outcome=Outcome.ELIGIBLE).count() == 130
    assert OutgoingMail.objects.count() == 0


def test_seed_registrations_draws_taken_references_anew(monkeypatch):
    webinar, _created = seeding.load_invitation(original=True, now=NOW)
    make_registration(webinar, reference="AAAA-0001")
    drawn = iter(["AAAA-0001", "AAAA-0002", "AAAA-0002", "AAAA-0003", "AAAA-0004"])
    monkeypatch.setattr(Registration._meta.get_field("reference"), "_get_default", lambda: next(drawn))
    monkeypatch.setattr(seeding, "new_reference", lambda: next(drawn))

    seeding.seed_registrations(webinar, 3, now=NOW)

    references = Registration.objects.order_by("reference").values_list("reference", flat=True)
    assert list(references) == ["AAAA-0001", "AAAA-0002", "AAAA-0003", "AAAA-0004"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [(["3"], "no such webinar"), (["3", "--webinar", "nowhere"], "no such webinar"), (["0"], "1 or more")],
    ids=["nothing loaded", "unknown webinar", "nobody"],
)
def test_seed_registrations_refuses(arguments, message):
    if arguments == ["0"]:
        make_webinar()

    with pytest.raises(CommandError, match=message):
        call_command("seed_registrations", *arguments)
