"""What the tests of the desk's own pages share: staff who are signed in."""

import pytest


@pytest.fixture(autouse=True)
def _pages_are_opened_at_the_moment(at_the_moment):
    """Let every page see the moment the factories speak of."""


@pytest.fixture
def approver(approver, client):
    """Return an approver who is signed in."""
    client.force_login(approver)
    return approver


@pytest.fixture
def editor(editor, client):
    """Return an editor who is signed in."""
    client.force_login(editor)
    return editor
