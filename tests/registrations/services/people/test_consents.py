"""Consents are given and withdrawn one by one, under words that can be shown again."""

import pytest

from registrations import services
from registrations.models import HistoryEntry, LegalText, Registration, Seat
from registrations.models.legal_texts import text_digest
from registrations.states import RegistrationState
from tests.registrations.factories import NOW, make_registration

pytestmark = pytest.mark.django_db
CONSENTS = ("share_contact", "contact_me")


def words():
    """Return the newest consents."""
    return LegalText.objects.current(LegalText.Kind.CONSENTS, "en")


def reword(body="Name me.\n\nMail me.\n"):
    """Publish other words of the consents."""
    newest = words()
    return LegalText.objects.create(
        kind="consents", language="en", version=newest.version + 1, body=body, sha256=text_digest(body)
    )


@pytest.fixture
def ada(webinar, session):
    return make_registration(
        webinar, [session], share_contact=True, consent_text=words(), privacy_acknowledged_at=NOW
    )


def states(registration):
    registration.refresh_from_db()
    return [getattr(registration, name) for name in CONSENTS]


@pytest.mark.parametrize("consent", CONSENTS)
def test_consent_is_given_and_withdrawn_and_both_are_recorded(webinar, consent):
    ada = make_registration(webinar)

    services.people.set_consent(ada.pk, consent=consent, text_id=words().pk, now=NOW)
    given = states(ada)
    services.people.set_consent(ada.pk, consent=consent, text_id=None, now=NOW)

    assert (given, states(ada)) == ([name == consent for name in CONSENTS], [False, False])
    assert list(HistoryEntry.objects.order_by("pk").values_list("action", "actor", "facts")) == [
        ("consent_changed", "person", {"consent": consent, "given": True, "text": words().pk}),
        ("consent_changed", "person", {"consent": consent, "given": False, "text": None}),
    ]


def test_what_is_so_already_is_not_recorded(ada):
    services.people.set_consent(ada.pk, consent="share_contact", text_id=words().pk, now=NOW)
    services.people.set_consent(ada.pk, consent="contact_me", text_id=None, now=NOW)

    assert not HistoryEntry.objects.exists()


def test_withdrawing_counts_at_once_for_lists_that_others_read(ada, approver):
    export = services.reports.Export(
        seats=Seat.objects.all(),
        columns=("reference",),
        format="csv",
        headings={},
        filters={},
        named_only=True,
    )
    before = list(services.reports.export_seats(export, by=approver, now=NOW))

    services.people.set_consent(ada.pk, consent="share_contact", text_id=None, now=NOW)

    assert before == [["Reference"], [ada.reference]]
    assert list(services.reports.export_seats(export, by=approver, now=NOW)) == [["Reference"]]


def test_consent_is_shown_with_the_words_it_was_given_under(ada):
    old, new = words(), reword()

    shared, contact = services.people.consents_of(ada, "en")

    assert (shared.is_given, shared.since, shared.text, shared.words) == (
        True,
        NOW,
        old,
        old.paragraphs[0],
    )
    assert (contact.is_given, contact.since, contact.text, contact.words) == (False, NOW, new, "Mail me.")


def test_consent_given_later_is_shown_with_its_own_words_and_moment(ada):
    new = reword()
    later = NOW.replace(day=21)

    services.people.set_consent(ada.pk, consent="contact_me", text_id=new.pk, now=later)

    shared, contact = services.people.consents_of(Registration.objects.get(), "en")
    assert (shared.text.version, contact.text, contact.since) == (1, new, later)


def test_consents_of_somebody_who_was_never_asked(webinar):
    ada = make_registration(webinar, kind="guest")

    assert [(consent.is_given, consent.since) for consent in services.people.consents_of(ada, "en")] == [
        (False, None)
    ] * 2


@pytest.mark.parametrize("entries", [1, 3])
def test_consents_take_the_same_queries_however_often_they_changed(ada, django_assert_num_queries, entries):
    for _number in range(entries):
        services.people.set_consent(ada.pk, consent="contact_me", text_id=words().pk, now=NOW)
        services.people.set_consent(ada.pk, consent="contact_me", text_id=None, now=NOW)

    with django_assert_num_queries(2):
        services.people.consents_of(ada, "en")


def test_words_that_are_not_the_newest_are_refused(ada):
    old = words()
    reword()

    with pytest.raises(services.errors.TextChanged):
        services.people.set_consent(ada.pk, consent="contact_me", text_id=old.pk, now=NOW)

    assert states(ada) == [True, False]


def test_the_privacy_statement_is_no_consent(ada):
    statement = LegalText.objects.get(kind=LegalText.Kind.PRIVACY)

    with pytest.raises(services.errors.TextChanged):
        services.people.set_consent(ada.pk, consent="contact_me", text_id=statement.pk, now=NOW)


def test_whoever_has_withdrawn_can_still_withdraw_a_consent_but_give_none(ada):
    Registration.objects.update(state=RegistrationState.WITHDRAWN)

    services.people.set_consent(ada.pk, consent="share_contact", text_id=None, now=NOW)
    with pytest.raises(services.errors.RegistrationEnded):
        services.people.set_consent(ada.pk, consent="share_contact", text_id=words().pk, now=NOW)

    assert states(ada) == [False, False]


@pytest.mark.parametrize(
    "state", [RegistrationState.UNCONFIRMED, RegistrationState.EXPIRED, RegistrationState.ERASED]
)
def test_nobody_else_has_consents_to_change(webinar, state):
    ada = make_registration(webinar)
    Registration.objects.update(
        state=state,
        **dict.fromkeys(("title", "first_name", "last_name", "email", "organisation", "search_key"), ""),
    )

    with pytest.raises(services.errors.RegistrationEnded):
        services.people.set_consent(ada.pk, consent="contact_me", text_id=None, now=NOW)
