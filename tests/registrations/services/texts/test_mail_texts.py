"""Texts of mails: kept as versions, tested, given up, and shown before anybody gets them."""

import hashlib
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from django.core.management import call_command

from registrations import services
from registrations.mails.editor_texts import MailWords
from registrations.mails.standard_texts import standard_words
from registrations.models import HistoryEntry, MailKind, MailText, OutgoingMail, Registration, Seat
from registrations.services import errors
from registrations.services.texts.mail_texts import TextKey
from registrations.services.texts.samples import SAMPLES
from tests.registrations.factories import ENDS, NOW, approve, kinds, make_registration, make_webinar

BODY = "Come!\n\n[[session]]\n\n[[joining_link]]\n\n[[calendar_note]]"
COME = MailWords("Welcome to [[session_title]]", BODY)
GO = MailWords("Go to [[session_title]]", BODY)


@pytest.fixture
def invitation(webinar):
    return TextKey(webinar.pk, MailKind.INVITATION, "en")


def refusal(act, *args, **kwargs):
    """Return what a service refuses, by field."""
    with pytest.raises(errors.MailTextRefused) as refused:
        act(*args, **kwargs)
    return refused.value.problems


def everything():
    return [
        list(model.objects.order_by("pk").values())
        for model in (MailText, OutgoingMail, HistoryEntry, Registration, Seat)
    ]


def test_every_kind_of_mail_has_a_sample():
    assert set(SAMPLES) == set(MailKind)


def test_saved_text_is_the_next_version_with_its_hash_and_on_record(invitation, editor):
    text = services.texts.save_mail_text(invitation, COME, seen=0, by=editor, now=NOW)

    digest = hashlib.sha256(f"Welcome to [[session_title]]\n{BODY}".encode()).hexdigest()
    assert (text.key, text.version, text.subject, text.body, text.is_standard, text.sha256) == (
        (invitation.webinar_id, "invitation", "en"),
        1,
        "Welcome to [[session_title]]",
        BODY,
        False,
        digest,
    )
    entry = HistoryEntry.objects.get()
    assert (entry.action, entry.by, entry.webinar_id, entry.at, entry.facts) == (
        "mail_text_changed",
        editor,
        invitation.webinar_id,
        NOW,
        {"kind": "invitation", "language": "en", "version": 1, "sha256": digest},
    )


def test_new_wording_leaves_the_old_version_as_it_was(invitation, editor):
    services.texts.save_mail_text(invitation, COME, seen=0, by=editor, now=NOW)
    services.texts.save_mail_text(invitation, GO, seen=1, by=editor, now=NOW)

    versions = MailText.objects.order_by("version").values_list("version", "subject")
    assert list(versions) == [(1, COME.subject), (2, GO.subject)]
    assert services.texts.current_words(invitation) == (GO, 2)


def test_standard_text_comes_back_as_a_version_without_words(invitation, editor):
    services.texts.save_mail_text(invitation, COME, seen=0, by=editor, now=NOW)

    text = services.texts.reset_mail_text(invitation, seen=1, by=editor, now=NOW)

    assert (text.version, text.subject, text.body, text.is_standard) == (2, "", "", True)
    assert services.texts.current_words(invitation) == (standard_words(MailKind.INVITATION, "en"), 2)


def test_mails_written_from_now_on_say_the_new_words(
    webinar, session, invitation, editor, approver, mail_server
):
    first = approve(make_registration(webinar, [session]), approver)
    services.texts.save_mail_text(invitation, COME, seen=0, by=editor, now=NOW)
    second = approve(make_registration(webinar, [session]), approver)

    call_command("deliver_mail", verbosity=0)

    texts = dict(OutgoingMail.objects.values_list("registration", "text__version"))
    assert texts == {first.pk: None, second.pk: 1}
    assert OutgoingMail.objects.filter(state="sent").count() == 2
    assert b"Subject: Welcome to Supply chains" in bytes(second.mails.get().raw)


def test_mail_that_its_text_would_leave_with_a_hole_fails_and_says_why(
    webinar, session, invitation, editor, approver, mail_server
):
    services.texts.save_mail_text(invitation, COME, seen=0, by=editor, now=NOW)
    mail = approve(make_registration(webinar, [session]), approver).mails.get()
    del mail.facts["join_url"]
    mail.save()

    call_command("deliver_mail", verbosity=0)

    mail.refresh_from_db()
    assert (mail.state, mail.reply, mail.raw) == ("failed", "KeyError: 'join_url'", None)


@pytest.mark.parametrize(
    "act", [services.texts.save_mail_text, services.texts.preview_mail, services.texts.send_test_mail]
)
def test_words_that_do_not_fit_are_refused_and_nothing_changes(act, invitation, editor):
    editor.email = "editor@example.eu"
    before = everything()
    more = {"seen": 0, "by": editor} if act is services.texts.save_mail_text else {}
    more |= {"by": editor} if act is services.texts.send_test_mail else {}

    problems = refusal(act, invitation, MailWords("", "[[session]]\n\n[[calendar_note]]"), now=NOW, **more)

    assert problems == {
        "subject": ["Write something here."],
        "body": ["This mail needs [[joining_link]]: people have to read it."],
    }
    assert everything() == before


def test_the_same_words_are_refused(invitation, editor):
    services.texts.save_mail_text(invitation, COME, seen=0, by=editor, now=NOW)

    problems = refusal(services.texts.save_mail_text, invitation, COME, seen=1, by=editor, now=NOW)

    assert problems == {"": ["These are the words the mail has."]}


def test_going_back_to_the_standard_text_twice_is_refused(invitation, editor):
    problems = refusal(services.texts.reset_mail_text, invitation, seen=0, by=editor, now=NOW)

    assert problems == {"": ["The mail has the standard text already."]}


@pytest.mark.parametrize("act", ["save", "reset"])
def test_text_that_a_colleague_changed_meanwhile_is_not_overwritten(act, invitation, editor):
    services.texts.save_mail_text(invitation, COME, seen=0, by=editor, now=NOW)

    if act == "save":
        problems = refusal(services.texts.save_mail_text, invitation, GO, seen=0, by=editor, now=NOW)
    else:
        problems = refusal(services.texts.reset_mail_text, invitation, seen=0, by=editor, now=NOW)

    assert problems == {
        "": ["A colleague changed this text in the meantime. Yours is still below; theirs is kept."]
    }
    assert services.texts.current_words(invitation) == (COME, 1)


def test_text_whose_html_mail_programs_would_cut_is_refused(editor):
    key = TextKey(make_webinar(title='"' * 250).pk, MailKind.MANAGE_LINK, "en")
    words = MailWords("Links", f"{'[[webinar_title]] ' * 200}\n\n[[places]]")

    problems = refusal(services.texts.save_mail_text, key, words, seen=0, by=editor, now=NOW)

    assert problems == {"body": ["The mail would be too large. Shorten the text."]}


@pytest.mark.parametrize("kind", MailKind)
@pytest.mark.parametrize("sessions", [0, 1, 2])
def test_preview_of_every_mail_opens_whatever_the_webinar_has_and_writes_nothing(kind, sessions, db, request):
    webinar = make_webinar()
    for name in ("later_session", "session")[:sessions]:
        type(request.getfixturevalue(name)).objects.update(webinar=webinar)
    key = TextKey(webinar.pk, kind, "en")
    before = everything()

    preview = services.texts.preview_mail(key, standard_words(kind, "en"), now=NOW)

    unproven = (MailKind.CONFIRM_ADDRESS, MailKind.CONFIRM_NEW_ADDRESS)
    assert "Dear Ada Sample," in preview.text or kind in unproven
    assert bool(preview.calendar) == (preview.appointment is not None)
    assert everything() == before


@pytest.mark.parametrize("kind", MailKind)
def test_preview_about_a_real_person_has_no_personal_link_and_writes_nothing(
    kind, webinar, session, later_session, approver
):
    person = approve(make_registration(webinar, [session, later_session], last_name="Kovač"), approver)
    before = everything()

    preview = services.texts.preview_mail(
        TextKey(webinar.pk, kind, "en"), standard_words(kind, "en"), now=NOW, registration=person
    )

    tokens = [person.manage_token, person.confirm_token, *person.seats.values_list("join_token", flat=True)]
    shown = f"{preview.subject}{preview.text}{preview.html}{preview.calendar}"
    found = [token for token in tokens if token in shown]
    assert (found, person.reference in preview.text) == ([], not kind.is_to_staff)
    assert everything() == before


@pytest.mark.parametrize(
    "fields", [{"kind": "guest"}, {"state": "withdrawn"}], ids=["guest", "without a seat"]
)
def test_preview_about_somebody_without_a_verdict_shows_the_one_they_would_get(fields, webinar, session):
    person = make_registration(webinar, **fields)
    key = TextKey(webinar.pk, MailKind.RECEIVED, "en")

    preview = services.texts.preview_mail(
        key, standard_words(MailKind.RECEIVED, "en"), now=NOW, registration=person
    )

    assert "- Result for Belgium on 28 April 2020: may take part." in preview.text


@pytest.mark.parametrize("kind", [kind for kind in MailKind if kind.is_to_staff])
def test_text_of_a_mail_to_staff_is_one_for_all_webinars(kind, webinar, session, editor):
    key = TextKey(webinar.pk, kind, "en")
    body = standard_words(kind, "en").body

    problems = refusal(
        services.texts.save_mail_text, key, MailWords("Hello", body), seen=0, by=editor, now=NOW
    )

    assert problems == {"": ["This mail goes to staff and has one text for all webinars."]}


@pytest.mark.parametrize("kind", MailKind)
def test_every_mail_can_be_sent_to_oneself_as_a_test_also_long_after_the_session(
    kind, webinar, session, editor, mail_server
):
    editor.email = "editor@example.eu"
    key = TextKey(webinar.pk, kind, "en")

    services.texts.send_test_mail(key, standard_words(kind, "en"), by=editor, now=ENDS + timedelta(days=30))

    call_command("deliver_mail", verbosity=0)
    mail = OutgoingMail.objects.get()
    assert (mail.state, mail.reply, mail.recipient, mail.registration) == (
        "sent",
        "",
        "editor@example.eu",
        None,
    )
    assert "This is a test that you sent to yourself." in str(
        message_from_bytes(bytes(mail.raw), policy=policy.default).get_body(("plain",)).get_content()
    )


def test_preview_opens_where_the_session_was_called_off(webinar, session, invitation):
    session.state = "cancelled"
    session.save()

    preview = services.texts.preview_mail(invitation, COME, now=NOW)

    assert "STATUS:CONFIRMED" in preview.calendar


def test_test_mail_goes_to_the_editor_alone_and_can_pass_for_no_participants(
    webinar, session, invitation, editor, mail_server
):
    editor.email = "editor@example.eu"

    services.texts.send_test_mail(invitation, COME, by=editor, now=NOW)

    call_command("deliver_mail", verbosity=0)
    mail = OutgoingMail.objects.get()
    assert (mail.state, mail.recipient, mail.registration, mail.seat, mail.text) == (
        "sent",
        "editor@example.eu",
        None,
        None,
        None,
    )
    raw = bytes(mail.raw)
    assert b"Subject: [Test] Welcome to Supply chains" in raw
    assert (b"text/calendar" in raw, b"BEGIN:VCALENDAR" in raw, b"invite.ics" in raw) == (False, False, False)


def test_test_mail_needs_an_address_of_ones_own(invitation, editor):
    with pytest.raises(errors.NoAddress, match="Your account has no email address"):
        services.texts.send_test_mail(invitation, COME, by=editor, now=NOW)

    assert kinds() == []
