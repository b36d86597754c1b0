"""Data go at the end of their period: established ones only, in chunks, and never twice."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from registrations import services
from registrations.models import (
    AccessNeed,
    AddressChange,
    HistoryEntry,
    LegalText,
    OutgoingMail,
    Registration,
    Seat,
    WebinarSession,
)
from registrations.services.privacy import periods
from registrations.states import RegistrationState, SeatState
from tests.registrations.factories import (
    ENDS,
    NOW,
    approve,
    make_attendance,
    make_registration,
    make_session,
    make_undated_session,
    make_webinar,
)

pytestmark = pytest.mark.django_db

NAMES = ("access_needs", "questions", "mails", "without_place", "registrations")
DAYS = timedelta(days=1)
DUE = ENDS + 30 * DAYS


@pytest.fixture(autouse=True)
def period(settings):
    """Let only the categories that a test names have a period, of thirty days."""
    settings.RETENTION = dict.fromkeys(NAMES)

    def establish(*names):
        settings.RETENTION = dict.fromkeys(NAMES) | dict.fromkeys(names, (30, "a record"))

    return establish


@pytest.fixture
def ada(webinar, session, approver):
    """Return somebody with a place, about whom everything is kept."""
    ada = make_registration(webinar, [session], question="Why?", email="ada@example.org")
    AccessNeed.objects.create(registration=ada, measure="captions")
    approve(ada, approver)
    OutgoingMail.objects.update(state="sent", due_at=None, sent_at=NOW, raw=b"Dear Ada")
    return ada


def purge(now=DUE, **options):
    """Purge at a moment; return by category of how many people something went."""
    return [purged.people for purged in services.privacy.purge(now, **options)]


def left(ada):
    """Return which categories there is still something of."""
    ada.refresh_from_db()
    mail = ada.mails.get()
    kept = {
        "access_needs": ada.access_needs.exists(),
        "questions": bool(ada.question),
        "mails": bool(mail.recipient or mail.facts or mail.reply),
        "registrations": not ada.is_erased,
    }
    return {name for name, is_there in kept.items() if is_there}


ALL = {"access_needs", "questions", "mails", "registrations"}


def test_without_an_established_period_nothing_of_a_person_goes(ada):
    purged = list(services.privacy.purge(ENDS + 9999 * DAYS))

    assert [(str(row.label), row.period, row.people) for row in purged[:5]] == [
        (str(category.label), None, 0) for category in periods.CATEGORIES.values()
    ]
    assert left(ada) == ALL


@pytest.mark.parametrize("name", ["access_needs", "questions", "mails"])
def test_each_category_goes_by_itself_on_its_day(ada, period, name):
    period(name)

    assert purge(DUE - timedelta(seconds=1))[:5] == [0] * 5
    assert left(ada) == ALL
    assert purge()[:5] == [int(each == name) for each in NAMES]
    assert left(ada) == ALL - {name}


def test_registrations_go_wholly_and_leave_what_names_nobody(ada, period):
    period("registrations")

    assert purge()[:5] == [0, 0, 0, 0, 1]

    assert left(ada) == set()
    assert (ada.country, ada.seats.get().state) == ("BE", SeatState.APPROVED)
    assert "ada@example.org" not in str(Registration.objects.values_list())


@pytest.mark.parametrize("state", [RegistrationState.ACTIVE, RegistrationState.WITHDRAWN])
def test_people_without_a_place_have_a_period_of_their_own(ada, webinar, session, period, state):
    other = make_registration(webinar, [session], state=state)
    period("without_place")

    assert purge()[:5] == [0, 0, 0, 1, 0]

    other.refresh_from_db()
    assert other.is_erased
    assert left(ada) == ALL


def test_counted_from_the_end_of_the_last_session(ada, webinar, period):
    make_session(webinar, starts_at=ENDS + 9 * DAYS, ends_at=ENDS + 10 * DAYS)
    period(*NAMES)

    assert purge(DUE)[:5] == [0] * 5
    assert purge(DUE + 10 * DAYS)[:5] == [1, 1, 1, 0, 1]


def test_webinar_with_a_session_to_be_dated_is_not_over(ada, webinar, period):
    make_undated_session(webinar)
    period(*NAMES)

    assert purge(ENDS + 9999 * DAYS)[:5] == [0] * 5


def test_undated_session_that_is_cancelled_keeps_nothing(ada, webinar, period):
    make_undated_session(webinar, state="cancelled")
    period(*NAMES)

    assert purge()[:5] == [1, 1, 1, 0, 1]


def test_webinar_that_never_had_a_date_ends_when_all_is_cancelled(webinar, period):
    session = make_undated_session(webinar, state="cancelled")
    WebinarSession.objects.filter(pk=session.pk).update(changed_at=NOW)
    make_registration(webinar, [session])
    period(*NAMES)

    assert purge(NOW + 29 * DAYS)[:5] == [0] * 5
    assert purge(NOW + 30 * DAYS)[:5] == [0, 0, 0, 1, 0]


def test_other_webinars_are_left_alone(ada, period):
    later = make_webinar()
    session = make_session(later, starts_at=DUE, ends_at=DUE + DAYS)
    other = make_registration(later, [session], question="When?")
    period(*NAMES)

    purge()

    other.refresh_from_db()
    assert (other.is_active, other.question) == (True, "When?")


def test_dry_run_counts_and_changes_nothing(ada, period):
    period(*NAMES)

    assert purge(dry_run=True) == [1, 1, 1, 0, 1, 0, 0, 1, 0, 0]
    assert left(ada) == ALL
    assert bytes(ada.mails.get().raw) == b"Dear Ada"
    assert not HistoryEntry.objects.filter(action="purged").exists()


def test_history_says_how_many_of_which_webinar(ada, webinar, period):
    period("questions")

    purge()
    purge()

    assert list(
        HistoryEntry.objects.filter(action="purged").values_list("webinar", "actor", "registration", "facts")
    ) == [(webinar.pk, "system", None, {"category": "questions", "people": 1})]


def test_history_is_still_valid(ada, period):
    period(*NAMES)

    purge()

    assert list(services.history.altered_rows()) == []


def test_goes_on_chunk_by_chunk_after_an_interruption(webinar, session, period, monkeypatch):
    monkeypatch.setattr(periods, "CHUNK", 2)
    for _number in range(5):
        make_registration(webinar, [session], question="Why?")
    period("questions")
    answers = iter([False, True] + [True] * 99)

    first = purge(stop=lambda: next(answers))
    rest = purge()

    assert (first[1], rest[1]) == (2, 3)
    assert not Registration.objects.exclude(question="").exists()
    people = (
        HistoryEntry.objects.filter(action="purged").order_by("pk").values_list("facts__people", flat=True)
    )
    assert list(people) == [2, 2, 1]


@pytest.mark.parametrize("name", NAMES)
def test_a_chunk_takes_the_same_queries_for_one_and_three_people(webinar, session, approver, period, name):
    period(name)
    counts = []
    for people in (1, 3):
        for _number in range(people):
            row = make_registration(webinar, [session], question="Why?")
            AccessNeed.objects.create(registration=row, measure="captions")
            if name != "without_place":
                approve(row, approver)
        OutgoingMail.objects.update(state="sent", due_at=None)
        with CaptureQueriesContext(connection) as queries:
            assert sum(purge()[:5]) == people
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_registration_never_confirmed_goes_without_a_period(webinar, session):
    stale, fresh = (
        make_registration(webinar, [session], state="expired", confirmed_at=None, ended_at=NOW - days)
        for days in (31 * DAYS, 29 * DAYS)
    )

    assert purge(NOW)[5] == 1

    stale.refresh_from_db()
    fresh.refresh_from_db()
    assert (stale.is_erased, fresh.is_erased) == (True, False)


def test_address_never_confirmed_goes_without_a_period(ada):
    for number, (asked, confirmed) in enumerate([(31, None), (29, None), (31, NOW)]):
        AddressChange.objects.create(
            registration=ada,
            email=f"{number}@example.org",
            email_key=f"{number}@example.org",
            asked_at=NOW - asked * DAYS,
            confirmed_at=confirmed,
        )

    assert purge(NOW)[6] == 1
    assert sorted(AddressChange.objects.values_list("email", flat=True)) == ["1@example.org", "2@example.org"]


def test_bytes_of_finished_mails_go_and_their_facts_stay(ada, monkeypatch):
    monkeypatch.setattr(periods, "CHUNK", 1)
    mail = ada.mails.get()
    others = {"fresh": {"created_at": NOW + 15 * DAYS}, "due": {"due_at": NOW}, "second": {}}
    for name, fields in others.items():
        mail.pk, mail.dedupe_key, mail.message_id = None, name, name
        for column, value in ({"created_at": NOW, "due_at": None} | fields).items():
            setattr(mail, column, value)
        mail.save(force_insert=True)

    assert purge(NOW + 15 * DAYS)[7] == 2

    kept = OutgoingMail.objects.filter(raw__isnull=False).values_list("dedupe_key", flat=True)
    assert sorted(kept) == ["due", "fresh"]
    assert not OutgoingMail.objects.filter(facts={}).exists()


def test_mail_whose_contents_are_gone_is_not_sent_again(ada, approver, period):
    period("mails")
    purge()

    assert services.mail.why_not_resend(ada.mails.get(), DUE) == (
        "What this mail said was deleted at the end of its period."
    )


def test_mails_of_the_erased_are_emptied_too(ada):
    services.privacy.erase(ada.pk, now=NOW)
    OutgoingMail.objects.update(due_at=None)

    purge(NOW)

    assert set(OutgoingMail.objects.values_list("recipient", flat=True)) == {""}


def test_statement_that_does_not_name_a_period_is_found(webinar, period):
    period("questions")
    gaps = services.privacy.statement_gaps()
    LegalText.objects.create(
        kind="privacy", language="en", version=2, body="Questions: 30 days.", sha256="0" * 64
    )

    assert [(text.kind, found.days) for text, found in gaps] == [("privacy", 30)]
    assert services.privacy.statement_gaps() == []


def test_seats_without_people_are_still_counted(ada, period):
    period("registrations")

    purge()

    assert Seat.objects.filter(state=SeatState.APPROVED, registration__country="BE").count() == 1


@pytest.mark.parametrize(
    ("established", "name"), [([], "Ida"), (["registrations"], "")], ids=["no period", "after the period"]
)
def test_people_of_a_report_whom_nobody_knew_go_with_those_who_had_a_place(
    period, session, approver, established, name
):
    row = make_attendance(session, by=approver, name="Ida", email="ida@example.org", organisation="Nord")
    period(*established)

    purge()
    once = purge()

    row.refresh_from_db()
    assert (row.name, row.state) == (name, "open")
    assert not any(once)


def test_people_of_a_report_are_only_counted_in_a_dry_run(period, session, approver):
    row = make_attendance(session, by=approver, name="Ida")
    period("registrations")

    found = {str(purged.label): purged.people for purged in services.privacy.purge(DUE, dry_run=True)}

    row.refresh_from_db()
    assert (found["people in attendance reports whom nobody knew"], row.name) == (1, "Ida")
