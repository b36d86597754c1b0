"""Nothing is lost when processes die: 100 invitations, killed in the middle."""

import urllib.request

import pytest

from tests.running_site import RunningSite, wait_until

pytestmark = pytest.mark.long

PEOPLE = 100
BEGUN = 10  # mails that have arrived when the blow falls

APPROVE_ALL = """
from django.contrib.auth.models import User
from django.utils import timezone
from registrations import services
from registrations.models import Seat
from registrations.states import Move
from tests.registrations import at_sight

seats = Seat.objects.filter(state="requested", session__number=1)
assert seats.count() == {people}, seats.count()
decision = services.decisions.Decision(move=Move.APPROVE, by=User.objects.get(username="approver"), reason="", now=timezone.now())
job = at_sight.start_bulk_decision(list(seats.values_list("pk", flat=True)), decision=decision)
services.jobs.release_job(job.pk, by=decision.by, now=timezone.now())
"""
LET_LEASES_RUN_OUT = """
from django.utils import timezone
from registrations.models import OutgoingMail
OutgoingMail.objects.filter(state="sending").update(due_at=timezone.now())
"""


@pytest.mark.parametrize("blow", [RunningSite.kill_worker, RunningSite.kill_everything])
def test_every_mail_of_a_fan_out_arrives_once_after_a_kill(site, blow):
    before = {mail["Message-ID"] for mail in site.mails()}
    everybody = len(before) + PEOPLE
    site.manage("seed_registrations", str(PEOPLE))

    site.python(APPROVE_ALL.format(people=PEOPLE))
    wait_until(lambda: site.count_mails() >= len(before) + BEGUN, 60, site.log)
    blow(site)
    arrived_by_the_blow = site.count_mails() - len(before)
    if not site.is_running():
        site.start()

    # Staff may be mailed meanwhile that something waits, so there can be a few more.
    wait_until(lambda: count_mails(site, "sent") + count_mails(site, "sending") >= everybody, 90, site.log)
    site.python(LET_LEASES_RUN_OUT)  # instead of two minutes' waiting
    wait_until(lambda: count_mails(site, "waiting") == count_mails(site, "sending") == 0, 90, site.log)
    new = [mail for mail in site.mails() if mail["Message-ID"] not in before]
    mails = [mail for mail in new if mail["To"].startswith("sample.person.")]
    assert arrived_by_the_blow < PEOPLE, "The blow came too late to prove anything."
    assert (
        len({mail["Message-ID"] for mail in mails})
        == len({mail["To"] for mail in mails})
        == len(mails)
        == PEOPLE
    )


def count_mails(site: RunningSite, state: str) -> int:
    """Return how many mails are in this state, as /metrics says."""
    with urllib.request.urlopen(f"{site.base_url}/metrics") as answer:
        numbers = dict(line.rsplit(" ", 1) for line in answer.read().decode().splitlines() if line[0] != "#")
    return int(float(numbers[f'webinar_mails{{state="{state}"}}']))
