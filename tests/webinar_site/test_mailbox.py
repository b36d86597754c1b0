import os
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText

import pytest
from django.core.mail import EmailMultiAlternatives
from hypothesis import given
from hypothesis import strategies as st

from webinar_site import mailbox
from webinar_site.maildir import MaildirBackend

CALENDAR = """BEGIN:VCALENDAR\r
VERSION:2.0\r
METHOD:REQUEST\r
BEGIN:VEVENT\r
UID:1@example.org\r
SEQUENCE:3\r
STATUS:CONFIRMED\r
SUMMARY:Webinar - session 1\r
LOCATION:WebEx Training (online)\r
DTSTART:20200428T083000Z\r
DTEND:20200428T103000Z\r
ORGANIZER;CN="Your Cluster Team":mailto:team@example.org\r
ATTENDEE;CN="Ana":mailto:ana@example.org\r
END:VEVENT\r
END:VCALENDAR\r
"""


@pytest.fixture
def here(settings, tmp_path):
    """Set up a site on this machine that keeps its mail, and return the folder."""
    settings.EMAIL_BACKEND = "webinar_site.maildir.MaildirBackend"
    settings.MAILDIR = tmp_path
    settings.SITE_URL = "http://127.0.0.1:8000"
    return tmp_path


@pytest.fixture
def visitor(client, here):
    client.defaults["HTTP_HOST"] = "127.0.0.1:8000"
    return client


def keep_invitation(folder):
    """Keep one invitation with all the parts a mail of this site can have; return its id."""
    mail = EmailMultiAlternatives(
        "Invitation: Łódź",
        "Join: http://127.0.0.1:8000/join/abc/",
        "team@example.org",
        ["Ana <ana@example.org>"],
        headers={"Message-ID": "<1@example.org>"},
    )
    mail.attach_alternative("<html><head></head><body><p>Join</p></body></html>", "text/html")
    mail.attach_alternative(CALENDAR, "text/calendar; method=REQUEST")
    mail.attach("invite.ics", CALENDAR.encode(), "application/ics")
    MaildirBackend().send_messages([mail])
    return next(folder.glob("*.eml")).stem


def read(folder, mail_id):
    return mailbox._read(folder / f"{mail_id}.eml")


@pytest.mark.parametrize("count", [1, 3])
def test_index_lists_newest_first(visitor, here, count):
    for number in range(count):
        file = here / f"mail{number}.eml"
        file.write_bytes(f"To: ana@example.org\r\nSubject: Mail {number}\r\n\r\nHello".encode())
        os.utime(file, (1_000 + number, 1_000 + number))

    response = visitor.get("/mailbox/")

    assert [letter.subject for letter in response.context["letters"]] == [
        f"Mail {number}" for number in reversed(range(count))
    ]


def test_index_shows_fifty_mails_a_page(visitor, here):
    for number in range(51):
        (here / f"mail{number}.eml").write_bytes(b"Subject: Mail\r\n\r\nHello")

    response = visitor.get("/mailbox/?page=2")

    assert len(response.context["letters"]) == 1
    assert "Page 2 of 2" in response.text


def test_index_without_mail_says_what_will_come(visitor):
    response = visitor.get("/mailbox/")

    assert "No mail yet" in response.text


def test_index_survives_a_damaged_mail(visitor, here):
    (here / "damaged.eml").write_bytes(
        b"Subject: =?nonsense?b?!!!?=\r\nTo: \xff\xfe\r\nContent-Type: \xff; boundary=\r\n\r\n\xff"
    )
    (here / "empty.eml").write_bytes(b"")

    response = visitor.get("/mailbox/")

    assert response.status_code == 200
    assert len(response.context["letters"]) == 2


def test_letter_reads_every_part(here):
    letter = read(here, keep_invitation(here))

    assert letter.subject == "Invitation: Łódź"
    assert letter.recipient == "Ana <ana@example.org>"
    assert letter.method == "REQUEST"
    assert letter.text == "Join: http://127.0.0.1:8000/join/abc/"
    assert letter.attachments == [mailbox.Attachment("invite.ics", "application/ics", len(CALENDAR))]


def test_letter_reads_the_calendar_part(here):
    [appointment] = read(here, keep_invitation(here)).appointments

    assert (appointment.method, appointment.sequence, appointment.status) == ("REQUEST", "3", "CONFIRMED")
    assert (appointment.title, appointment.uid) == ("Webinar - session 1", "1@example.org")
    assert appointment.location == "WebEx Training (online)"
    assert appointment.organiser == "mailto:team@example.org"
    assert appointment.attendees == ["mailto:ana@example.org"]
    assert appointment.starts_at.isoformat() == "2020-04-28T08:30:00+00:00"
    assert appointment.ends_at.isoformat() == "2020-04-28T10:30:00+00:00"


def test_letter_shows_links_times_and_frame(visitor, here):
    mail_id = keep_invitation(here)

    page = visitor.get(f"/mailbox/{mail_id}/").text

    assert '<a href="http://127.0.0.1:8000/join/abc/" rel="nofollow">' in page
    assert "Tuesday 28 April 2020, 10:30 to 12:30 (Brussels time, CEST, UTC+2)" in page
    assert "2020-04-28 08:30 to 2020-04-28 10:30 UTC" in page
    assert f'src="/mailbox/{mail_id}/html/" sandbox="allow-top-navigation-by-user-activation"' in page


@pytest.mark.parametrize(
    ("header", "heading"),
    [("Content-Language: fr\r\n", '<h1 lang="fr">Bonjour</h1>'), ("", "<h1>Bonjour</h1>")],
    ids=["known", "not stated"],
)
def test_letter_says_which_language_it_is_in(visitor, here, header, heading):
    (here / "mail1.eml").write_bytes(f"{header}To: ana@example.org\r\nSubject: Bonjour\r\n\r\nMerci".encode())

    assert heading in visitor.get("/mailbox/mail1/").text


@pytest.mark.parametrize(
    "calendar",
    [
        pytest.param("nonsense", id="no calendar at all"),
        pytest.param("BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n", id="cut off"),
    ],
)
def test_letter_with_a_damaged_calendar_still_opens(visitor, here, calendar):
    mail = MIMEMultipart()
    mail.attach(MIMEText("Hello"))
    mail.attach(MIMEText(calendar, "calendar"))
    (here / "damaged.eml").write_bytes(mail.as_bytes())

    response = visitor.get("/mailbox/damaged/")

    assert response.status_code == 200
    assert response.context["letter"].appointments == []


def test_letter_with_unknown_encodings_is_read_as_far_as_possible(here):
    mail = b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/plain; charset=klingon\r\n\r\nHello"
    mail += b"\r\n--x\r\nContent-Disposition: attachment; filename*=\x00''name\r\n\r\nFile\r\n--x--"
    (here / "odd.eml").write_bytes(mail)

    letter = read(here, "odd")

    assert letter.text == "Hello"
    assert letter.attachments == [mailbox.Attachment("", "text/plain", 4)]


def test_letter_escapes_what_a_mail_holds(visitor, here):
    (here / "hostile.eml").write_bytes(b"Subject: <script>1</script>\r\n\r\n<script>2</script>")

    page = visitor.get("/mailbox/hostile/").text

    assert "<script>1" not in page
    assert "<script>2" not in page


def test_letter_html_is_served_without_power(visitor, here):
    response = visitor.get(f"/mailbox/{keep_invitation(here)}/html/")

    assert response.text == '<html><head><base target="_top"></head><body><p>Join</p></body></html>'
    assert response.headers["Content-Security-Policy"] == (
        "sandbox allow-top-navigation-by-user-activation; default-src 'none'; style-src 'unsafe-inline'; "
        "frame-ancestors 'self'"
    )
    assert response.headers["X-Frame-Options"] == "SAMEORIGIN"


def test_raw_is_the_file(visitor, here):
    mail_id = keep_invitation(here)

    response = visitor.get(f"/mailbox/{mail_id}.eml")

    assert response.headers["Content-Type"] == "message/rfc822"
    assert response.content == (here / f"{mail_id}.eml").read_bytes()


ADDRESSES = ["/mailbox/", "/mailbox/mail/", "/mailbox/mail/html/", "/mailbox/mail.eml"]


@pytest.fixture
def kept_mail(here):
    (here / "mail.eml").write_bytes(b"Subject: Mail\r\n\r\nHello")


@pytest.mark.parametrize("address", ADDRESSES)
def test_mailbox_is_not_stored_or_indexed(visitor, kept_mail, address):
    response = visitor.get(address)

    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["X-Robots-Tag"] == "noindex"


@pytest.mark.parametrize("address", ADDRESSES)
def test_mailbox_is_closed_to_other_hosts(visitor, kept_mail, settings, address):
    settings.ALLOWED_HOSTS = ["*"]

    assert visitor.get(address, headers={"host": "webinar.example.org"}).status_code == 404


@pytest.mark.parametrize("address", ADDRESSES)
def test_mailbox_is_closed_on_a_public_site(visitor, kept_mail, settings, address):
    settings.SITE_URL = "https://webinar.example.org"

    assert visitor.get(address).status_code == 404


@pytest.mark.parametrize("address", ADDRESSES)
def test_mailbox_is_closed_when_mail_is_sent(visitor, kept_mail, settings, address):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"

    assert visitor.get(address).status_code == 404


@pytest.mark.parametrize("address", ADDRESSES)
def test_mailbox_only_reads(visitor, kept_mail, address):
    assert visitor.post(address).status_code == 405


@pytest.mark.parametrize(
    "address",
    [
        "/mailbox/unknown/",
        "/mailbox/unknown/html/",
        "/mailbox/unknown.eml",
        "/mailbox/../settings/",
        "/mailbox/%2e%2e%2fsecret.eml",
    ],
)
def test_mailbox_unknown_mail_is_not_found(visitor, kept_mail, address):
    assert visitor.get(address).status_code == 404


@given(
    st.binary(max_size=400) | st.text(alphabet='=?:;<>"\r\n \tabBQutf-8/\xff', max_size=400).map(str.encode)
)
def test_letter_reads_any_bytes(data):
    heads = [
        b"Subject: ",
        b"Content-Type: text/calendar; method=",
        b"Content-Disposition: attachment; filename*=",
    ]

    for head in heads:
        letter = mailbox.KeptMail("any", None, mailbox.email.message_from_bytes(head + data))
        parts = (letter.subject, letter.recipient, letter.headers, letter.text, letter.html, letter.method)

        assert all(part is not None for part in (*parts, letter.appointments, letter.attachments))
