"""What the tests of the admin share: one row of everything, and somebody signed in."""

from datetime import timedelta

import pytest
from django.core.management import call_command

from registrations import services
from registrations.mails.editor_texts import MailWords
from registrations.models import BulkJob, LegalText, MailKind, OutgoingMail, Seat
from registrations.states import Move
from tests.registrations import at_sight
from tests.registrations.factories import (
    NOW,
    approve,
    make_agenda_item,
    make_registration,
    make_user,
)


@pytest.fixture(autouse=True)
def _pages_are_opened_at_the_moment(at_the_moment):
    """Let every page see the moment the factories speak of."""


@pytest.fixture
def sign_in(client, db):
    """Sign somebody in by name and group ("" for none) and return the client."""

    def as_member(name, group="", **fields):
        user = make_user(name, group)
        for field, value in fields.items():
            setattr(user, field, value)
        user.save()
        client.force_login(user)
        return client

    return as_member


@pytest.fixture
def signed_in(request, client):
    """Sign in the approver or the editor that a test names."""
    for name in request.fixturenames:
        if name in ("approver", "editor"):
            client.force_login(request.getfixturevalue(name))


@pytest.fixture
def admin_client(sign_in):
    return sign_in("root", is_superuser=True)


@pytest.fixture
def world(webinar, session, later_session, approver, editor):
    """Return the ids of one row of everything, by model name."""
    registration = approve(make_registration(webinar, [session, later_session]), approver)
    stranger = make_registration(webinar, [session], country="US", ask_review=True)
    override = at_sight.request_override(stranger.seats.get().pk, by=approver, reason="A partner.", now=NOW)
    contest = services.contests.file_contest(stranger.seats.get().pk, text="Our seat is in Lyon.", now=NOW)
    make_agenda_item(session)
    version = services.agenda.publish_agenda(webinar.pk, by=editor, now=NOW)
    decision = services.decisions.Decision(move=Move.REJECT, by=approver, now=NOW, reason="Too late.")
    job = at_sight.start_bulk_decision([Seat.objects.latest("pk").pk], decision=decision)
    place = services.texts.TextKey(webinar.pk, MailKind.WITHDRAWN, "en")
    words = MailWords("Bye", "[[left]]\n\n[[out_of_calendar]]")
    text = services.texts.save_mail_text(place, words, seen=0, by=editor, now=NOW)
    call_command("deliver_mail", verbosity=0)
    bounced = make_registration(webinar, [session], bounced_at=NOW, bounce_reply="5.1.1 User unknown")
    return {
        "webinar": webinar.pk,
        "webinarsession": session.pk,
        "registration": registration.pk,
        "bounced": bounced.pk,
        "seat": stranger.seats.get().pk,
        "override": override.pk,
        "contest": contest.pk,
        "agendaversion": version.pk,
        "bulkjob": job.pk,
        "outgoingmail": OutgoingMail.objects.filter(registration=registration).earliest("pk").pk,
        "historyentry": registration.history.latest("pk").pk,
        "historyanchor": services.history.anchors.anchor_history(NOW).pk,
        "mailtext": text.pk,
        "legaltext": LegalText.objects.first().pk,
    }


@pytest.fixture
def trouble(world, webinar, session):
    """Let a mail have failed, one wait half an hour, a seat be flagged, one left to staff, and a job released."""
    BulkJob.objects.filter(pk=world["bulkjob"]).update(due_at=NOW)
    make_registration(webinar, [session], organisation_type="international_organisation")
    mail = OutgoingMail.objects.get(pk=world["outgoingmail"])
    mail.state = OutgoingMail.State.FAILED
    mail.save()
    mail.pk, mail.dedupe_key, mail.message_id = None, "late", "late@example.org"
    mail.state, mail.due_at, mail.planned_at = OutgoingMail.State.WAITING, NOW, NOW - timedelta(minutes=30)
    mail.save()
    Seat.objects.filter(registration=world["registration"], session=world["webinarsession"]).update(
        flagged_at=NOW
    )
