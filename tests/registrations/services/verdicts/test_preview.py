"""What a publication would do, against what publishing and assessing again then does."""

from collections import Counter
from datetime import date

import pytest

from eligibility import rules
from eligibility.models import ListEdition
from eligibility.rules import Outcome
from eligibility.services.publication_preview import if_published
from registrations import services
from registrations.models import BulkJob, HistoryEntry, OutgoingMail, Seat
from registrations.states import Move
from tests.registrations import at_sight
from tests.registrations.factories import (
    NOW,
    approve,
    decide,
    draft_without,
    make_guest,
    make_registration,
    make_session,
    publish,
)

pytestmark = pytest.mark.django_db

ALL = range(1_000_000)


def impact_of(*editions, listed=ALL):
    prospect = if_published(editions=[edition.pk for edition in editions], rules=[])
    return services.verdicts.impact_of(prospect, now=NOW, listed=listed)


def reassess_after_publishing(*editions):
    publish(*editions)
    return services.verdicts.reassess(now=NOW)


def outcomes():
    return dict(Seat.objects.values_list("pk", "outcome"))


def override(seat, one, two):
    asked = at_sight.request_override(seat.pk, by=one, reason="A partner.", now=NOW)
    at_sight.confirm_override(asked.pk, by=two, now=NOW)


@pytest.fixture
def crowd(webinar, session, later_session, approver, second_approver):
    """Make people of every kind: with places, flagged, overridden, gone, guests, cancelled, of other countries."""
    sessions = [session, later_session]
    for country in ("TN", "NO", "BE", "GR"):
        make_registration(webinar, sessions, country=country)
        make_registration(webinar, sessions, country=country, state="unconfirmed")
        for state in ("withdrawn", "expired"):
            make_registration(webinar, sessions, country=country, state=state)
    make_registration(webinar, sessions, country="TN", organisation_type="international_organisation")
    approve(make_registration(webinar, sessions, country="TN"), approver)
    for country in ("NO", "CH"):
        override(
            make_registration(webinar, sessions, country=country).seats.first(), approver, second_approver
        )
    publish(draft_without("MA"))
    services.verdicts.reassess(now=NOW)
    flagged = make_registration(webinar, [session], country="MA").seats.get()
    Seat.objects.filter(pk=flagged.pk).update(state="approved", flagged_at=NOW)
    ended = make_registration(webinar, sessions, country="TN")
    decision = services.decisions.Decision(move=Move.CANCEL, by=approver, now=NOW, reason="Double.")
    at_sight.decide_seats(ended.pk, seat_ids=ended.seats.values_list("pk", flat=True), decision=decision)
    for country in ("NO", "CH", "BE", "TN"):
        refused = make_registration(webinar, sessions, country=country)
        decide(refused, approver, Move.REJECT)
        waiting = make_registration(webinar, [session], country=country).seats
        waiting.filter(outcome="eligible").update(state="waitlisted")
    guest = make_guest(session, country="TN")
    services.people.invite_guest(webinar.pk, guest=guest, by=approver, now=NOW)


def norway_in(starts):
    """Draft an ENI edition that names Norway and Switzerland, and Tunisia and Morocco no longer or again."""
    draft = draft_without("TN", starts=starts)
    for code in ("NO", "CH", "MA"):
        draft.entries.get_or_create(code=code, defaults={"name": code})
    return draft


DRAFTS = {
    "a country leaves on the session's day": lambda: [draft_without("TN", starts=date(2020, 4, 28))],
    "a country leaves the day after": lambda: [draft_without("TN", starts=date(2020, 4, 29))],
    "countries come and go on the session's day": lambda: [norway_in(date(2020, 4, 28))],
    "countries come and go the day after": lambda: [norway_in(date(2020, 4, 29))],
    "two lists at once": lambda: [norway_in(date(2020, 4, 27)), draft_without("GR", list_key="EU")],
    "nothing changes for anybody here": lambda: [draft_without("DZ")],
}


@pytest.mark.parametrize("drafts", DRAFTS.values(), ids=DRAFTS)
def test_impact_is_what_publishing_and_judging_again_then_does(drafts, crowd):
    editions = drafts()
    before, calm = outcomes(), set(Seat.objects.filter(flagged_at=None).values_list("pk", flat=True))
    due = Seat.objects.filter(registration__state__in=["active", "unconfirmed"], outcome__gt="").exclude(
        state="cancelled"
    )
    number = due.count()

    found = impact_of(*editions)
    job = reassess_after_publishing(*editions)

    changes = {pk: (before[pk], outcome) for pk, outcome in outcomes().items() if before[pk] != outcome}
    overridden = set(Seat.objects.filter(override__isnull=False).values_list("pk", flat=True))
    assert {row.seat.pk: (row.was.value, row.now.value) for row in found.listed} == changes
    assert (found.changed, found.changed + found.unchanged) == (job.changed, number)
    assert found.became == Counter(
        Outcome(now) for pk, (_was, now) in changes.items() if pk not in overridden
    )
    assert found.overridden == len(changes.keys() & overridden)
    newly = Seat.objects.filter(flagged_at__isnull=False, pk__in=calm)
    assert {state: number for state, number in found.flags.items() if number} == Counter(
        newly.values_list("state", flat=True)
    )


def test_edition_from_the_day_after_a_session_changes_nothing_and_from_its_day_it_does(
    webinar, session, approver
):
    approve(make_registration(webinar, [session], country="TN"), approver)

    after, on_it = (impact_of(draft_without("TN", starts=date(2020, 4, day))) for day in (29, 28))

    assert (after.changed, after.unchanged, after.flagged) == (0, 1, 0)
    assert (on_it.became, on_it.unchanged, on_it.flagged) == (Counter({Outcome.NOT_ELIGIBLE: 1}), 0, 1)
    assert on_it.flags == Counter({"approved": 1})
    assert on_it.countries == Counter({("TN", Outcome.ELIGIBLE, Outcome.NOT_ELIGIBLE): 1})


def test_overridden_seat_stays_whatever_becomes_of_its_verdict(webinar, session, approver, second_approver):
    override(make_registration(webinar, [session], country="NO").seats.get(), approver, second_approver)

    found = impact_of(norway_in(date(2020, 4, 28)))

    assert (found.overridden, found.became, found.flagged) == (1, Counter(), 0)


def test_impact_writes_nothing(crowd):
    editions = [norway_in(date(2020, 4, 28))]
    tables = (Seat, ListEdition, HistoryEntry, OutgoingMail, BulkJob)
    before = [list(model.objects.order_by("pk").values()) for model in tables]

    impact_of(*editions)

    assert [list(model.objects.order_by("pk").values()) for model in tables] == before


def test_impact_lists_one_page_and_counts_all(webinar, session):
    seats = [make_registration(webinar, [session], country="TN").seats.get() for _person in range(5)]
    draft = draft_without("TN")

    pages = [impact_of(draft, listed=range(start, start + 2)) for start in (0, 2, 4)]

    assert [page.changed for page in pages] == [5, 5, 5]
    assert [[row.seat for row in page.listed] for page in pages] == [seats[:2], seats[2:4], seats[4:]]


def test_impact_asks_the_rules_once_for_each_country_type_and_day(webinar, session, monkeypatch):
    another_day = make_session(
        webinar, starts_at=session.starts_at.replace(day=29), ends_at=session.ends_at.replace(day=29)
    )
    for _person in range(3):
        make_registration(webinar, [session, another_day], country="TN")
        make_registration(webinar, [session], country="TN", organisation_type="sme")
        make_registration(webinar, [session])
    asked = []
    assess = rules.assess
    monkeypatch.setattr(
        rules, "assess", lambda country, on, *rest: asked.append((country, on)) or assess(country, on, *rest)
    )

    impact_of(draft_without("TN"))

    days = date(2020, 4, 28), date(2020, 4, 29)
    assert Counter(asked) == Counter({("TN", days[0]): 2, ("TN", days[1]): 1, ("BE", days[0]): 1})


@pytest.mark.parametrize("count", [1, 3])
def test_impact_takes_a_fixed_number_of_queries(webinar, session, count, django_assert_num_queries):
    for _person in range(count):
        make_registration(webinar, [session], country="TN")
    prospect = if_published(editions=[draft_without("TN").pk], rules=[])

    with django_assert_num_queries(2):
        assert services.verdicts.impact_of(prospect, now=NOW, listed=ALL).changed == count
