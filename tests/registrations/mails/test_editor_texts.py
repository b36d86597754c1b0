"""An Editors' text: what is refused before it is kept, and what it says when it is filled."""

from dataclasses import replace

import pytest

from registrations import mails
from registrations.mails.editor_texts import (
    LONGEST_BODY,
    LONGEST_SUBJECT,
    DoesNotFit,
    MailWords,
    problems_of,
    tidy,
    token,
)
from registrations.mails.placeholders import PLACEHOLDERS, RULES
from registrations.mails.rendering import wording_for
from registrations.mails.standard_texts import standard_words
from registrations.models import TEST_KEY, MailKind, MailText
from tests.registrations.factories import NOW
from tests.registrations.mails.cases import because, every_mail_to_people, every_mail_to_staff, invited
from tests.registrations.mails.test_rendering import SENT, calendar_parts, headers_of, read

BODY = "Come!\n\n[[session]]\n\n[[joining_link]]\n\n[[calendar_note]]"
REQUIRED = [(kind, name) for kind in MailKind for name in RULES[kind].must]


def written(mail, body=BODY, subject="Welcome"):
    """Let a mail have been written under an Editors' text."""
    mail.text = MailText(subject=subject, body=body)
    return mail


@pytest.mark.parametrize(("kind", "name"), REQUIRED, ids=[f"{kind}, {name}" for kind, name in REQUIRED])
def test_text_without_what_people_need_is_refused(kind, name):
    words = standard_words(kind, "en")
    without = MailWords(words.subject, words.body.replace(token(name), ""))

    assert problems_of(kind, without) == {"body": [f"This mail needs [[{name}]]: people have to read it."]}


def test_all_that_is_missing_is_named_at_once():
    assert problems_of(MailKind.INVITATION, MailWords("Welcome", "Come!")) == {
        "body": [
            "This mail needs [[session]], [[joining_link]], [[calendar_note]]: people have to read them."
        ]
    }


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (
            "[[places]]\n[[joining_lnik]] [[session]]",
            "[[joining_lnik]], [[session]] cannot be used here. These can: [[places]], [[name]], "
            "[[webinar_title]], [[webinar_link]], [[contact]], [[reference]].",
        ),
        (
            "[[places]]\n\nDear [[name",
            "Line 3 has [[ or ]] that is no placeholder. Write placeholders like this: [[webinar_title]].",
        ),
        (
            "]]\n[[places]]\n[[ name ]]",
            "Lines 1, 3 have [[ or ]] that is no placeholder. Write placeholders like this: [[webinar_title]].",
        ),
        ("Here: [[places]]", "Put [[places]] on a line of its own: it becomes whole paragraphs."),
        ("- [[places]]", "Put [[places]] on a line of its own: it becomes whole paragraphs."),
        ("[[places]]\n\n[[places]]", "Use [[places]] only once."),
        (
            "\u202e[[places]]",
            "Delete the invisible character U+202E: it would break the line or change the reading direction.",
        ),
        (
            "\u2028\x00\x85\n[[places]]",
            "Delete the invisible characters U+0000, U+0085, U+2028: they would break the line or change the reading "
            "direction.",
        ),
        ("x" * 1_000_000, "This has 1000000 characters. At most 6000 are possible."),
    ],
    ids=[
        "unknown",
        "not closed",
        "not opened, and blanks",
        "in a line",
        "in a list",
        "twice",
        "direction",
        "control letters",
        "one megabyte",
    ],
)  # fmt: skip
def test_text_that_cannot_be_filled_is_refused(body, problem):
    problems = problems_of(MailKind.MANAGE_LINK, MailWords("Links", body))["body"]

    assert problem in problems


@pytest.mark.parametrize(
    ("subject", "problem"),
    [
        ("", "Write something here."),
        ("Welcome\nBcc: evil@example.org", "Delete the invisible character U+000A:"),
        ("Welcome [[session]]", "[[session]] cannot be used here. These can: [[name]],"),
        ("x" * (LONGEST_SUBJECT + 1), "This has 201 characters. At most 200 are possible."),
    ],
    ids=["empty", "two lines", "paragraphs", "too long"],
)
def test_subject_that_cannot_stand_in_a_header_is_refused(subject, problem):
    (found,) = problems_of(MailKind.INVITATION, MailWords(subject, BODY))["subject"]

    assert found.startswith(problem)


def test_nothing_typed_into_the_form_may_stand_in_the_mail_to_an_unproven_address():
    possible = RULES[MailKind.CONFIRM_ADDRESS].possible

    assert possible == (
        *("asked", "confirm_link", "not_you"),
        *("webinar_title", "webinar_link", "contact", "reference"),
    )


def test_tidy_keeps_words_without_what_browsers_add():
    assert tidy(MailWords(" Hello ", "\r\n\r\n  Two  \r\n\rlines \r\n")) == MailWords("Hello", "Two\n\nlines")


def test_text_stands_in_the_frame_of_its_mail(seats):
    mail = written(
        mails.invitation(seats[0], NOW),
        f"Come to [[session_title]] ([[session_when]], [[session_place]]), [[name]]!\n\n{BODY}",
        "Welcome to [[webinar_title]], [[reference]]",
    )

    wording = wording_for(mail)

    assert wording.subject == "Welcome to The industrial cluster response, K7QM-2VXA"
    assert wording.text == (
        "Dear Ada Kovač,\n\n"
        "Come to Supply chains (Tuesday 28 April 2020, 10:30 to 12:30 (Brussels time, CEST, UTC+2), "
        "WebEx Training (online)), Ada Kovač!\n\n"
        "Come!\n\n" + wording_for(mails.invitation(seats[0], NOW)).text.partition("in this session:\n\n")[2]
    )


@every_mail_to_staff
def test_frame_of_a_mail_to_staff_keeps_the_way_to_the_desk_and_no_way_to_anybody(
    registration, seats, method, write
):
    body = "\n\n".join(["Short.", *(token(name) for name in RULES[write(registration, seats).kind].must)])

    text = wording_for(written(write(registration, seats), body)).text

    assert ("https://webinars.example.eu/admin/\n" in text, "/r/" in text, "/my-link/" in text) == (
        True,
        False,
        False,
    )


@every_mail_to_people
def test_frame_keeps_the_way_to_the_persons_own_page(registration, seats, method, write):
    mail = write(registration, seats)
    body = "\n\n".join(["Short.", *(token(name) for name in RULES[MailKind(mail.kind)].must)])

    text = wording_for(written(mail, body)).text

    own = "/my-link/" if method else "/r/manage-token/"
    no_page = (MailKind.CONFIRM_ADDRESS, MailKind.CONFIRM_NEW_ADDRESS, MailKind.ADDRESS_LEFT)
    gone = mail.kind in no_page or mail.facts.get("left", False)
    assert (own in text, "K7QM-2VXA" in text, "Your Cluster Team" in text) == (not gone, True, True)


def test_what_is_filled_in_is_not_filled_again_and_stays_on_its_line(seats):
    mail = written(mails.invitation(seats[0], NOW), f"[[name]]\n\n{BODY}", "Hello [[name]]")
    mail.facts["name"] = "[[joining_link]]\nBcc: {{ join_url }}\u202e"

    wording = wording_for(mail)

    assert wording.subject == "Hello [[joining_link]] Bcc: {{ join_url }}"
    assert "\n\n[[joining_link]] Bcc: {{ join_url }}\n\nCome!" in wording.text


def test_text_is_no_template_and_no_html(seats):
    hostile = '{% load i18n %}{{ join_url }}<script>alert(1)</script><img src="http://evil.example/x.png">'

    wording = wording_for(
        written(mails.invitation(seats[0], NOW), f"{hostile}\n\n{BODY}", "<b>{{ name }}</b>")
    )

    assert (wording.subject, hostile in wording.text) == ("<b>{{ name }}</b>", True)
    assert "{{ join_url }}&lt;script&gt;alert(1)&lt;/script&gt;&lt;img src=" in wording.html
    assert ("<script" in wording.html, "<img" in wording.html) == (False, False)


def test_text_reaches_neither_headers_nor_the_calendar(seats):
    body = f"BEGIN:VEVENT\nATTENDEE:mailto:evil@example.org\nBcc: evil@example.org\n\n{BODY}"
    plain = mails.render(mails.invitation(seats[0], NOW), SENT)

    raw = mails.render(written(mails.invitation(seats[0], NOW), body, "Subject: x"), SENT)

    changed = {"Message-ID", "Subject"}
    assert {name for name, value in headers_of(raw).items() if value != headers_of(plain)[name]} == changed
    assert [part.get_content() for part in calendar_parts(read(raw))] == [
        part.get_content() for part in calendar_parts(read(plain))
    ]


@pytest.mark.parametrize(("kind", "name"), REQUIRED, ids=[f"{kind}, {name}" for kind, name in REQUIRED])
def test_mail_without_a_fact_that_its_text_needs_is_not_rendered(registration, seats, kind, name):
    needs = {
        need.split(".")[0].replace("judged", "sessions").replace("reasons", "reason")
        for need in PLACEHOLDERS[name].needs
    }
    for fact in needs:
        mail = written(invitation_like(seats), standard_words(kind, "en").body)
        mail.kind = kind
        mail.facts.pop(fact, None)

        with pytest.raises(KeyError):
            mails.render(mail, SENT)


def invitation_like(seats):
    """Return a mail that has the facts of every kind there is."""
    mail = mails.rejected(because(invited(seats[0])), NOW)
    mail.facts |= {
        "join_url": "https://webinars.example.eu/join/x/",
        "was": seats[0].told,
        "answer": "No.",
        "confirm_url": "https://webinars.example.eu/confirm/x/",
        "places": [],
        "sessions": [],
        "left": False,
        "programme": [],
        "agenda_url": "https://webinars.example.eu/agenda/",
    }
    return mail


def test_mail_under_a_text_that_no_longer_fits_is_not_rendered(seats):
    mail = written(mails.invitation(seats[0], NOW), "Come! [[of_yesterday]]")

    with pytest.raises(DoesNotFit, match=r"\[\[of_yesterday\]\] cannot be used here"):
        mails.render(mail, SENT)


@pytest.mark.parametrize(
    "piece",
    ["&\n", '"\n', "a.org\n", "ü.org\n", "😀.org\n", "- x\n", "x\n\n", "[[name]]", "http://a\n", "🙂"],
)
def test_longest_text_stays_below_what_mail_programs_cut(seats, piece):
    rest = f"\n{BODY}"
    body = tidy(MailWords("", piece * ((LONGEST_BODY - len(rest)) // len(piece)) + rest)).body
    mail = written(mails.invitation(seats[0], NOW), body)

    assert problems_of(MailKind.INVITATION, MailWords("x", body)) == {}
    assert len(wording_for(mail).html.encode()) < 100_000


def test_test_mail_says_so_and_carries_no_calendar(seats):
    mail = mails.invitation(seats[0], NOW)
    mail.facts = replace(mails.facts_of(mail), test=MailWords("Welcome", BODY)).to_json()
    mail.dedupe_key = f"{TEST_KEY}1"

    message = read(mails.render(mail, SENT))

    assert (message["Subject"], calendar_parts(message)) == ("[Test] Welcome", [])
    assert wording_for(mail).text.startswith(
        "This is a test that you sent to yourself. It is about an invented person: the links lead nowhere, and the "
        "file for the calendar is left out.\n\nDear Ada Kovač,\n\nCome!"
    )
