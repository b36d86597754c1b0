"""The table of reasons."""

import pytest
from django.db import IntegrityError, transaction

from registrations.models import REASONS, ReasonCode, Seat, reason_in_words
from registrations.models.reasons import REASON_SENTENCES
from registrations.states import Move
from tests.registrations.factories import make_registration


def test_every_reason_has_its_sentence_and_goes_with_a_decision():
    assert set(REASON_SENTENCES) == set(ReasonCode) == {code for codes in REASONS.values() for code in codes}


def test_own_wish_is_no_reason_to_reject():
    assert set(REASONS[Move.CANCEL]) - set(REASONS[Move.REJECT]) == {ReasonCode.WISH}


@pytest.mark.parametrize(
    ("code", "words", "read"),
    [
        ("", "", []),
        ("", "  Too late. ", ["Too late."]),
        ("full", "", ["All places in this session are taken."]),
        (
            "twice",
            "See your other mail.",
            ["You are registered twice; your other registration goes on.", "See your other mail."],
        ),
    ],
    ids=["no reason", "words", "code", "both"],
)
def test_reason_is_read_as_a_sentence_and_the_words(code, words, read):
    assert reason_in_words(code, words) == read


def test_reason_that_is_not_in_the_table_is_no_reason():
    with pytest.raises(ValueError, match="weather"):
        reason_in_words("weather", "")


def test_the_database_refuses_a_reason_that_is_not_in_the_table(webinar, session):
    seat = make_registration(webinar, [session]).seats.get()

    with pytest.raises(IntegrityError, match="seat_reason_is_known"), transaction.atomic():
        Seat.objects.filter(pk=seat.pk).update(reason_code="weather")
