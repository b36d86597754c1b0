"""Mails and bulk jobs in the admin."""

import pytest
from django.core.management import call_command
from django.urls import reverse

from registrations import mails, outbox, services
from registrations.mails.editor_texts import MailWords
from registrations.models import BulkJob, MailKind, OutgoingMail
from registrations.states import Move
from tests.registrations import at_sight
from tests.registrations.factories import (
    NOW,
    approve,
    carry_out,
    make_registration,
)


def mail_page(client, mail):
    return client.get(reverse("admin:registrations_outgoingmail_change", args=[mail.pk])).content.decode()


def job_page(client, job, **query):
    return client.get(reverse("admin:registrations_bulkjob_change", args=[job.pk]), query)


def start_job(seats, by, move=Move.APPROVE):
    decision = services.decisions.Decision(move=move, by=by, now=NOW, reason="Because.")
    return at_sight.start_bulk_decision([seat.pk for seat in seats], decision=decision)


def test_waiting_mail_shows_its_facts_without_personal_links(webinar, session, approver, sign_in):
    registration = approve(make_registration(webinar, [session]), approver)

    html = mail_page(sign_in("somebody", "Auditors"), OutgoingMail.objects.get())

    seat = registration.seats.get()
    assert ("/join/…" in html, seat.join_token in html, registration.manage_token in html) == (
        True,
        False,
        False,
    )


def test_sent_mail_shows_what_was_sent_without_personal_links(webinar, session, approver, sign_in):
    registration = approve(make_registration(webinar, [session]), approver)
    call_command("deliver_mail", verbosity=0)

    html = mail_page(sign_in("somebody", "Auditors"), OutgoingMail.objects.get())

    seat = registration.seats.get()
    assert "Invitation: Supply chains" in html
    assert ("/join/…" in html, seat.join_token in html, registration.manage_token in html) == (
        True,
        False,
        False,
    )


def test_test_mail_is_shown_without_a_person(webinar, session, editor, sign_in):
    editor.email = "editor@example.eu"
    words = MailWords("Links", "[[places]]")
    place = services.texts.TextKey(webinar.pk, MailKind.MANAGE_LINK, "en")
    services.texts.send_test_mail(place, words, by=editor, now=NOW)
    client = sign_in("somebody", "Auditors")
    call_command("deliver_mail", verbosity=0)

    html = mail_page(client, OutgoingMail.objects.get())

    assert ("[Test] Links" in html, "/join/…" in html) == (True, True)
    assert client.get(reverse("admin:registrations_outgoingmail_changelist")).status_code == 200


def test_mail_says_under_which_text_it_was_written(webinar, session, editor, sign_in):
    place = services.texts.TextKey(webinar.pk, MailKind.ALREADY_REGISTERED, "en")
    services.texts.save_mail_text(place, MailWords("Again?", "You are here."), seen=0, by=editor, now=NOW)
    outbox.post([mails.already_registered(make_registration(webinar), NOW)])

    html = mail_page(sign_in("somebody", "Auditors"), OutgoingMail.objects.get())

    assert "already registered en 1" in html


def test_job_page_says_how_far_it_is_and_offers_to_stop_it(webinar, session, approver, sign_in):
    seats = [make_registration(webinar, [session]).seats.get() for _number in range(2)]
    job = start_job(seats, approver)

    html = job_page(sign_in("somebody", "Approvers"), job).content.decode()

    assert "0 of 2 looked at; 0 changed, 0 skipped, 0 failed." in " ".join(html.split())
    assert ("Show the newest numbers" in html, ">Stop</button>" in html) == (True, True)


def test_job_page_is_still_once_it_is_done(webinar, session, approver, sign_in):
    seats = [make_registration(webinar, [session]).seats.get() for _number in range(2)]
    job = start_job(seats, approver)
    carry_out()

    html = job_page(sign_in("somebody", "Approvers"), job).content.decode()

    assert "2 of 2 looked at; 2 changed, 0 skipped, 0 failed." in " ".join(html.split())
    assert ("Show the newest numbers" in html, ">Stop</button>" in html) == (False, False)


def test_job_page_offers_no_stop_to_those_who_may_not(webinar, session, approver, sign_in):
    job = start_job([make_registration(webinar, [session]).seats.get()], approver)

    html = job_page(sign_in("somebody", "Auditors"), job).content.decode()

    assert (">Stop</button>" in html, "Show the newest numbers" in html) == (False, True)


@pytest.mark.parametrize(("group", "named"), [("Auditors", True), ("Editors", False)])
def test_job_page_says_why_seats_were_left_alone_and_leads_only_those_to_people_who_may_see_them(
    group, named, webinar, session, approver, sign_in
):
    registration = make_registration(webinar, [session], country="US", ask_review=True)
    job = start_job([registration.seats.get()], approver)
    carry_out()

    html = job_page(sign_in("somebody", group), job).content.decode()

    link = reverse("admin:registrations_registration_change", args=[registration.pk])
    assert "approving needs an exception" in html
    assert (link in html, registration.last_name in html) == (named, False)


def test_job_page_counts_why_seats_were_left_alone(webinar, session, approver, sign_in):
    foreign = [
        make_registration(webinar, [session], country="US", ask_review=True).seats.get()
        for _number in range(2)
    ]
    done = approve(make_registration(webinar, [session]), approver).seats.get()
    job = start_job([*foreign, done], approver)
    carry_out()

    response = job_page(sign_in("somebody", "Approvers"), job)

    assert list(response.context["reasons"]) == [
        ("The verdict is not “eligible”: approving needs an exception by two members of staff.", 2),
        ("“approve” is not possible: this one is “approved”.", 1),
    ]


def test_job_page_says_what_was_decided_and_what_became_of_the_mails(webinar, session, approver, sign_in):
    seats = [make_registration(webinar, [session]).seats.get() for _number in range(3)]
    job = start_job(seats, approver, Move.REJECT)
    carry_out()
    sent = OutgoingMail.objects.order_by("pk").first()
    OutgoingMail.objects.filter(pk=sent.pk).update(state="sent")

    response = job_page(sign_in("somebody", "Approvers"), job)

    assert response.context["mails"] == [("sent", 1), ("waiting", 2)]
    assert "Mails of this job: 1 sent, 2 waiting" in response.text
    assert '<div class="readonly">reject</div>' in response.text
    assert "<title>Done, 3 of 3 |" in response.text


def test_job_page_names_the_reason_chosen(webinar, session, approver, sign_in):
    seats = [make_registration(webinar, [session]).seats.get() for _number in range(2)]
    decision = services.decisions.Decision(
        move=Move.REJECT, by=approver, now=NOW, reason="Sorry.", reason_code="full"
    )
    job = at_sight.start_bulk_decision([seat.pk for seat in seats], decision=decision)

    assert "all places taken: Sorry." in job_page(sign_in("somebody", "Auditors"), job).text


def test_job_page_pages_its_rows(webinar, session, approver, sign_in):
    seats = [
        make_registration(webinar, [session], country="US", ask_review=True).seats.get()
        for _number in range(52)
    ]
    job = start_job(seats, approver)
    carry_out()
    client = sign_in("somebody", "Approvers")

    pages = [len(job_page(client, job, page=number).context["rows"].object_list) for number in (1, 2)]

    assert pages == [50, 2]


def test_job_list_shows_what_is_unfinished(webinar, session, approver, sign_in):
    done = start_job([make_registration(webinar, [session]).seats.get()], approver)
    carry_out()
    waiting = start_job([make_registration(webinar, [session]).seats.get()], approver)
    client = sign_in("somebody", "Approvers")

    url = reverse("admin:registrations_bulkjob_changelist")
    listed = [
        list(client.get(url, {"unfinished": choice}).context["cl"].result_list) for choice in ("yes", "no")
    ]

    assert listed == [[waiting], [BulkJob.objects.get(pk=done.pk)]]
