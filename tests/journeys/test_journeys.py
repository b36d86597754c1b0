"""Whole stories, told by the running site: web server, worker and scheduler as processes of their own.

Each runs on what the site brings along (SQLite, files) and on PostgreSQL and Redis.
"""

import re
from email.message import EmailMessage

import icalendar
import pytest

from tests.journeys.visitor import Page, Visitor
from tests.running_site import PASSWORD, RunningSite

WEBINAR = "/webinars/covid-19-industrial-cluster-response/"


@pytest.fixture
def visitor(site: RunningSite) -> Visitor:
    return Visitor(site.base_url)


def staff(site: RunningSite, name: str) -> Visitor:
    """Return a member of staff who is logged in to the admin."""
    person = Visitor(site.base_url)
    page = person.send("/admin/login/", username=name, password=PASSWORD)
    assert page.url.endswith("/admin/"), page.text
    return person


def sign_up(site: RunningSite, visitor: Visitor, email: str, **fields: object) -> Page:
    """Register for both sessions, and return the page that answers."""
    form = visitor.open(f"{WEBINAR}register/")
    sessions = re.findall(r'name="sessions" value="(\d+)"', form.text)
    assert len(sessions) == 2
    return visitor.send(
        f"{WEBINAR}register/",
        **{
            "first_name": "Zoë",
            "last_name": "Šimková",
            "email": email,
            "organisation": "Klastr Sever",
            "organisation_type": "cluster_organisation",
            "country": "CZ",
            "sessions": sessions,
            "privacy_acknowledged": "on",
            **fields,
        },
    )


def confirm(site: RunningSite, visitor: Visitor, email: str) -> Page:
    """Follow the link in the newest mail, press the button, and return "my registration"."""
    mail = site.wait_for_mails(1, email)[-1]
    link = re.search(r"http\S+/confirm/\S+/", text_of(mail))
    assert link, text_of(mail)
    return visitor.send(link[0])


def decide(person: Visitor, email: str, move: str, **fields: object) -> Page:
    """Find somebody in the admin and press a button about all their seats."""
    found = person.open(f"/admin/registrations/registration/?q={email}").link(
        r"/admin/registrations/registration/\d+/change/"
    )
    button = person.open(found).link(rf"/admin/registrations/seat/decide/{move}/\?seats=[\d,]+")
    return person.send(button, **fields)


def text_of(mail: EmailMessage) -> str:
    """Return what the mail says as plain text."""
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def event_of(mail: EmailMessage) -> tuple[str, icalendar.Event] | None:
    """Return METHOD and event of a mail's calendar part, or None."""
    parts = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    if not parts:
        return None
    calendar = icalendar.Calendar.from_ical(parts[0].get_payload(decode=True))
    assert parts[0].get_param("method") == str(calendar["METHOD"])
    return str(calendar["METHOD"]), calendar.events[0]


def told(mails: list[EmailMessage]) -> list[tuple[str, str | None]]:
    """Return (kind of subject, METHOD) of each mail."""
    events = [event_of(mail) for mail in mails]
    return [
        (str(mail["Subject"]).split(":")[0], event and event[0])
        for mail, event in zip(mails, events, strict=True)
    ]


def test_from_sign_up_to_invitation_and_withdrawal(site, visitor):
    email = "zoe@sever.example.org"

    answer = sign_up(site, visitor, email)
    mine = confirm(site, visitor, email)
    site.wait_for_mails(2, email)
    decide(staff(site, "approver"), email, "approve")
    mails = site.wait_for_mails(4, email)
    invitation = next(mail for mail in mails if event_of(mail))
    download = visitor.open(f"{mine.url}sessions/1.ics")
    withdrawn = visitor.send(f"{mine.url}withdraw/")
    last = site.wait_for_mails(5, email)[-1]

    assert answer.url.endswith("/register/done/")
    assert "/r/" in mine.url
    method, event = event_of(invitation)
    assert method == "REQUEST"
    assert event.attendees[0].email == email
    assert event.start.isoformat()[11:] in ("10:30:00+01:00", "10:30:00+02:00")
    assert re.search(r"/join/\S+/", text_of(invitation))
    downloaded = icalendar.Calendar.from_ical(download.body)
    assert (str(downloaded["METHOD"]), downloaded.events[0].uid) == ("PUBLISH", event.uid)
    assert [event_of(mail) for mail in mails[2:]].count(
        None
    ) == 1  # the second session's place is kept, without a date
    assert withdrawn.status == 200
    assert event_of(last)[0] == "CANCEL"
    assert event_of(last)[1].uid == event.uid
    assert event_of(last)[1].sequence > event.sequence
    assert len(site.mails(email)) == 5


def test_a_new_time_and_a_date_for_session_2_reach_the_calendars(site, visitor):
    email = "anna@vast.example.org"
    sign_up(site, visitor, email, country="SE")
    confirm(site, visitor, email)
    site.wait_for_mails(2, email)
    decide(staff(site, "approver"), email, "approve")
    invitation = next(mail for mail in site.wait_for_mails(4, email) if event_of(mail))
    editor = staff(site, "editor")
    listing = editor.open("/admin/registrations/webinarsession/").text
    second, first = sorted(
        {int(pk) for pk in re.findall(r"webinarsession/(\d+)/change", listing)}, reverse=True
    )

    change_time(editor, first, "2031-05-06", "14:00", "15:30")
    moved = site.wait_for_mails(5, email)[-1]
    change_time(editor, second, "2031-05-20", "10:00", "12:00")
    fixed = site.wait_for_mails(6, email)[-1]

    before, after, new = event_of(invitation)[1], event_of(moved)[1], event_of(fixed)[1]
    assert event_of(moved)[0] == event_of(fixed)[0] == "REQUEST"
    assert after.uid == before.uid
    assert after.sequence > before.sequence
    assert after.start.isoformat() == "2031-05-06T14:00:00+02:00"
    assert new.uid != before.uid
    assert new.start.isoformat() == "2031-05-20T10:00:00+02:00"
    assert "14:00 to 15:30" in text_of(moved)


def change_time(editor: Visitor, session: int, day: str, starts: str, ends: str) -> None:
    """Change a session's time as the pages ask for it: look first, press the button, and release the job."""
    query = f"day={day}&starts={starts}&ends={ends}"
    page = editor.send(
        f"/admin/registrations/webinarsession/{session}/change-time/?{query}",
        day=day,
        starts=starts,
        ends=ends,
    )
    assert "To be released at" in page.text
    released = editor.press(page, "Release now")
    assert "The job is released." in released.text


CORRIGENDUM = """
from datetime import date
from django.contrib.auth.models import User
from eligibility.services import drafts, publications
from eligibility.models import ListEdition
from eligibility.records import Source

edition = ListEdition.objects.get(list_key="ENI")
draft = drafts.draft_correction(edition.pk, key="ENI-corrected", starts=date(2020, 4, 27), source=Source("Test corrigendum"))
draft.entries.get(code="TN").delete()
one, two = (User.objects.get(username=name) for name in ("rulekeeper", "rulekeeper2"))
publications.publish(editions=[draft.pk], rules=[], by=one, confirmed_by=two, note="Test")
"""


def test_a_corrigendum_refuses_new_people_and_flags_the_approved(site, visitor):
    email, later = "amine@tunis.example.org", "leila@tunis.example.org"
    sign_up(site, visitor, email, country="TN")
    mine = confirm(site, visitor, email)
    site.wait_for_mails(2, email)
    approver = staff(site, "approver")
    decide(approver, email, "approve")
    approved = site.wait_for_mails(4, email)

    site.manage("shell", "-c", CORRIGENDUM)
    refused = sign_up(site, visitor, later, country="TN")
    asked = sign_up(site, visitor, later, country="TN", ask_review="on")
    site.manage("reassess_registrations")
    flagged = approver.open("/admin/registrations/seat/?flagged=yes").text
    still_there = visitor.open(mine.url)

    assert refused.status == 422
    assert "Partner countries of the European Neighbourhood Instrument" in refused.text
    assert "ask_review" in refused.text
    assert asked.url.endswith("/register/done/")
    assert flagged.count("Šimková") >= 1
    assert still_there.status == 200
    assert len(site.mails(email)) == len(approved)  # nobody loses a place by a list alone
