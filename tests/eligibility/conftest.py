"""Fixtures of the eligibility tests."""

import pytest

from eligibility import datafiles, seeding
from eligibility.records import Register
from eligibility.register import current


@pytest.fixture
def seeded(db) -> Register:
    """Publish the dated files, and return what is then published."""
    seeding.load(datafiles.read())
    return current()
