"""Fixtures of the eligibility tests."""

import pytest
from django.contrib.auth.models import User

from eligibility.records import Register
from eligibility.register import current
from tests import seeds
from tests.registrations.factories import make_user


@pytest.fixture
def no_lists(db) -> None:
    """Let nothing be published."""
    seeds.remove_lists()


@pytest.fixture
def seeded(db) -> Register:
    """Return what is published: the dated files."""
    return current()


@pytest.fixture
def keeper(seeded, client) -> User:
    """Return a Rule keeper who is signed in."""
    user = make_user("keeper", "Rule keepers")
    client.force_login(user)
    return user


@pytest.fixture
def colleague(seeded) -> User:
    """Return another Rule keeper."""
    return make_user("colleague", "Rule keepers")
