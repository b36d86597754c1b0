"""`manage.py reassess_registrations`."""

import pytest
from django.core.management import call_command

from registrations.models import Seat
from tests.registrations.factories import make_registration, make_session, make_webinar

pytestmark = pytest.mark.django_db


@pytest.fixture
def outdated():
    webinar = make_webinar()
    registration = make_registration(webinar, [make_session(webinar)])
    registration.seats.update(publication_number=0, outcome="review")
    return registration.seats.get()


def test_reassess_registrations_judges_what_is_due(outdated, capsys):
    call_command("reassess_registrations")
    call_command("reassess_registrations")

    outdated.refresh_from_db()
    assert (outdated.outcome, outdated.publication_number) == ("eligible", 1)
    assert capsys.readouterr().out == (
        "Re-assessed 1 seats; the verdict of 1 changed.\n0 seats are due for re-assessment.\n"
    )


def test_reassess_registrations_dry_run_only_counts(outdated, capsys):
    call_command("reassess_registrations", "--dry-run")

    assert Seat.objects.get().publication_number == 0
    assert capsys.readouterr().out == "1 seats are due for re-assessment.\n"
