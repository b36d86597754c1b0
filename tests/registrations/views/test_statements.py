"""How many statements each request of one registration takes, for one session and for two: a new query shows here."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.http.response import HttpResponseBase
from django.test import Client
from django.test.utils import CaptureQueriesContext

from registrations.models import LegalText, Registration
from tests.registrations.factories import approve

pytestmark = pytest.mark.django_db

FORM = "/webinars/clusters/register/"
AROUND = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE SAVEPOINT")  # what begins and ends a transaction
LOCK = 1 if connection.vendor == "postgresql" else 0  # of the address; SQLite writes one after the other
STATEMENTS = {
    ("the form", 200): 1,
    ("the form sent", 307): 9 + LOCK,
    ("the page that answers", 200): 1,
    ("the link", 200): 2,
    ("the button", 302): 7,
    ("the own page", 200): 5,
    ("the calendar file", 200): 1,
    ("the calendar file that did not change", 304): 1,
}


def statements(request: Callable[[], HttpResponseBase]) -> tuple[HttpResponseBase, int]:
    with CaptureQueriesContext(connection) as queries:
        response = request()
    said = [query["sql"].lstrip() for query in queries.captured_queries]
    return response, sum(not sql.startswith(AROUND) for sql in said)


@pytest.mark.parametrize("count", [1, 2])
def test_requests_of_a_registration_take_so_many_statements(session, later_session, answers, approver, count):
    client = Client()  # which sends a page without opening it before
    shown = {f"{kind}_text": text.pk for kind, text in LegalText.objects.shown("en").items()}
    data = {**answers, **shown, "sessions": [session.pk, later_session.pk][:count]}
    taken = {}

    def ask(page, request):
        response, number = statements(request)
        taken[page, response.status_code] = number
        return response

    client.get(FORM)  # draws it, and reads lists and texts
    ask("the form", lambda: client.get(FORM))
    ask("the form sent", lambda: client.post(FORM, data))
    ask("the page that answers", lambda: client.post(f"{FORM}done/", data))
    registration = Registration.objects.get()
    link, own = f"/confirm/{registration.confirm_token}/", f"/r/{registration.manage_token}/"
    ask("the link", lambda: client.get(link))
    ask("the button", lambda: client.post(link))
    ask("the own page", lambda: client.get(own))
    approve(registration, approver)
    file = f"{own}sessions/1.ics"
    tag = ask("the calendar file", lambda: client.get(file)).headers["ETag"]
    ask(
        "the calendar file that did not change",
        lambda: client.get(file, headers={"If-None-Match": tag}),
    )

    assert taken == STATEMENTS
