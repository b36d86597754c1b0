"""Several requests of one address before it is proven: sent twice, corrected, or two people behind one mailbox."""

from datetime import timedelta

import pytest

from registrations import services
from registrations.models import HistoryEntry, MailKind, OutgoingMail, Registration, WebinarSession
from registrations.services.people.confirmation import SENT_TWICE, FoundRequest, LinkState, replace_requests
from tests.registrations.factories import NOW, at_once, carry_out, kinds, make_registration
from tests.registrations.services.people.test_registration import submission

pytestmark = pytest.mark.django_db
SOON = NOW + SENT_TWICE - timedelta(seconds=1)
LATER = NOW + SENT_TWICE


def send(webinar, session, now=NOW, **answers):
    """Send the form; return the request that is there for it, or was already."""
    services.people.register(webinar.pk, submission=submission(session, **answers), now=now)
    newest = Registration.objects.latest("pk")
    Registration.objects.filter(pk=newest.pk, created_at__gt=now + timedelta(days=400)).update(created_at=now)
    newest.refresh_from_db()
    return newest


def find(request, now=NOW):
    return services.people.find_request(request.confirm_token, now=now)


@pytest.fixture
def unconfirmed(webinar, session):
    return send(webinar, session)


def test_confirm_makes_the_registration_active_and_says_so(unconfirmed):
    registration = services.people.confirm(unconfirmed.confirm_token, now=NOW)

    assert (registration.pk, registration.state, registration.confirmed_at) == (unconfirmed.pk, "active", NOW)
    assert kinds(unconfirmed) == [MailKind.CONFIRM_ADDRESS, MailKind.RECEIVED]


def test_confirm_twice_says_nothing_new(unconfirmed):
    services.people.confirm(unconfirmed.confirm_token, now=NOW)

    services.people.confirm(unconfirmed.confirm_token, now=NOW)

    assert kinds(unconfirmed) == [MailKind.CONFIRM_ADDRESS, MailKind.RECEIVED]


@pytest.mark.parametrize(
    "columns",
    [{"starts_at": NOW - timedelta(hours=2), "ends_at": NOW}, {"state": "cancelled"}],
    ids=["over", "called off, and everybody told"],
)
def test_confirm_asks_nobody_to_wait_for_a_session_that_is_over(session, unconfirmed, columns):
    WebinarSession.objects.filter(pk=session.pk).update(**columns)

    services.people.confirm(unconfirmed.confirm_token, now=NOW)

    assert unconfirmed.seats.get(session=session).state == "cancelled"
    mail = OutgoingMail.objects.get(kind=MailKind.RECEIVED)
    closed = [each["is_closed"] for each in mail.facts["sessions"]]
    assert (mail.facts["all_closed"], closed) == (True, [True])


def test_confirm_leaves_a_seat_to_the_job_that_tells_of_a_session_called_off(session, unconfirmed, editor):
    services.sessions.cancel_session(session.pk, reason="A strike.", by=editor, now=NOW)

    services.people.confirm(unconfirmed.confirm_token, now=NOW)
    carry_out()

    assert unconfirmed.seats.get(session=session).state == "cancelled"
    assert kinds(unconfirmed)[-1] == MailKind.SESSION_CANCELLED


@pytest.mark.parametrize("late", [timedelta(0), timedelta(seconds=1)], ids=["in time", "too late"])
def test_confirm_runs_out_after_seven_days(unconfirmed, late):
    now = NOW + services.people.CONFIRM_WITHIN + late

    if late:
        with pytest.raises(services.errors.RequestNotWaiting):
            services.people.confirm(unconfirmed.confirm_token, now=now)
    else:
        assert services.people.confirm(unconfirmed.confirm_token, now=now).is_active


@pytest.mark.parametrize(
    "do", [services.people.confirm, services.people.find_request], ids=["confirm", "find"]
)
def test_a_forged_link_leads_nowhere(do, db):
    with pytest.raises(services.errors.LinkNotValid):
        do("forged", now=NOW)


def test_a_link_leads_nowhere_after_erasure(unconfirmed):
    services.privacy.erase(unconfirmed.pk, now=NOW)

    with pytest.raises(services.errors.LinkNotValid):
        find(unconfirmed)


def test_sweep_lets_unconfirmed_registrations_expire(unconfirmed):
    services.sweep.run(NOW + services.people.CONFIRM_WITHIN + timedelta(seconds=1))

    unconfirmed.refresh_from_db()
    assert unconfirmed.state == "expired"
    assert kinds() == [MailKind.CONFIRM_ADDRESS]


def test_what_is_sent_twice_is_one_request_and_one_mail(webinar, session, unconfirmed):
    again = [send(webinar, session, now=SOON) for _click in range(2)]

    assert again == [unconfirmed, unconfirmed]
    assert kinds() == [MailKind.CONFIRM_ADDRESS]
    assert HistoryEntry.objects.count() == 1


def test_what_is_sent_again_later_is_a_new_request_with_a_mail_of_its_own(webinar, session, unconfirmed):
    again = send(webinar, session, now=LATER)

    unconfirmed.refresh_from_db()
    assert (unconfirmed.state, unconfirmed.ended_at) == ("expired", LATER)
    assert find(unconfirmed, LATER) == FoundRequest(LinkState.WAITING, again, is_newer=True)
    assert kinds() == [MailKind.CONFIRM_ADDRESS] * 2
    actions = HistoryEntry.objects.order_by("id").values_list("registration", "action")
    assert list(actions) == [
        (unconfirmed.pk, "registered"),
        (unconfirmed.pk, "expired"),
        (again.pk, "registered"),
    ]


@pytest.mark.parametrize(
    "correction",
    [
        pytest.param({"country": "BE"}, id="country"),
        pytest.param({"title": "dr"}, id="title"),
        pytest.param({"question": "Why?"}, id="question"),
        pytest.param({"access_needs": ("captions",)}, id="access needs"),
        pytest.param({"share_contact": True}, id="consent"),
        pytest.param({"language": "de"}, id="language"),
        pytest.param({"email": "ZOE@example.org"}, id="spelling of the address"),
        pytest.param({"first_name": "Ortíz", "last_name": "ZOE"}, id="order of the names"),
    ],
)
def test_a_correction_replaces_what_it_corrects(webinar, session, unconfirmed, correction):
    corrected = send(webinar, session, now=SOON, **correction)

    unconfirmed.refresh_from_db()
    assert (unconfirmed.state, corrected.state) == ("expired", "unconfirmed")
    assert find(unconfirmed) == FoundRequest(LinkState.WAITING, corrected, is_newer=True)
    assert kinds() == [MailKind.CONFIRM_ADDRESS] * 2


def test_another_choice_of_sessions_replaces_the_first(webinar, session, later_session, unconfirmed):
    services.people.register(webinar.pk, submission=submission(session, later_session), now=SOON)

    assert list(Registration.objects.order_by("pk").values_list("state", flat=True)) == [
        "expired",
        "unconfirmed",
    ]


def test_the_link_of_a_replaced_request_confirms_nothing(webinar, session, unconfirmed):
    corrected = send(webinar, session, country="BE")

    with pytest.raises(services.errors.RequestNotWaiting):
        services.people.confirm(unconfirmed.confirm_token, now=NOW)

    corrected.refresh_from_db()
    assert corrected.state == "unconfirmed"


def test_every_link_of_a_person_says_that_they_are_confirmed(webinar, session, unconfirmed):
    corrected = send(webinar, session, country="BE")
    services.people.confirm(corrected.confirm_token, now=NOW)
    far = NOW + services.people.CONFIRM_WITHIN * 2

    found = [find(request, now=far) for request in (unconfirmed, corrected)]

    assert found == [FoundRequest(LinkState.CONFIRMED, corrected)] * 2
    assert services.people.confirm(unconfirmed.confirm_token, now=far) == corrected
    assert kinds().count(MailKind.RECEIVED) == 1


def test_two_names_behind_one_mailbox_wait_beside_each_other(webinar, session, unconfirmed):
    """The first two of the handed cases (two-requests.md): a wrong family name, then the right one."""
    right = send(webinar, session, last_name="Right")

    assert find(unconfirmed) == FoundRequest(LinkState.WAITING, unconfirmed, others=(right,))
    assert find(right) == FoundRequest(LinkState.WAITING, right, others=(unconfirmed,))


def test_of_two_names_behind_one_mailbox_one_is_confirmed_and_the_other_is_told_so(
    webinar, session, unconfirmed
):
    right = send(webinar, session, last_name="Right")

    services.people.confirm(right.confirm_token, now=NOW)

    unconfirmed.refresh_from_db()
    assert unconfirmed.state == "expired"
    assert find(unconfirmed) == FoundRequest(LinkState.TAKEN, right)
    with pytest.raises(services.errors.RequestNotWaiting):
        services.people.confirm(unconfirmed.confirm_token, now=NOW)


def test_link_of_whoever_has_withdrawn_says_so(unconfirmed):
    services.people.confirm(unconfirmed.confirm_token, now=NOW)
    services.people.withdraw(unconfirmed.pk, now=NOW)

    assert find(unconfirmed) == FoundRequest(LinkState.WITHDRAWN, unconfirmed)


def test_link_of_whoever_withdrew_and_registered_again_leads_to_the_new_request(
    webinar, session, unconfirmed
):
    services.people.confirm(unconfirmed.confirm_token, now=NOW)
    services.people.withdraw(unconfirmed.pk, now=NOW)
    again = send(webinar, session)

    assert find(unconfirmed) == FoundRequest(LinkState.WAITING, again, is_newer=True)


@pytest.mark.parametrize("swept", [False, True])
def test_link_that_has_run_out_says_so(unconfirmed, swept):
    late = NOW + services.people.CONFIRM_WITHIN + timedelta(seconds=1)
    if swept:
        services.sweep.run(late)

    assert find(unconfirmed, late) == FoundRequest(LinkState.OVER, unconfirmed)


def test_link_of_an_address_that_somebody_moved_to_does_not_open_their_registration(
    webinar, session, unconfirmed
):
    other = make_registration(webinar, [session])
    services.people.ask_address_change(other.pk, email=unconfirmed.email, now=NOW)
    services.people.confirm_address_change(other.address_changes.get().token, now=NOW)

    other.refresh_from_db()
    assert find(unconfirmed) == FoundRequest(LinkState.TAKEN, other)


def test_a_request_replaces_what_staff_entered_for_the_same_person(webinar, session):
    listed = make_registration(
        webinar,
        [session],
        **{"first_name": "Zoë", "last_name": "Ortíz", "email": "zoe@example.org", "entered_by_staff": True},
        state="unconfirmed",
        confirmed_at=None,
    )

    own = send(webinar, session)

    assert find(listed) == FoundRequest(LinkState.WAITING, own, is_newer=True)


@pytest.mark.parametrize("earlier", [1, 3])
def test_find_request_takes_one_query(webinar, session, unconfirmed, earlier, django_assert_num_queries):
    for number in range(earlier):
        send(webinar, session, last_name=f"Other {number}")

    with django_assert_num_queries(1):
        assert len(find(unconfirmed).others) == earlier


@pytest.mark.django_db(transaction=True)
def test_three_clicks_at_once_are_one_request_and_one_mail(webinar, session):
    at_once(*[lambda: services.people.register(webinar.pk, submission=submission(session), now=NOW)] * 3)

    assert list(Registration.objects.values_list("state", flat=True)) == ["unconfirmed"]
    assert kinds() == [MailKind.CONFIRM_ADDRESS]


@pytest.mark.django_db(transaction=True)
def test_different_forms_of_one_person_at_once_leave_the_last_one_waiting(webinar, session):
    forms = [submission(session, country=country) for country in ("BE", "DE", "FR")]

    at_once(
        *[lambda form=form: services.people.register(webinar.pk, submission=form, now=NOW) for form in forms]
    )

    states = Registration.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["expired", "expired", "unconfirmed"]
    assert kinds() == [MailKind.CONFIRM_ADDRESS] * 3


def test_a_request_that_was_confirmed_just_after_the_form_found_it_is_not_replaced(
    webinar, session, unconfirmed
):
    services.people.confirm(unconfirmed.confirm_token, now=NOW)  # the row at hand does not know

    again = submission(session, country="BE")
    assert replace_requests([unconfirmed], unconfirmed, again, NOW)

    assert Registration.objects.get().state == "active"


@pytest.mark.django_db(transaction=True)
def test_old_and_new_link_at_once_confirm_the_newest(webinar, session, unconfirmed):
    corrected = send(webinar, session, country="BE")

    at_once(
        lambda: services.people.confirm(unconfirmed.confirm_token, now=NOW),
        lambda: services.people.confirm(corrected.confirm_token, now=NOW),
    )

    assert list(Registration.objects.order_by("pk").values_list("state", flat=True)) == ["expired", "active"]
    assert OutgoingMail.objects.filter(kind=MailKind.RECEIVED).count() == 1


def test_send_links_sends_the_newest_link_to_confirm_again_at_most_once_an_hour(
    webinar, session, unconfirmed
):
    corrected = send(webinar, session, country="BE")
    OutgoingMail.objects.all().delete()

    for hours in (0, 0, 1):
        services.people.send_links(webinar.pk, email="Zoe@Example.org", now=NOW + timedelta(hours=hours))

    mails = OutgoingMail.objects.values_list("kind", "registration", "recipient")
    assert list(mails) == [(MailKind.CONFIRM_ADDRESS, corrected.pk, "zoe@example.org")] * 2


def test_send_links_just_after_the_form_sends_another_mail(webinar, unconfirmed):
    services.people.send_links(webinar.pk, email="zoe@example.org", now=NOW)

    assert kinds() == [MailKind.CONFIRM_ADDRESS] * 2


def test_send_links_sends_no_link_that_has_run_out(webinar, unconfirmed):
    late = NOW + services.people.CONFIRM_WITHIN + timedelta(seconds=1)

    services.people.send_links(webinar.pk, email="zoe@example.org", now=late)

    assert kinds() == [MailKind.CONFIRM_ADDRESS]


def test_send_links_says_to_whom_staff_entered_that_staff_did(webinar, session):
    listed = make_registration(webinar, [session], state="unconfirmed", entered_by_staff=True)

    services.people.send_links(webinar.pk, email=listed.email, now=NOW)

    assert OutgoingMail.objects.get().facts["by_staff"]


def test_send_links_after_confirming_sends_the_links(webinar, unconfirmed):
    services.people.confirm(unconfirmed.confirm_token, now=NOW)

    services.people.send_links(webinar.pk, email="zoe@example.org", now=NOW)

    assert kinds()[-1] == MailKind.MANAGE_LINK
