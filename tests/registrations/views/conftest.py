"""What the tests of the public pages share: a moment, a webinar with two sessions, somebody who registered."""

import pytest
import time_machine

from tests.registrations.factories import (
    NOW,
    make_registration,
    make_session,
    make_undated_session,
    make_user,
    make_webinar,
)


@pytest.fixture(autouse=True)
def at_the_moment():
    """Stop the clock at the moment the factories speak of."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def webinar(db):
    return make_webinar(slug="clusters", title="Clusters respond")


@pytest.fixture
def session(webinar):
    return make_session(webinar)


@pytest.fixture
def later_session(webinar, session):
    return make_undated_session(webinar)


@pytest.fixture
def registration(webinar, session, later_session):
    return make_registration(webinar, [session, later_session], email="ada@example.org")


@pytest.fixture
def approver(db):
    return make_user("approver", "Approvers")


@pytest.fixture
def answers(session):
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
    }
