"""What the tests of the desk's own pages share: a moment, a webinar with two sessions, staff signed in."""

import pytest
import time_machine

from tests.registrations.factories import NOW, make_session, make_undated_session, make_user, make_webinar


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
def approver(db, client):
    """Return an approver who is signed in."""
    user = make_user("approver", "Approvers")
    client.force_login(user)
    return user


@pytest.fixture
def second_approver(db):
    return make_user("approver2", "Approvers")


@pytest.fixture
def editor(db, client):
    """Return an editor who is signed in."""
    user = make_user("editor", "Editors")
    client.force_login(user)
    return user
