"""What can wait: every key leads to a list of the desk that takes its filters."""

import pytest

from registrations.waiting import Waiting, list_of
from tests.registrations.factories import NOW, make_user

ABOUT = {"session": 1, "user": 1, "kinds": "decision,import", "now": NOW.isoformat()}


@pytest.mark.parametrize("what", Waiting)
def test_list_of_what_waits_opens(what, client, webinar, session):
    user = make_user("root")
    user.is_superuser = True
    user.save()
    client.force_login(user)

    response = client.get(list_of(what, **ABOUT))

    assert (response.status_code, "cl" in response.context) == (200, True)  # else it had sent us away
