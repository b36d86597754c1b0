"""What the tests of the public pages share: somebody who registered, and what a browser sends."""

from datetime import timedelta

import pytest
import time_machine

from registrations.forms import Gate
from tests.registrations.factories import NOW, make_registration


@pytest.fixture(autouse=True)
def _pages_are_opened_at_the_moment(at_the_moment):
    """Let every page see the moment the factories speak of."""


@pytest.fixture
def registration(webinar, session, later_session):
    return make_registration(webinar, [session, later_session], email="ada@example.org")


@pytest.fixture
def opened():
    """Return the stamp of a page that was opened a minute ago."""
    with time_machine.travel(NOW - timedelta(minutes=1), tick=False):
        return Gate()["opened"].field.widget.format_value(None)


@pytest.fixture
def answers(session, opened):
    """Return what a browser sends for a valid form."""
    return {
        "first_name": "Zoë",
        "last_name": "O'Neill",
        "email": "zoe@example.org",
        "organisation": "Cluster Süd",
        "organisation_type": "cluster_organisation",
        "country": "DE",
        "sessions": [session.pk],
        "privacy_acknowledged": "on",
        "language": "en",  # asked for where the answers are changed
        "opened": opened,
    }
