"""Joining in a real browser: what the policy lets the form lead to, and the local time beside Brussels'."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

LET_SOMEBODY_JOIN = """
from datetime import timedelta
from django.contrib.auth.models import User
from django.utils import timezone
from registrations import services
from registrations.models import Seat, Webinar, WebinarSession
from registrations.services.webinars import seeding
from registrations.states import Move
from tests.registrations import at_sight
now = timezone.now()
seeding.seed_registrations(Webinar.objects.get(), 1, now=now)
seat = Seat.objects.filter(session__number=1).latest("pk")
decision = services.decisions.Decision(move=Move.APPROVE, by=User.objects.get(username="approver"), now=now)
at_sight.decide_seats(seat.registration_id, seat_ids=[seat.pk], decision=decision)
start = now + timedelta(minutes=5)
services.sessions.reschedule_session(
    seat.session_id, starts_at=start, ends_at=start + timedelta(hours=1), by=decision.by, now=now
)
print(seat.join_token)
"""
WAS_JOINED = """
from registrations.models import Seat
from tests.registrations import at_sight
print(Seat.objects.exclude(joined_at=None).count())
"""


@pytest.fixture
def page(browser, site):
    """Open a window in Tokyo, for which WebEx is a local answer."""
    context = browser.new_context(base_url=site.base_url, timezone_id="Asia/Tokyo")
    context.route("https://*.webex.com/**", lambda route: route.fulfill(body="Welcome to WebEx"))
    yield context.new_page()
    context.close()


OPEN_LATER = """
from datetime import datetime, timedelta
from django.contrib.auth.models import User
from django.utils import timezone
from registrations import services
from registrations.models import Seat
now = timezone.now()
seat = Seat.objects.exclude(decided_by=None).latest("pk")
start = (now + timedelta(days=3)).replace(hour=10, minute=0, second=0, microsecond=0)
services.sessions.reschedule_session(
    seat.session_id, starts_at=start, ends_at=start + timedelta(hours=1), by=seat.decided_by, now=now
)
print(seat.join_token)
"""


def test_the_button_leads_into_the_meeting(page, site):
    token = site.python(LET_SOMEBODY_JOIN).strip()

    page.goto(f"/join/{token}/")
    expect(page.get_by_text("in your time zone, Japan Standard Time)")).to_be_visible()
    before = site.python(WAS_JOINED).strip()
    page.get_by_role("button", name="Join the meeting").click()

    expect(page.get_by_text("Welcome to WebEx")).to_be_visible()
    expect(page).to_have_url(
        "https://sample-not-a-real-meeting.webex.com/sample/j.php?MTID=m00000000000000000000000000000000"
    )
    assert (before, site.python(WAS_JOINED).strip()) == ("0", "1")


def test_the_opening_is_told_in_the_readers_own_time(page, site):
    site.python(LET_SOMEBODY_JOIN)
    token = site.python(OPEN_LATER).strip()

    page.goto(f"/join/{token}/")

    # 9:45 in UTC, a quarter of an hour before the start
    expect(page.locator(".notice .own-time")).to_have_text(" (18:45 in your time zone, Japan Standard Time)")
