"""The texts of a webinar's mails: listed, written, looked at, tested, kept and given up."""

import base64
import hashlib
import re
from html import unescape

import pytest
from django.contrib.auth.models import Group, Permission
from django.urls import reverse

from registrations import services
from registrations.mails.editor_texts import MailWords
from registrations.mails.standard_texts import standard_words
from registrations.models import MailKind, MailText, OutgoingMail
from registrations.services.texts.mail_texts import TextKey
from tests.pages import drawn_on, was_changed
from tests.registrations.desk.reading import messages, words
from tests.registrations.factories import NOW, approve, make_registration, make_user, make_webinar

pytestmark = pytest.mark.usefixtures("signed_in")

BODY = "Come!\n\n[[session]]\n\n[[joining_link]]\n\n[[calendar_note]]"
COME = {"subject": "Welcome to [[session_title]]", "body": BODY}


@pytest.fixture
def url(webinar, session):
    return page(webinar)


@pytest.fixture
def listed(webinar):
    return reverse("admin:registrations_webinar_mail_texts", args=[webinar.pk])


def page(webinar, kind="invitation", language="en"):
    return reverse("admin:registrations_webinar_mail_text", args=[webinar.pk, kind, language])


def save(webinar, editor, kind=MailKind.INVITATION, body=BODY):
    place = TextKey(webinar.pk, kind, "en")
    return services.texts.save_mail_text(place, MailWords("Welcome", body), seen=0, by=editor, now=NOW)


def test_list_shows_every_mail_and_which_text_it_has(listed, webinar, editor, client):
    save(webinar, editor)

    shown = words(client.get(listed))

    rows = re.findall(
        r'<th scope="row"><a href="[^"]+">([^<]+)</a></th> <td>English</td> <td>([^<]+)</td>', shown
    )
    assert rows == [
        (
            str(kind.label).capitalize(),
            "changed: version 1, editor, 20 April 2020, 10:00"
            if kind is MailKind.INVITATION
            else ("standard, for all webinars" if kind.is_to_staff else "standard"),
        )
        for kind in MailKind
    ]


def test_mail_to_staff_is_looked_at_and_tested_but_not_written(webinar, session, editor, client):
    editor.email = "editor@example.eu"
    editor.save()
    url = page(webinar, "staff_digest")

    shown = words(client.get(url))
    client.post(url, {"act": "test", "subject": "Other words", "body": "Other."})
    refused = client.post(url, {"act": "save", "subject": "Other words", "body": "Other."})

    assert "This mail goes to staff and has one text for all webinars. Here you can look at it" in shown
    assert "Save as new version" not in shown
    assert OutgoingMail.objects.get().facts["test"]["subject"] == "What waits for a decision or a look today"
    assert refused.context["form"].non_field_errors() == [
        "This mail goes to staff and has one text for all webinars."
    ]
    assert not MailText.objects.exists()


@pytest.mark.parametrize("changed", [1, 3])
def test_list_takes_a_fixed_number_of_queries(
    changed, listed, webinar, editor, client, django_assert_num_queries
):
    bodies = {"invitation": BODY, "place_kept": "[[session]]", "manage_link": "[[places]]"}
    for kind in list(bodies)[:changed]:
        save(webinar, editor, MailKind(kind), bodies[kind])
    client.get(listed)

    with django_assert_num_queries(6):
        client.get(listed)


@pytest.mark.parametrize("kind", MailKind)
def test_page_of_every_mail_opens_with_its_standard_text(kind, webinar, editor, client):
    form = client.get(page(webinar, kind)).context["form"]

    standard = standard_words(kind, "en")
    assert (form["subject"].value(), form["body"].value()) == (standard.subject, standard.body)


def test_page_opens_with_the_newest_text_and_explains_what_may_stand_in_it(url, webinar, editor, client):
    save(webinar, editor)

    response = client.get(url)

    form = response.context["form"]
    assert (form["subject"].value(), form["body"].value()) == ("Welcome", BODY)
    shown = words(response)
    assert (
        '<th scope="row"><code>[[joining_link]]</code></th><td>the personal joining link, with a sentence</td>'
        "<td>required in the text, on a line of its own</td>"
    ) in shown
    assert (
        '<th scope="row"><code>[[session_when]]</code></th><td>when the session is, in Brussels time</td>'
        "<td>in the subject and the text</td>"
    ) in shown


def test_text_is_saved(url, listed, webinar, editor, client):
    response = client.post(url, COME | {"act": "save"}, follow=True)

    text = MailText.objects.get()
    assert (text.key, text.version, text.subject, text.body, text.created_by) == (
        (webinar.pk, "invitation", "en"),
        1,
        COME["subject"],
        BODY,
        editor,
    )
    assert response.redirect_chain == [(listed, 302)]
    assert messages(response) == ["The text is saved. Mails that are written from now on say it."]


def test_standard_text_comes_back(url, webinar, editor, client):
    save(webinar, editor)

    response = client.post(url, {"act": "standard"}, follow=True)

    assert messages(response) == ["Mails that are written from now on say the standard text again."]
    assert services.texts.current_words(TextKey(webinar.pk, MailKind.INVITATION, "en"))[1] == 2
    assert MailText.objects.first().is_standard


@pytest.mark.parametrize("act", ["preview", "save", "test"])
def test_text_without_the_joining_link_is_refused_and_nothing_is_lost(act, url, editor, client):
    editor.email = "editor@example.eu"
    editor.save()
    body = BODY.replace("[[joining_link]]", "[[join]]")

    response = client.post(url, COME | {"act": act, "body": body, "subject": "[[session]]"})

    form = response.context["form"]
    assert (form["subject"].value(), form["body"].value(), response.context["preview"]) == (
        "[[session]]",
        body,
        None,
    )
    assert form.errors["body"] == [
        "[[join]] cannot be used here. These can: [[session]], [[joining_link]], [[calendar_note]], [[name]], "
        "[[webinar_title]], [[webinar_link]], [[contact]], [[reference]], [[session_title]], [[session_when]], "
        "[[session_place]].",
        "This mail needs [[joining_link]]: people have to read it.",
    ]
    assert form.errors["subject"][0].startswith("[[session]] cannot be used here. These can: [[name]], ")
    assert (MailText.objects.count(), OutgoingMail.objects.count()) == (0, 0)


def test_one_megabyte_is_refused_and_comes_back(url, editor, client):
    body = "é" * 1_000_000

    response = client.post(url, COME | {"act": "save", "body": body})

    form = response.context["form"]
    assert (form["body"].value() == body, form.errors["body"]) == (
        True,
        ["This has 1000000 characters. At most 6000 are possible."],
    )


def test_text_that_a_colleague_changed_meanwhile_is_not_overwritten(url, webinar, editor, client):
    before = drawn_on(client, url)
    save(webinar, editor)

    response = client.post(url, COME | before | {"act": "save"})

    assert messages(response) == [was_changed("editor", "mail text changed")]
    assert (response.context["form"]["body"].value(), MailText.objects.count()) == (BODY, 1)


def test_preview_shows_subject_text_html_and_calendar_and_writes_nothing(url, editor, client):
    response = client.post(url, COME | {"act": "preview"})

    shown = unescape(words(response))
    assert "<strong>Subject:</strong> Welcome to Supply chains" in shown
    assert "Dear Ada Sample, Come! - Session: Supply chains" in shown
    assert re.search(
        r'<iframe class="mail-frame" title="The mail as HTML" srcdoc="<!doctype html>.*" sandbox>', shown
    )
    assert "<td>puts or moves the session in the calendar</td>" in shown
    assert "SUMMARY:Supply chains" in shown
    assert ("/join/…/" in shown, re.search(r"/join/[\w-]{20}", shown)) == (True, None)
    assert (MailText.objects.count(), OutgoingMail.objects.count()) == (0, 0)


def test_preview_lets_in_the_mails_own_style_and_nothing_else(url, editor, client):
    response = client.post(url, COME | {"act": "preview"})

    style = re.search(r"<style>(.*?)</style>", response.context["preview"].html, re.DOTALL)[1]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = response["Content-Security-Policy"].split("; ")
    assert f"style-src 'self' 'sha256-{digest}'" in policy
    assert "style-src 'self'" in client.get(url)["Content-Security-Policy"].split("; ")


def test_mail_without_a_calendar_file_says_so(webinar, session, editor, client):
    response = client.post(
        page(webinar, "undecided"), {"subject": "Sorry", "body": "[[undecided]]\n\n[[session]]"}
    )

    assert "This mail carries none." in words(response)


@pytest.fixture
def editor_who_sees_people(editor):
    editor.groups.add(Group.objects.get(name="Approvers"))
    return editor


def test_preview_about_a_real_person_is_for_those_who_may_see_people(
    url, webinar, session, approver, editor_who_sees_people, client
):
    person = approve(make_registration(webinar, [session], first_name="Grace"), approver)

    response = client.post(url, COME | {"act": "preview", "reference": f" {person.reference.lower()} "})

    shown = words(response)
    assert f"Dear {person.full_name}," in shown
    assert (person.seats.get().join_token in shown, person.manage_token in shown) == (False, False)


def test_preview_of_an_editor_who_may_not_see_people_is_about_nobody(
    url, webinar, session, approver, editor, client
):
    person = approve(make_registration(webinar, [session], first_name="Grace"), approver)

    response = client.post(url, COME | {"act": "preview", "reference": person.reference})

    shown = words(response)
    assert ("Grace" in shown, "Dear Ada Sample," in shown, 'name="reference"' in shown) == (
        False,
        True,
        False,
    )


def test_preview_about_somebody_of_another_webinar_is_refused(url, editor_who_sees_people, client):
    person = make_registration(make_webinar())

    response = client.post(url, COME | {"act": "preview", "reference": person.reference})

    assert response.context["form"].errors == {
        "reference": ["No registration for this webinar has this reference."]
    }


def test_test_goes_to_ones_own_address_and_keeps_the_words_on_the_page(url, editor, client):
    editor.email = "editor@example.eu"
    editor.save()

    response = client.post(url, COME | {"act": "test"})

    assert messages(response) == ["A test is on its way to editor@example.eu."]
    assert response.context["form"]["body"].value() == BODY
    mail = OutgoingMail.objects.get()
    assert (mail.recipient, mail.registration, mail.facts["test"]["body"]) == (
        "editor@example.eu",
        None,
        BODY,
    )


def test_test_without_an_address_of_ones_own_is_refused(url, editor, client):
    response = client.post(url, COME | {"act": "test"})

    assert response.context["form"].non_field_errors() == [
        "Your account has no email address. Ask an administrator to add it."
    ]
    assert "Your account has no email address, so no test can be sent to you." in words(response)


@pytest.mark.parametrize(("kind", "language"), [("unheard_of", "en"), ("invitation", "xx")])
def test_mail_or_language_that_is_not_there_is_not_found(kind, language, webinar, editor, client):
    assert client.get(page(webinar, kind, language)).status_code == 404


def test_text_of_a_webinar_that_is_not_there_is_not_found(webinar, editor, client):
    url = page(webinar).replace(f"/{webinar.pk}/", "/4711/")

    assert (client.get(url).status_code, client.post(url, COME).status_code) == (404, 404)


@pytest.mark.parametrize("group", ["Approvers", "Rule keepers", "Auditors", "Data protection"])
def test_texts_are_for_editors_alone(group, url, client):
    client.force_login(make_user("somebody", group))

    acts = ("preview", "save", "test", "standard")
    statuses = [
        client.get(url).status_code,
        *(client.post(url, COME | {"act": act}).status_code for act in acts),
    ]

    assert (statuses, MailText.objects.count(), OutgoingMail.objects.count()) == ([403] * 5, 0, 0)


def test_texts_have_a_permission_of_their_own(url, client):
    user = make_user("somebody")
    user.user_permissions.add(Permission.objects.get(codename="edit_mailtext"))
    client.force_login(user)

    assert client.get(url).status_code == 200
