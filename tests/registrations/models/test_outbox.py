"""Which mails each named query finds."""

import itertools
from datetime import timedelta

import pytest

from registrations.models import OutgoingMail
from tests.registrations.factories import NOW, make_registration

pytestmark = pytest.mark.django_db
State = OutgoingMail.State
numbers = itertools.count(1)


def mail(registration=None, **columns):
    number = next(numbers)
    values = {
        "kind": "manage_link",
        "recipient": registration.email if registration else "staff@example.eu",
        "language": "en",
        "facts": {},
        "dedupe_key": f"key {number}",
        "message_id": f"<{number}@example.eu>",
        "created_at": NOW,
        **columns,
    }
    return OutgoingMail.objects.create(registration=registration, **values)


def test_every_mail_is_either_finished_or_not():
    unfinished = [mail(due_at=NOW), mail(due_at=NOW, state=State.SENDING)]
    finished = [mail(state=state) for state in set(State) - {State.WAITING, State.SENDING}]

    assert set(OutgoingMail.objects.unfinished()) == set(unfinished)
    assert set(OutgoingMail.objects.finished()) == set(finished)


def test_taken_by_a_server_is_what_was_tried_and_can_come_back():
    tried = {state: mail(state=state, attempts=1) for state in State}
    mail(state=State.WAITING, attempts=0)

    assert set(OutgoingMail.objects.taken_by_a_server()) == {
        row for state, row in tried.items() if state not in (State.DROPPED, State.WITHHELD)
    }


def test_with_calendar_part_is_what_carries_a_sequence():
    appointment = mail(facts={"calendar": {"sequence": 0, "method": "REQUEST"}})
    mail(facts={"calendar": None})
    mail(facts={})

    assert list(OutgoingMail.objects.with_calendar_part()) == [appointment]


@pytest.mark.parametrize(
    ("person", "columns", "could_be_sent"),
    [
        ("active", {}, True),
        ("unconfirmed", {}, True),
        ("withdrawn", {}, False),
        ("active", {"recipient": "old@example.org"}, False),
        ("active", {"state": State.FAILED}, False),
    ],
    ids=["active", "still to confirm", "withdrawn", "to a former address", "failed otherwise"],
)
def test_withheld_could_still_be_sent(webinar, person, columns, could_be_sent):
    row = mail(make_registration(webinar, state=person), **{"state": State.WITHHELD, **columns})

    assert list(OutgoingMail.objects.withheld()) == [row] * could_be_sent


def test_returned_lately_is_of_the_last_hour():
    hour = timedelta(hours=1)
    late = mail(state=State.RETURNED, returned_at=NOW - hour + timedelta(seconds=1))
    mail(state=State.RETURNED, returned_at=NOW - hour)
    mail(state=State.BOUNCED, returned_at=NOW)

    assert list(OutgoingMail.objects.returned_lately(NOW)) == [late]
