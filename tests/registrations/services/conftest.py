"""What the tests of services share."""

import pytest

from tests.registrations.factories import make_session, make_undated_session, make_user, make_webinar


@pytest.fixture
def webinar():
    return make_webinar()


@pytest.fixture
def session(webinar):
    return make_session(webinar)


@pytest.fixture
def later_session(webinar, session):
    return make_undated_session(webinar)


@pytest.fixture
def approver():
    return make_user("approver", "Approvers")


@pytest.fixture
def second_approver():
    return make_user("approver2", "Approvers")


@pytest.fixture
def editor():
    return make_user("editor", "Editors")
