"""The mails of a decision before it is taken."""

import pytest

from registrations import services
from registrations.mails.editor_texts import MailWords
from registrations.models import HistoryEntry, MailKind, MailText, OutgoingMail, Seat
from registrations.states import Move
from tests.registrations.factories import NOW, approve, decide, drain, make_registration

pytestmark = pytest.mark.django_db


def decision(move, by, **why):
    return services.decisions.Decision(move=move, by=by, now=NOW, **why)


def example(registration, *args, **why):
    seat = registration.seats.get()
    return services.decisions.example_mails([seat.pk], decision=decision(*args, **why))[seat.pk].mail


def as_sent(registration):
    """Return subject and text of the last mail to somebody, as it is sent, without the tokens of personal links."""
    last = registration.mails.select_related("registration__webinar").latest("pk")
    shown = services.texts.mail_texts.preview_of(last, NOW)
    return shown.subject, shown.text


@pytest.mark.parametrize("move", [Move.APPROVE, Move.REJECT, Move.PUT_BACK, Move.CANCEL])
def test_example_is_the_very_mail_that_the_decision_sends(webinar, session, approver, move):
    registration = make_registration(webinar, [session])
    if move is not Move.APPROVE:
        approve(registration, approver)

    shown = example(registration, move, approver, reason="Because.")
    decide(registration, approver, move)

    assert (shown.subject, shown.text) == as_sent(registration)
    assert shown.appointment.sequence == registration.seats.get().told_sequence


def test_example_writes_nothing(webinar, session, approver):
    registration = make_registration(webinar, [session])
    before = Seat.objects.values().get(), type(session).objects.values().get()

    example(registration, Move.APPROVE, approver)

    assert (Seat.objects.values().get(), type(session).objects.values().get()) == before
    assert (OutgoingMail.objects.count(), HistoryEntry.objects.count()) == (0, 0)


def test_example_says_where_the_reason_will_stand(webinar, session, approver):
    registration = make_registration(webinar, [session])

    assert "The reason that staff give is written here." in example(registration, Move.REJECT, approver).text


def test_example_gives_the_reason_as_the_person_reads_it(webinar, session, approver):
    registration = make_registration(webinar, [session])

    shown = example(registration, Move.REJECT, approver, reason="Sorry.", reason_code="full")

    assert "The reason:\n\nAll places in this session are taken.\n\nSorry.\n" in shown.text


def test_example_is_written_under_the_editors_text(webinar, session, approver, editor):
    place = services.texts.TextKey(webinar.pk, MailKind.PLACE_KEPT, "en")
    services.texts.save_mail_text(
        place, MailWords("Kept", "Well: \n\n[[session]]"), seen=0, by=editor, now=NOW
    )
    type(session).objects.update(starts_at=None, ends_at=None)
    registration = make_registration(webinar, [session])

    shown = example(registration, Move.APPROVE, approver)

    assert (shown.subject, "Well:" in shown.text, shown.appointment) == ("Kept", True, None)


def test_text_that_does_not_fit_its_kind_makes_no_example_as_it_makes_no_mail(
    webinar, session, approver, editor
):
    words = {"subject": "No", "body": "Nothing of what it has to say."}
    MailText.objects.create(
        webinar=webinar, kind="rejected", language="en", version=1, created_at=NOW, created_by=editor, **words
    )
    registration = make_registration(webinar, [session])

    shown = example(registration, Move.REJECT, approver, reason="Because.")
    decide(registration, approver, Move.REJECT)
    drain()

    assert shown is None
    assert registration.mails.get().state == "failed"


def test_who_is_skipped_has_no_example(webinar, session, approver):
    seat = make_registration(webinar, [session], country="NO").seats.get()

    assert services.decisions.example_mails([seat.pk], decision=decision(Move.APPROVE, approver)) == {}


@pytest.mark.parametrize("count", [1, 3])
def test_examples_take_a_fixed_number_of_queries(
    webinar, session, approver, count, django_assert_num_queries
):
    seats = [make_registration(webinar, [session]).seats.get().pk for _number in range(count)]

    with django_assert_num_queries(2):
        found = services.decisions.example_mails(seats, decision=decision(Move.APPROVE, approver))

    assert len(found) == count
