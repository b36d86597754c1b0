import re
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.policy import default
from email.utils import parseaddr
from html import unescape
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from icalendar import Calendar

from registrations import mails
from registrations.mails.rendering import wording_for
from tests.registrations.factories import NOW
from tests.registrations.mails.cases import because, every_mail, invited

SENT = datetime(2020, 4, 20, 9, 30, 15, tzinfo=UTC)


def read(raw):
    return message_from_bytes(raw, policy=default)


def shape(part):
    """Return the types of a message's parts as nested tuples."""
    if part.is_multipart():
        return (part.get_content_type(), *map(shape, part.iter_parts()))
    return part.get_content_type()


def headers_of(raw):
    """Return every header of a message as it stands, unfolded, apart from the boundary."""
    head = raw.partition(b"\r\n\r\n")[0].decode("ascii").replace("\r\n ", " ")
    names_and_values = (line.split(": ", 1) for line in head.split("\r\n"))
    return {name: re.sub(r'boundary="[^"]+"', "boundary", value) for name, value in names_and_values}


def calendar_parts(message):
    """Return the two copies of a message's calendar file."""
    return [
        part for part in message.walk() if part.get_content_type() in ("text/calendar", "application/ics")
    ]


@pytest.fixture
def invitation(seats):
    return mails.invitation(seats[0], NOW)


def test_render_writes_exactly_these_headers(invitation):
    assert headers_of(mails.render(invitation, SENT)) == {
        "From": "Your Cluster Team <webinars@example.eu>",
        "To": "ada@example.org",
        "Subject": (
            "Invitation: Supply chains, Tuesday 28 April 2020, 10:30 to 12:30 (Brussels time, CEST, UTC+2)"
        ),
        "Date": "Mon, 20 Apr 2020 09:30:15 +0000",
        "Message-ID": invitation.message_id,
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "OOF, AutoReply, RN, NRN",
        "Content-Language": "en",
        "MIME-Version": "1.0",
        "Content-Type": "multipart/mixed; boundary",
    }


def test_render_continues_the_thread_of_the_first_invitation(seats):
    headers = headers_of(mails.render(mails.rejected(because(invited(seats[0])), NOW), SENT))

    assert (headers["In-Reply-To"], headers["References"]) == ("<first@example.eu>", "<first@example.eu>")


@every_mail
def test_render_gives_every_mail_the_shape_its_calendar_part_asks_for(registration, seats, method, write):
    message = read(mails.render(write(registration, seats), SENT))

    assert shape(message) == (
        (
            "multipart/mixed",
            ("multipart/alternative", "text/plain", "text/html", "text/calendar"),
            "application/ics",
        )
        if method
        else ("multipart/alternative", "text/plain", "text/html")
    )


@every_mail
def test_render_writes_text_a_relay_leaves_alone(registration, seats, method, write):
    raw = mails.render(write(registration, seats), SENT)

    lines = raw.split(b"\r\n")
    assert raw.isascii()
    assert not [line for line in lines if len(line) > 78 or b"\r" in line or b"\n" in line]
    assert raw.endswith(b"\r\n")


def test_render_puts_one_calendar_file_in_twice_with_one_method(invitation):
    inline, attached = calendar_parts(read(mails.render(invitation, SENT)))

    data = inline.get_payload(decode=True)
    assert data == attached.get_payload(decode=True)
    assert data.startswith(b"BEGIN:VCALENDAR\r\n")
    assert Calendar.from_ical(data)["METHOD"] == "REQUEST"
    assert inline["Content-Type"] == 'text/calendar; charset="utf-8"; method="REQUEST"'
    assert attached["Content-Type"] == 'application/ics; name="invite.ics"'
    assert attached["Content-Disposition"] == 'attachment; filename="invite.ics"'
    assert (inline["Content-Transfer-Encoding"], attached["Content-Transfer-Encoding"]) == (
        "base64",
        "base64",
    )
    assert inline["Content-Disposition"] is None


def test_render_addresses_the_calendar_as_the_mail(invitation):
    message = read(mails.render(invitation, SENT))

    event = Calendar.from_ical(calendar_parts(message)[0].get_payload(decode=True)).events[0]
    assert event["ORGANIZER"] == f"mailto:{message['From'].addresses[0].addr_spec}"
    assert [str(attendee) for attendee in event.attendees] == [f"mailto:{message['To']}"]


def test_render_stamps_the_calendar_when_it_is_made(invitation):
    message = read(mails.render(invitation, SENT))

    event = Calendar.from_ical(calendar_parts(message)[0].get_payload(decode=True)).events[0]
    assert event.stamp == message["Date"].datetime == SENT


def test_render_asks_the_database_nothing(invitation, django_assert_num_queries):
    with django_assert_num_queries(0):
        mails.render(invitation, SENT)


def test_render_writes_an_idn_address_in_punycode(registration, seats):
    registration.email = seats[0].registration.email = "ada@müller.example"

    message = read(mails.render(mails.invitation(seats[0], NOW), SENT))

    event = Calendar.from_ical(calendar_parts(message)[0].get_payload(decode=True)).events[0]
    assert message["To"] == "ada@xn--mller-kva.example"
    assert [str(attendee) for attendee in event.attendees] == ["mailto:ada@xn--mller-kva.example"]


@pytest.mark.parametrize(
    ("default_from_email", "signature", "header"),
    [
        pytest.param(
            "webinars@example.eu",
            "Your Team: clusters, DG GROW",
            "Your Team clusters DG GROW <webinars@example.eu>",
            id="signature",
        ),
        pytest.param(
            '"Équipe «clusters»" <webinars@example.eu>',
            "x",
            "Équipe «clusters» <webinars@example.eu>",
            id="name in the setting",
        ),
        pytest.param(
            "webinars@example.eu",
            "a\r\nBcc: evil@example.org",
            '"a Bcc evilexample.org" <webinars@example.eu>',
            id="line break in the signature",
        ),
    ],
)
def test_render_names_the_sender(seats, settings, default_from_email, signature, header):
    settings.DEFAULT_FROM_EMAIL = default_from_email
    seats[0].registration.webinar.signature = signature

    raw = mails.render(mails.place_kept(seats[0], NOW), SENT)

    assert str(make_header(decode_header(headers_of(raw)["From"]))) == header
    assert read(raw)["Bcc"] is None


def sender_of(raw):
    """Return name and address in From by RFC 2047; Python's own parser keeps the spaces between encoded words."""
    name, address = parseaddr(re.sub(r"\r?\n(?=\s)", "", headers_of(raw)["From"]))
    return str(make_header(decode_header(name))) if "=?" in name else name, address


SCRIPTS = st.sampled_from(
    ["αβγδέςΣ ", "العربية ", "中文名字 ", "🎉👩🏽‍💻é ", "Łódź äöß ", "ab C. (d); 'x' = ?=_ "]
)
NAMES = st.tuples(SCRIPTS, SCRIPTS).flatmap(lambda two: st.text(alphabet="".join(two), max_size=160))


@given(name=NAMES, title=NAMES)
@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_render_writes_headers_that_read_back_equal_in_short_encoded_words(seats, name, title):
    mail = mails.place_kept(seats[1], NOW)
    mail.facts["sender"]["name"], mail.facts["session"]["title"] = name, title

    raw = mails.render(mail, SENT)

    headers = headers_of(raw)
    assert sender_of(raw) == (" ".join(name.split()), "webinars@example.eu")
    assert str(make_header(decode_header(headers["Subject"]))) == wording_for(mail).subject
    words = re.findall(r"=\?utf-8\?\S+\?=", headers["From"] + headers["Subject"])
    assert [word for word in words if len(word) > 75] == []


@pytest.mark.parametrize(
    "name",
    ["Ομάδα Συνεργατικών Σχηματισμών " * 4, "=?utf-8?q?Team?=", "Team (DG GROW); “clusters”", 'a"b\\c'],
    ids=["long and Greek", "as an encoded word", "brackets and quotes", "a backslash"],
)
def test_render_names_the_sender_as_they_are_called(seats, name):
    mail = mails.place_kept(seats[0], NOW)
    mail.facts["sender"]["name"] = name

    assert sender_of(mails.render(mail, SENT)) == (name.strip().replace('"', ""), "webinars@example.eu")


@given(title=st.text(max_size=250), name=st.text(max_size=160), reason=st.text(max_size=500))
@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_render_cannot_be_injected_into(seats, title, name, reason):
    seat = because(invited(seats[0], title=title), reason)
    mail = mails.rejected(seat, NOW)
    mail.facts["session"]["title"], mail.facts["name"] = title, name

    raw = mails.render(mail, SENT)

    message = read(raw)
    assert list(headers_of(raw)) == [
        "From", "To", "Subject", "Date", "Message-ID", "In-Reply-To", "References", "Auto-Submitted",
        "X-Auto-Response-Suppress", "Content-Language", "MIME-Version", "Content-Type",
    ]  # fmt: skip
    subject = str(make_header(decode_header(headers_of(raw)["Subject"])))
    assert subject.split() == wording_for(mail).subject.split()
    assert message["To"] == "ada@example.org"
    assert len(calendar_parts(message)) == 2


def test_render_keeps_spaces_between_accented_words_of_a_long_subject(seats):
    title = "réunion „Wiederaufbau“ für die Łódź-Gruppe, " + "Wiederaufbaustrategien" * 5
    seats[1].session.title = title

    raw = mails.render(mails.place_kept(seats[1], NOW), SENT)

    subject = re.search(rb"^Subject: (.*?)\r\n(?! )", raw, re.MULTILINE | re.DOTALL)[1].decode("ascii")
    assert str(make_header(decode_header(subject))) == f"Your place is kept, date to be confirmed: {title}"


def test_render_keeps_a_long_message_id_whole(seats):
    long_id = f"<{'0' * 32}@grow-cluster-webinars.collaboration-platform.ec.europa.example.eu>"
    seats[1].thread_id = long_id

    headers = headers_of(mails.render(mails.place_kept(seats[1], NOW), SENT))

    assert (headers["In-Reply-To"].strip(), headers["References"].strip()) == (long_id, long_id)


def test_render_refuses_an_address_it_cannot_write(registration):
    mail = mails.confirm_address(registration, NOW)
    mail.recipient = "ädä@example.org"

    with pytest.raises(ValueError, match="address"):
        mails.render(mail, SENT)


def test_render_refuses_a_value_that_would_begin_another_header(registration):
    mail = mails.confirm_address(registration, NOW)
    mail.message_id = "<1@example.eu>\r\nBcc: evil@example.org"

    with pytest.raises(HeaderParseError):
        mails.render(mail, SENT)


def test_render_refuses_a_kind_that_is_not_known(registration):
    mail = mails.confirm_address(registration, NOW)
    mail.kind = "unheard_of"

    with pytest.raises(ValueError, match="unheard_of"):
        mails.render(mail, SENT)


def test_html_escapes_what_people_wrote(seats):
    seat = because(seats[0], '<img src=x onerror="alert(1)"> & "more"\n- <b>bold</b>')
    mail = mails.rejected(seat, NOW)
    mail.facts["name"] = "<script>"

    wording = wording_for(mail)

    assert "Dear <script>," in wording.text
    assert '<img src=x onerror="alert(1)"> & "more"' in wording.text
    assert "<p>Dear &lt;script&gt;,</p>" in wording.html
    assert "&lt;img src=x onerror=&quot;alert(1)&quot;&gt; &amp; &quot;more&quot;" in wording.html
    assert "<li>&lt;b&gt;bold&lt;/b&gt;</li>" in wording.html


@every_mail
def test_html_says_what_the_text_says_under_the_subject_as_its_heading(registration, seats, method, write):
    wording = wording_for(write(registration, seats))

    main = wording.html.partition("<main>")[2].partition("</main>")[0]
    words = unescape(re.sub(r"<[^>]+>", " ", re.sub(r"</?a\b[^>]*>", "", main))).split()
    assert words == f"{wording.subject}\n{wording.text}".replace("\n- ", "\n").split()


@every_mail
def test_html_is_a_small_page_in_the_readers_language_without_anything_remote(
    registration, seats, method, write
):
    html = wording_for(write(registration, seats)).html

    assert html.startswith('<!doctype html>\n<html lang="en">')
    assert len(html.encode()) < 100_000
    assert not re.findall(r"<(?:img|link|script|iframe)|url\(|@import", html)


@every_mail
def test_text_has_no_holes_and_no_leftovers(registration, seats, method, write):
    text = wording_for(write(registration, seats)).text

    assert "\n\n\n" not in text
    assert not [line for line in text.splitlines() if line != line.strip() or "{" in line or "None" in line]
    assert ("", "") not in pairwise(text.splitlines())


def test_render_makes_the_same_words_from_facts_that_came_back_from_the_database(seats):
    seats[0].registration.save()
    mail = mails.session_changed(seats[0], NOW)
    wording = wording_for(mail)
    mail.save()

    mail.refresh_from_db()

    assert wording_for(mail) == replace(wording)
