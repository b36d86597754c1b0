"""What a person does."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import translation

from registrations import services
from registrations.models import (
    HistoryEntry,
    LegalText,
    MailKind,
    OutgoingMail,
    Override,
    Registration,
    Seat,
)
from registrations.states import Move
from tests.registrations import at_sight
from tests.registrations.factories import (
    ENDS,
    NOW,
    STARTS,
    approve,
    kinds,
    make_registration,
    make_session,
    make_webinar,
)

pytestmark = pytest.mark.django_db


def submission(*sessions, **fields):
    values = {
        "first_name": "Zoë",
        "last_name": "Ortíz",
        "email": "zoe@example.org",
        "organisation": "Cluster Süd",
        "organisation_type": "cluster_organisation",
        "country": "DE",
        "sessions": tuple(session.pk for session in sessions),
        **fields,
    }
    return services.people.Submission(**values)


def answers_of(registration, *sessions, **fields):
    """Return the form as the person's own page would send it back."""
    sent = submission(*sessions, email=registration.email, country=registration.country)
    kept = {
        name: getattr(registration, name)
        for name in ("first_name", "last_name", "organisation", "organisation_type")
    }
    return replace(sent, **{**kept, **fields})


def test_register_writes_an_unconfirmed_registration_with_judged_seats(webinar, session, later_session):
    services.people.register(webinar.pk, submission=submission(session, later_session), now=NOW)

    registration = Registration.objects.get()
    keys = registration.email_key, registration.search_key, registration.person_key
    assert (registration.state, *keys) == (
        "unconfirmed",
        "zoe@example.org",
        "zoe ortiz cluster sud zoe@example.org",
        "ortiz zoe",
    )
    seats = registration.seats.values_list("session__number", "state", "outcome", "list_key", "judged_as_of")
    assert list(seats) == [
        (1, "requested", "eligible", "EU", STARTS.date()),
        (2, "requested", "eligible", "EU", STARTS.date()),
    ]
    assert all(seat.verdict.rule and seat.publication_number == 1 for seat in registration.seats.all())
    assert kinds() == [MailKind.CONFIRM_ADDRESS]
    assert list(HistoryEntry.objects.values_list("action", "actor")) == [("registered", "person")]


def test_register_keeps_which_texts_were_shown(webinar, session):
    services.people.register(webinar.pk, submission=submission(session, share_contact=True), now=NOW)

    registration = Registration.objects.get()
    assert registration.privacy_text.kind == "privacy"
    assert registration.privacy_acknowledged_at == NOW
    assert (registration.consent_text.kind, registration.share_contact, registration.contact_me) == (
        "consents",
        True,
        False,
    )


def reword(kind):
    """Publish other words of a text; return the id of the former ones."""
    old = LegalText.objects.current(kind, "en")
    LegalText.objects.create(kind=kind, language="en", version=2, body="New.", sha256="0" * 64)
    return old.pk


@pytest.mark.parametrize(
    ("kind", "column"),
    [("privacy", "privacy_text"), ("consents", "consent_text")],
    ids=["privacy", "consents"],
)
def test_register_refuses_words_that_have_changed_since_they_were_shown(webinar, session, kind, column):
    shown = reword(kind)

    with pytest.raises(services.errors.TextChanged) as refusal:
        services.people.register(webinar.pk, submission=submission(session, **{column: shown}), now=NOW)

    assert refusal.value.kind == kind
    assert not Registration.objects.exists()


def test_register_keeps_the_very_texts_that_were_shown(webinar, session):
    shown = {text.kind: text for text in LegalText.objects.all()}
    reword_in_french = {"kind": "privacy", "language": "fr", "version": 1, "body": "Fr.", "sha256": "0" * 64}
    LegalText.objects.create(**reword_in_french)
    sent = submission(
        session, language="fr", privacy_text=shown["privacy"].pk, consent_text=shown["consents"].pk
    )

    services.people.register(webinar.pk, submission=sent, now=NOW)

    registration = Registration.objects.get()
    assert (registration.privacy_text, registration.consent_text) == (shown["privacy"], shown["consents"])


def test_register_stores_access_needs_apart(webinar, session):
    services.people.register(
        webinar.pk, submission=submission(session, access_needs=("captions", "contact")), now=NOW
    )

    needs = Registration.objects.get().access_needs.order_by("measure")
    assert list(needs.values_list("measure", flat=True)) == ["captions", "contact"]


def test_register_tells_a_known_address_by_mail_only(webinar, session):
    known = make_registration(webinar, [session], email="Zoe@Example.org")

    result = services.people.register(webinar.pk, submission=submission(session, first_name="New"), now=NOW)

    assert result is None
    assert kinds() == [MailKind.ALREADY_REGISTERED]
    assert list(Registration.objects.values_list("pk", "first_name")) == [(known.pk, "Ada")]


def test_register_refuses_a_country_on_no_list_with_its_verdicts(webinar, session, later_session):
    with pytest.raises(services.errors.NotEligible) as refusal:
        services.people.register(
            webinar.pk, submission=submission(session, later_session, country="NO"), now=NOW
        )

    assert [(s.number, verdict.outcome) for s, verdict in refusal.value.verdicts] == [
        (1, "not_eligible"),
        (2, "not_eligible"),
    ]
    assert Registration.objects.count() == OutgoingMail.objects.count() == 0


def test_register_takes_a_country_on_no_list_for_a_human_look(webinar, session):
    services.people.register(
        webinar.pk, submission=submission(session, country="NO", ask_review=True), now=NOW
    )

    assert list(Seat.objects.values_list("state", "outcome")) == [("requested", "not_eligible")]


def test_register_sends_review_straight_to_staff(webinar, session):
    services.people.register(webinar.pk, submission=submission(session, country="EH"), now=NOW)

    assert list(Seat.objects.values_list("state", "outcome")) == [("requested", "review")]


def test_register_judges_by_the_pinned_day(session):
    webinar = session.webinar
    webinar.lists_as_of = STARTS.date() - timedelta(days=2)
    webinar.save()

    services.people.register(webinar.pk, submission=submission(session), now=NOW)

    assert list(Seat.objects.values_list("outcome", "judged_as_of")) == [("review", webinar.lists_as_of)]


@pytest.mark.parametrize(
    "fields",
    [{"registration_open": False}, {"registration_closes_at": NOW}],
    ids=["closed by hand", "closed by date"],
)
def test_register_refuses_when_closed(fields):
    webinar = make_webinar(**fields)
    session = make_session(webinar)

    with pytest.raises(services.errors.RegistrationClosed):
        services.people.register(webinar.pk, submission=submission(session), now=NOW)


def test_register_refuses_a_session_of_another_webinar(webinar, session):
    other = make_session(make_webinar())

    with pytest.raises(services.errors.UnknownSession):
        services.people.register(webinar.pk, submission=submission(session, other), now=NOW)


def test_register_refuses_no_session(webinar):
    with pytest.raises(services.errors.UnknownSession):
        services.people.register(webinar.pk, submission=submission(), now=NOW)


def test_register_refuses_a_session_that_is_over(webinar, session):
    with pytest.raises(services.errors.UnknownSession):
        services.people.register(webinar.pk, submission=submission(session), now=ENDS)


@pytest.mark.parametrize("count", [1, 3])
def test_register_takes_a_fixed_number_of_queries(webinar, count, django_assert_num_queries):
    sessions = [make_session(webinar) for _number in range(count)]
    services.people.register(webinar.pk, submission=submission(*sessions, email="warm@example.org"), now=NOW)

    with django_assert_num_queries(REGISTER_QUERIES):
        services.people.register(webinar.pk, submission=submission(*sessions), now=NOW)


REGISTER_QUERIES = 9 + (connection.vendor == "postgresql")  # which locks the address; two are the savepoint


def test_edit_of_a_name_leaves_decisions_alone(webinar, session, approver):
    registration = approve(make_registration(webinar, [session]), approver)

    services.people.edit(
        registration.pk, submission=answers_of(registration, session, first_name="Grace"), now=NOW
    )

    registration.refresh_from_db()
    assert (registration.first_name, registration.seats.get().state) == ("Grace", "approved")
    assert registration.search_key.startswith("grace ")
    assert "grace" in registration.person_key.split()
    assert kinds(registration) == [MailKind.INVITATION]
    assert HistoryEntry.objects.first().facts["changed"] == ["first_name"]


def test_edit_to_another_eligible_country_lets_the_decision_stand(webinar, session, approver):
    registration = approve(make_registration(webinar, [session]), approver)

    services.people.edit(registration.pk, submission=answers_of(registration, session, country="UA"), now=NOW)

    seat = registration.seats.get()
    assert (seat.state, seat.outcome, seat.verdict.country) == ("approved", "eligible", "UA")
    assert kinds(registration) == [MailKind.INVITATION]


def test_edit_to_a_country_for_review_puts_an_approved_seat_back_and_cancels(webinar, session, approver):
    registration = approve(make_registration(webinar, [session]), approver)

    services.people.edit(registration.pk, submission=answers_of(registration, session, country="EH"), now=NOW)

    seat = registration.seats.get()
    assert (seat.state, seat.outcome, seat.told_method) == ("requested", "review", "CANCEL")
    assert kinds(registration) == [MailKind.INVITATION, MailKind.PUT_BACK]


def test_edit_says_why_in_the_language_of_the_persons_mails(webinar, session, approver):
    registration = approve(make_registration(webinar, [session], language="de"), approver)
    answers = answers_of(registration, session, country="EH", language="de")

    with translation.override("fr"):
        services.people.edit(registration.pk, submission=answers, now=NOW)

    assert registration.seats.get().reason.startswith("Das Land oder ")


def test_edit_changes_the_language_of_later_mails_and_history_names_it(webinar, session):
    registration = make_registration(webinar, [session])

    services.people.edit(
        registration.pk, submission=answers_of(registration, session, language="fr", country="UA"), now=NOW
    )
    services.people.withdraw(registration.pk, now=NOW)

    entry = registration.history.get(action="edited")
    assert entry.facts["changed"] == ["country", "language"]
    assert registration.mails.get().language == "fr"


def test_edit_to_a_country_on_no_list_is_refused_and_changes_nothing(webinar, session, approver):
    registration = approve(make_registration(webinar, [session]), approver)

    with pytest.raises(services.errors.NotEligible):
        services.people.edit(
            registration.pk, submission=answers_of(registration, session, country="NO"), now=NOW
        )

    registration.refresh_from_db()
    assert (registration.country, registration.seats.get().state) == ("BE", "approved")


def test_edit_adds_a_session(webinar, session, later_session):
    registration = make_registration(webinar, [session])

    services.people.edit(
        registration.pk, submission=answers_of(registration, session, later_session), now=NOW
    )

    assert list(registration.seats.values_list("session__number", "state", "outcome")) == [
        (1, "requested", "eligible"),
        (2, "requested", "eligible"),
    ]


@pytest.mark.parametrize(("country", "left"), [("US", 0), ("NO", 1)], ids=["another", "the same"])
def test_edit_to_another_country_ends_an_override_that_waits(country, left, webinar, session, approver):
    registration = make_registration(webinar, [session], country="NO", ask_review=True)
    at_sight.request_override(registration.seats.get().pk, by=approver, reason="Norway speaks.", now=NOW)

    answers = replace(answers_of(registration, session), country=country, ask_review=True, first_name="Eve")
    services.people.edit(registration.pk, submission=answers, now=NOW)

    assert Override.objects.count() == left


def test_edit_drops_a_session_and_takes_it_out_of_the_calendar(webinar, session, later_session, approver):
    registration = approve(make_registration(webinar, [session, later_session]), approver)

    services.people.edit(registration.pk, submission=answers_of(registration, later_session), now=NOW)

    assert list(registration.seats.values_list("session__number", "state", "told_method")) == [
        (1, "cancelled", "CANCEL"),
        (2, "approved", ""),
    ]
    assert kinds(registration) == [MailKind.INVITATION, MailKind.PLACE_KEPT, MailKind.WITHDRAWN]


def test_edit_takes_a_dropped_session_again(webinar, session, later_session):
    registration = make_registration(webinar, [session, later_session])
    services.people.edit(registration.pk, submission=answers_of(registration, later_session), now=NOW)

    services.people.edit(
        registration.pk, submission=answers_of(registration, session, later_session), now=NOW
    )

    assert [seat.state for seat in registration.seats.all()] == ["requested", "requested"]


def test_edit_takes_the_reason_away_when_a_cancelled_session_is_asked_for_again(
    webinar, session, later_session, approver
):
    registration = make_registration(webinar, [session, later_session])
    seat = registration.seats.get(session=session)
    decision = services.decisions.Decision(
        move=Move.CANCEL, by=approver, now=NOW, reason="Sorry.", reason_code="wish"
    )
    at_sight.decide_seats(registration.pk, seat_ids=[seat.pk], decision=decision)

    services.people.edit(
        registration.pk, submission=answers_of(registration, session, later_session), now=NOW
    )

    seat.refresh_from_db()
    assert (seat.state, seat.reason_code, seat.reason) == ("requested", "", "")


def test_edit_without_a_change_writes_nothing(webinar, session):
    registration = make_registration(webinar, [session])

    services.people.edit(registration.pk, submission=answers_of(registration, session), now=NOW)

    assert HistoryEntry.objects.count() == OutgoingMail.objects.count() == 0


def test_edit_refuses_after_withdrawal(webinar, session):
    registration = make_registration(webinar, [session], state="withdrawn")

    with pytest.raises(services.errors.RegistrationEnded):
        services.people.edit(
            registration.pk, submission=answers_of(registration, session, first_name="Eve"), now=NOW
        )


def test_edit_refuses_a_new_session_when_registration_is_closed(session, later_session):
    webinar = session.webinar
    registration = make_registration(webinar, [session])
    webinar.registration_open = False
    webinar.save()

    with pytest.raises(services.errors.RegistrationClosed):
        services.people.edit(
            registration.pk, submission=answers_of(registration, session, later_session), now=NOW
        )


def test_withdraw_sends_one_cancel_for_each_invitation(webinar, session, later_session, approver):
    other = make_session(webinar)
    registration = approve(make_registration(webinar, [session, later_session, other]), approver)

    services.people.withdraw(registration.pk, now=NOW)

    registration.refresh_from_db()
    assert (registration.state, registration.ended_at) == ("withdrawn", NOW)
    assert {seat.state for seat in registration.seats.all()} == {"cancelled"}
    assert kinds(registration)[3:] == [MailKind.WITHDRAWN, MailKind.WITHDRAWN]


def test_withdraw_without_an_invitation_is_confirmed_once(webinar, session, later_session):
    registration = make_registration(webinar, [session, later_session])

    services.people.withdraw(registration.pk, now=NOW)

    assert kinds(registration) == [MailKind.WITHDRAWN]


def test_withdraw_is_confirmed_where_the_calendar_was_cleared_before(webinar, session, approver):
    registration = approve(make_registration(webinar, [session]), approver)
    put_back = services.decisions.Decision(move=Move.PUT_BACK, by=approver, now=NOW, reason="Too early.")
    at_sight.decide_seats(registration.pk, seat_ids=[registration.seats.get().pk], decision=put_back)

    services.people.withdraw(registration.pk, now=NOW)

    assert kinds(registration) == ["invitation", "put_back", "withdrawn"]


def test_withdraw_twice_says_nothing_new(webinar, session):
    registration = make_registration(webinar, [session])
    services.people.withdraw(registration.pk, now=NOW)

    services.people.withdraw(registration.pk, now=NOW)

    assert kinds(registration) == [MailKind.WITHDRAWN]


def test_withdraw_refuses_before_the_address_is_proven(webinar, session):
    services.people.register(webinar.pk, submission=submission(session), now=NOW)
    unconfirmed = Registration.objects.get()

    with pytest.raises(services.errors.RegistrationEnded):
        services.people.withdraw(unconfirmed.pk, now=NOW)


def test_somebody_who_withdrew_can_register_again_and_is_invited_above_the_cancellation(
    webinar, session, approver
):
    first = approve(make_registration(webinar, [session], email="zoe@example.org"), approver)
    services.people.withdraw(first.pk, now=NOW)
    cancelled_under = first.seats.get().told_sequence

    services.people.register(webinar.pk, submission=submission(session), now=NOW)
    again = Registration.objects.get(state="unconfirmed")
    services.people.confirm(again.confirm_token, now=NOW)
    approve(again, approver)

    assert again.seats.get().told_sequence > cancelled_under


@pytest.mark.parametrize("address", ["person@example.org", "PERSON@EXAMPLE.ORG", " person@example.org "])
def test_send_links_mails_a_registered_address(webinar, session, address):
    registration = make_registration(webinar, [session], email="person@example.org")

    services.people.send_links(webinar.pk, email=address, now=NOW)

    assert kinds(registration) == [MailKind.MANAGE_LINK]


def test_send_links_within_an_hour_mails_again_only_what_is_new(webinar, session, approver):
    registration = make_registration(webinar, [session])
    for _again in range(2):
        services.people.send_links(webinar.pk, email=registration.email, now=NOW)
    approve(registration, approver)
    for _again in range(2):
        services.people.send_links(webinar.pk, email=registration.email, now=NOW)

    mails = OutgoingMail.objects.filter(kind=MailKind.MANAGE_LINK).order_by("id")
    assert [len(mail.facts["places"]) for mail in mails] == [0, 1]


@pytest.mark.parametrize("address", ["stranger@example.org", "not an address", "a@" + "x" * 300])
def test_send_links_says_nothing_of_an_unknown_address(webinar, address):
    services.people.send_links(webinar.pk, email=address, now=NOW)

    assert kinds() == []
