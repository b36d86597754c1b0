"""What the tests of services share: people of one session, chunks of two, a session with few places."""

import pytest

from registrations.services.jobs import runner
from registrations.states import Move
from tests.registrations.factories import decide, make_registration


@pytest.fixture
def many(webinar, session):
    return [make_registration(webinar, [session]) for _number in range(5)]


@pytest.fixture
def small_chunks(monkeypatch):
    monkeypatch.setattr(runner, "CHUNK", 2)
    monkeypatch.setattr(runner, "PAUSE", 0)


@pytest.fixture
def two_places(session):
    session.capacity = 2
    session.save()
    return session


@pytest.fixture
def full(webinar, two_places, approver):
    """Let two people have the places, and two more be on the waiting list; the fifth is not decided about."""
    people = [make_registration(webinar, [two_places]) for _number in range(5)]
    for person, move in zip(people, [Move.APPROVE] * 2 + [Move.WAITLIST] * 2, strict=False):
        decide(person, approver, move)
    return people
