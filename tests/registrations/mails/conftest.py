import os
import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from eligibility.rules import EntryRef, Outcome, Step, StepCode, Verdict
from registrations.models import Registration, Seat, WebinarSession
from tests.registrations.factories import make_registration, make_session, make_undated_session, make_webinar

SNAPSHOTS = Path(__file__).parent.parent / "mail_snapshots"
MADE = datetime(2020, 4, 1, 12, 0, tzinfo=UTC)
LIST = {"title": "Member States", "edition": "EU-27", "source": "Treaty", "url": "https://example.eu/eu"}
VERDICT = Verdict(
    outcome=Outcome.ELIGIBLE,
    country="BE",
    on=date(2020, 4, 28),
    publication=1,
    rule="INV",
    editions=("EU-27",),
    entry=EntryRef("EU-27", "BE"),
    territory=None,
    steps=(
        Step(StepCode.EDITION_IN_FORCE, {**LIST, "list": "EU", "starts": "2020-02-01", "ends": ""}),
        Step(StepCode.LISTED, {**LIST, "country": "BE", "confidence": "A", "source": "", "url": ""}),
    ),
)


@pytest.fixture
def snapshot(request):
    """Compare text with the file of this test's id; UPDATE_SNAPSHOTS=1 writes it, to be read as a reader would."""

    def compare(text):
        path = SNAPSHOTS / f"{re.sub(r'[^a-z]+', '_', request.node.callspec.id)}.txt"
        if os.environ.get("UPDATE_SNAPSHOTS"):
            path.write_text(text, encoding="utf-8")
        assert text == path.read_text(encoding="utf-8")

    return compare


@pytest.fixture
def registration(settings, db):
    """Make a registration for a dated and an undated session, in which nothing is random."""
    settings.SITE_URL = "https://webinars.example.eu"
    settings.DEFAULT_FROM_EMAIL = "webinars@example.eu"
    webinar = make_webinar(
        slug="clusters", title="The industrial cluster response", decide_by=date(2020, 4, 27)
    )
    sessions = [
        make_session(webinar, title="Supply chains", uid="1" * 32, sequence=3),
        make_undated_session(webinar, title="Recovery", uid="2" * 32),
    ]
    WebinarSession.objects.update(created_at=MADE, changed_at=MADE)
    fixed = {"reference": "K7QM-2VXA", "confirm_token": "confirm-token", "manage_token": "manage-token"}
    made = make_registration(
        webinar, sessions, first_name="Ada", last_name="Kovač", email="ada@example.org", **fixed
    )
    for seat in made.seats.all():
        seat.join_token = f"join-token-{seat.session.number}"
        seat.outcome, seat.verdict_data = VERDICT.outcome, VERDICT.as_json()
        seat.save()
    return Registration.objects.select_related("webinar").get(pk=made.pk)


@pytest.fixture
def seats(registration):
    """Return the seats as services hand them over: registration, session and webinar loaded."""
    found = Seat.objects.select_related("registration__webinar", "session__webinar").order_by(
        "session__number"
    )
    return list(found.filter(registration=registration))
