"""Where staff see that an address bounced, and what people answered in their calendars."""

from datetime import timedelta

import pytest
from django.urls import reverse

from registrations import mails
from registrations.models import OutgoingMail, Seat, UnplacedAnswer
from tests.registrations.desk.admin_reading import buttons, listed
from tests.registrations.factories import NOW, make_registration

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def bounced(webinar, session):
    return make_registration(webinar, [session], bounced_at=NOW, bounce_reply="5.1.1 <b>User unknown")


def person_page(client, registration):
    return client.get(reverse("admin:registrations_registration_change", args=[registration.pk]))


def text_of(response):
    return " ".join(response.content.decode().split())


def test_person_page_says_that_the_address_bounced_and_offers_to_try_it_again(bounced, sign_in):
    response = person_page(sign_in("somebody", "Approvers"), bounced)

    assert "Mail to this address came back, 20 April 2020, 10:00: “5.1.1 &lt;b&gt;User unknown”." in text_of(
        response
    )
    assert buttons(response)[0] == "Try this address again"


def test_person_page_offers_it_to_nobody_else(bounced, sign_in):
    response = person_page(sign_in("somebody", "Auditors"), bounced)

    assert ("Mail to this address came back" in text_of(response), buttons(response)) == (True, [])


def test_person_page_is_silent_about_an_address_that_works(webinar, session, sign_in):
    response = person_page(sign_in("somebody", "Approvers"), make_registration(webinar, [session]))

    assert "came back" not in text_of(response)
    assert "Try this address again" not in buttons(response)


def test_registrations_can_be_filtered_by_whether_the_address_bounced(bounced, webinar, sign_in):
    other = make_registration(webinar)
    client = sign_in("somebody", "Approvers")
    url = reverse("admin:registrations_registration_changelist")

    assert [listed(client.get(url, {"bounced": choice})) for choice in ("yes", "no")] == [[bounced], [other]]


@pytest.mark.parametrize(("state", "count"), [("unconfirmed", 1), ("active", 1), ("withdrawn", 0)])
def test_start_page_counts_addresses_that_mail_would_go_to(state, count, bounced, sign_in):
    type(bounced).objects.update(state=state)

    html = text_of(sign_in("somebody", "Approvers").get(reverse("admin:index")))

    assert (
        f"<td>{count}</td><td>"
        '<a href="/admin/registrations/registration/?bounced=yes&amp;state__in=unconfirmed%2Cactive">'
        "addresses that bounced</a>"
    ) in html


def test_mail_list_says_that_a_mail_bounced_and_why(bounced, sign_in):
    mail = mails.withdrawn(bounced, NOW)
    mail.state, mail.due_at, mail.reply = "bounced", None, "5.1.1 User unknown"
    mail.save()
    client = sign_in("somebody", "Approvers")

    response = client.get(reverse("admin:registrations_outgoingmail_changelist"), {"state__exact": "bounced"})

    html = text_of(response)
    assert listed(response) == [mail]
    assert ('<td class="field-reply">5.1.1 User unknown</td>' in html, "bounced</td>" in html) == (True, True)


def test_person_page_says_what_was_answered_in_a_calendar(webinar, session, sign_in):
    registration = make_registration(webinar, [session])
    Seat.objects.update(answer="tentative", answered_at=NOW)

    response = person_page(sign_in("somebody", "Auditors"), registration)

    assert "<p>Answered in a calendar: tentative, 20 April 2020, 10:00</p>" in text_of(response)


def test_seats_show_and_filter_what_was_answered(webinar, session, sign_in):
    accepted, silent = (make_registration(webinar, [session]).seats.get() for _number in range(2))
    Seat.objects.filter(pk=accepted.pk).update(answer="accepted", answered_at=NOW)
    client = sign_in("somebody", "Approvers")
    url = reverse("admin:registrations_seat_changelist")

    html = text_of(client.get(url))

    assert ('<td class="field-answer">accepted</td>' in html, '<td class="field-answer">-</td>' in html) == (
        True,
        True,
    )
    assert listed(client.get(url, {"answer__exact": "accepted"})) == [accepted]
    assert silent not in listed(client.get(url, {"answer__exact": "declined"}))


# Mails that did not arrive


def make_returned(registration, **columns):
    mail = mails.withdrawn(registration, NOW)
    mail.state, mail.due_at, mail.reply = "returned", None, "5.7.1 <b>Blocked"
    mail.attempts, mail.sent_at, mail.returned_at = 1, NOW, NOW
    mail.dedupe_key = f"returned:{OutgoingMail.objects.count()}"
    for name, value in columns.items():
        setattr(mail, name, value)
    mail.save()
    return mail


def test_person_page_says_that_the_last_mail_did_not_arrive(webinar, session, sign_in):
    registration = make_registration(webinar, [session])
    make_returned(registration)

    response = person_page(sign_in("somebody", "Approvers"), registration)

    html = text_of(response)
    assert (
        "The last mail (“withdrawal confirmed”) was not delivered, 20 April 2020, 10:00: “5.7.1 "
        "&lt;b&gt;Blocked”. Further mail still goes to this address."
    ) in html
    assert "not delivered: 5.7.1 &lt;b&gt;Blocked" in html
    assert "Try this address again" not in buttons(response)


@pytest.mark.parametrize(
    "columns", [{"state": "sent", "sent_at": LATER}, {"recipient": "old@example.org"}], ids=["later", "old"]
)
def test_person_page_is_silent_once_a_later_mail_was_sent_or_the_address_is_another(
    columns, webinar, session, sign_in
):
    registration = make_registration(webinar, [session])
    make_returned(registration, recipient=columns.get("recipient", registration.email))
    make_returned(registration, **columns)

    assert "was not delivered" not in text_of(person_page(sign_in("somebody", "Approvers"), registration))


# Answers that could not be placed


@pytest.fixture
def unplaced(webinar, session):
    registration = make_registration(webinar, [session])
    return UnplacedAnswer.objects.create(
        session=session,
        registration=registration,
        attendee="ada@example.org",
        sender="bo@example.org",
        answer="accepted",
        answered_at=NOW,
        received_at=NOW,
    )


ANSWERS = "/admin/registrations/unplacedanswer/"


def test_list_says_who_answered_for_whom(unplaced, sign_in):
    html = text_of(sign_in("somebody", "Auditors").get(ANSWERS))

    for name, value in (
        ("attendee", "ada@example.org"),
        ("sender", "bo@example.org"),
        ("answer", "accepted"),
    ):
        assert f'<td class="field-{name}">{value}</td>' in html


def test_answers_that_were_seen_are_taken_off_the_list(unplaced, sign_in):
    response = sign_in("somebody", "Approvers").post(
        ANSWERS, {"action": "settle", "_selected_action": [unplaced.pk]}, follow=True
    )

    assert ("1 answer is off the list." in text_of(response), list(UnplacedAnswer.objects.all())) == (
        True,
        [],
    )


def test_those_who_only_look_take_nothing_off_the_list(unplaced, sign_in):
    sign_in("somebody", "Auditors").post(ANSWERS, {"action": "settle", "_selected_action": [unplaced.pk]})

    assert list(UnplacedAnswer.objects.all()) == [unplaced]


@pytest.mark.parametrize("more", [0, 2], ids=["one", "three"])
def test_list_takes_a_fixed_number_of_queries(more, unplaced, sign_in, django_assert_num_queries):
    for number in range(more):
        UnplacedAnswer.objects.create(
            session=unplaced.session,
            attendee=f"{number}@example.org",
            sender="bo@example.org",
            answer="declined",
            answered_at=NOW,
            received_at=NOW,
        )
    client = sign_in("somebody", "Auditors")

    with django_assert_num_queries(7):
        client.get(ANSWERS)
