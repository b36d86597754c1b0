"""`manage.py purge_personal_data`."""

import pytest
import time_machine
from django.core.management import call_command

from registrations.models import Registration
from tests.registrations.factories import ENDS, make_registration, make_session, make_webinar

pytestmark = pytest.mark.django_db

KEPT = """\
what people need to take part: period not established, nothing is deleted
questions for the discussion: {questions}
what mails said: period not established, nothing is deleted
people without a place: rejected, withdrawn, not decided: period not established, nothing is deleted
people who had a place: period not established, nothing is deleted
registrations whose address was never confirmed: 0 {done} (after 30 days)
new addresses that were never confirmed: 0 {done} (after 30 days)
mails as they were sent: 0 {done} (after 14 days)
calendar answers that could not be placed: 0 {done} (after 30 days)
people in attendance reports whom nobody knew: period not established, nothing is deleted
"""


@pytest.fixture
def asked(settings):
    """Let somebody have asked a question, whose period of a day is over."""
    settings.RETENTION = settings.RETENTION | {"questions": (1, "a record")}
    webinar = make_webinar()
    with time_machine.travel(ENDS.replace(year=2021), tick=False):
        yield make_registration(webinar, [make_session(webinar)], question="Why?")


def test_purge_deletes_what_is_due_and_says_what_is_not_established(asked, capsys):
    call_command("purge_personal_data")

    said = capsys.readouterr()
    assert said.out == KEPT.format(questions="1 deleted (after 1 days)", done="deleted")
    assert said.err == "The privacy statement en 1 does not name a period of 1 days (a record).\n"
    assert Registration.objects.get().question == ""


def test_dry_run_only_counts(asked, capsys):
    call_command("purge_personal_data", "--dry-run")

    assert capsys.readouterr().out == KEPT.format(questions="1 to delete (after 1 days)", done="to delete")
    assert Registration.objects.get().question == "Why?"
