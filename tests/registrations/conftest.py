"""What the tests of registrations share: a moment, a webinar with two sessions, staff."""

import pytest
import time_machine
from django.db.models import QuerySet

from registrations.models import LegalText
from tests.registrations.factories import NOW, make_session, make_undated_session, make_user, make_webinar


@pytest.fixture
def at_the_moment():
    """Stop the clock at the moment the factories speak of."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def no_legal_texts(db):
    """Let there be no privacy statement and no consents."""
    QuerySet(LegalText).delete()


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
def approver(db):
    return make_user("approver", "Approvers")


@pytest.fixture
def second_approver(db):
    return make_user("approver2", "Approvers")


@pytest.fixture
def editor(db):
    return make_user("editor", "Editors")
