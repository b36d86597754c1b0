"""What waits on the start page: each row, with the permission it asks for and without."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission, User
from django.urls import reverse

from registrations import services
from registrations.models import OutgoingMail, Override, UnplacedAnswer, Webinar
from registrations.permissions import GROUPS
from tests.registrations import at_sight
from tests.registrations.desk.admin_reading import listed
from tests.registrations.factories import (
    ENDS,
    NOW,
    STARTS,
    approve,
    make_attendance,
    make_guest,
    make_registration,
    make_undated_session,
    make_user,
    make_webinar,
    propose_without,
)

# Of each row what somebody needs: to see the list it leads to, and last to do what it waits for.
SEATS = ("registrations.view_seat", "registrations.decide_seat")
OVERRIDES = ("registrations.view_override", "registrations.decide_seat")
MAILS = ("registrations.view_outgoingmail", "registrations.resend_outgoingmail")
JOBS = ("registrations.view_bulkjob", "registrations.import_registration", "registrations.stop_bulkjob")
ROWS = {
    "proposals to confirm": ("eligibility.view_publicationproposal", "eligibility.publish_rules"),
    "places to decide": SEATS,
    "of these to review: not eligible, or not for the lists to say": SEATS,
    "flagged: the verdict changed after the decision": SEATS,
    "exceptions to confirm": OVERRIDES,
    "objections to be answered": ("registrations.view_contest", "registrations.decide_seat"),
    "addresses that bounced": ("registrations.view_registration", "registrations.retry_address"),
    "mails failed": MAILS,
    "mails waiting longer than 15 minutes": MAILS,
    "mails not delivered, their addresses not being the reason": MAILS,
    "calendar answers that could not be placed": (
        "registrations.view_unplacedanswer",
        "registrations.settle_unplacedanswer",
    ),
    "sessions without a date": ("registrations.view_webinarsession", "registrations.move_session"),
    "sessions with attendances to match or to look at": (
        "registrations.view_webinarsession",
        "registrations.record_attendance",
    ),
    "exceptions you asked for that lapsed unanswered": OVERRIDES,
    "bulk jobs to be released, which can still be stopped": JOBS,
    "bulk jobs under way": JOBS,
}


@pytest.fixture
def proposal(trouble):
    return propose_without("TN", by=make_user("keeper", "Rule keepers"))


def rows(client):
    """Return the rows of the start page: what each says, how many, and where it leads."""
    html = client.get(reverse("admin:index")).content.decode()
    found = re.findall(r"<td>(\d+)</td><td><a href=\"([^\"]+)\">([^<]+)</a>", html)
    rows = {label: (int(count), url.replace("&amp;", "&")) for count, url, label in found}
    return {label: row for label, row in rows.items() if "/numbers/" not in row[1]}


def sign_in_with(client, *permissions):
    user = make_user(f"somebody{len(permissions)}")
    codenames = [permission.partition(".")[2] for permission in permissions]
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    client.force_login(user)


@pytest.mark.parametrize("row", ROWS)
def test_row_is_shown_to_those_who_may_act_on_it_and_to_nobody_else(row, client, db):
    act = ROWS[row][-1]
    everything_else = {permission for group in GROUPS.values() for permission in group} - {act}

    sign_in_with(client, *ROWS[row])
    seen = set(rows(client))
    sign_in_with(client, *everything_else)
    seen_by_others = set(rows(client))

    assert seen == {label for label, needed in ROWS.items() if set(needed) <= set(ROWS[row])}
    assert seen_by_others == {label for label, needed in ROWS.items() if act not in needed}


@pytest.mark.parametrize(
    ("permissions", "is_shown"),
    [
        (["registrations.view_registration", "registrations.view_seat"], True),
        (["registrations.view_registration"], False),
        (["registrations.view_seat"], False),
    ],
    ids=str,
)
def test_key_numbers_are_shown_to_those_who_may_see_what_is_counted(
    permissions, is_shown, webinar, session, later_session, approver, client
):
    for _number in range(2):
        approve(make_registration(webinar, [later_session]), approver)
    guest = make_guest(session)
    services.people.invite_guest(webinar.pk, guest=guest, by=approver, now=NOW)
    session.capacity = 5
    session.save()

    sign_in_with(client, *permissions)
    page = client.get(reverse("admin:index")).text

    expected = [
        "session 1: 1 approved, guests included; 5 places",
        "session 2: 2 approved, guests included",
        f"registrations: {webinar}",
    ]
    assert [words in page for words in expected] == [is_shown] * 3
    found = re.findall(rf'<td>(\d+)</td><td><a href="{numbers_of(webinar)}"', page)
    assert found == (["3"] if is_shown else [])


def numbers_of(webinar):
    return reverse("admin:registrations_webinar_numbers", args=[webinar.pk])


@pytest.mark.parametrize(
    ("group", "email", "chosen", "is_said"),
    [
        pytest.param("Approvers", "a@example.eu", "fr", True, id="another language"),
        pytest.param("Approvers", "a@example.eu", "en", False, id="the same language"),
        pytest.param("Approvers", "", "fr", False, id="no address"),
        pytest.param("Editors", "a@example.eu", "fr", False, id="gets no mails"),
    ],
)
def test_start_page_says_where_our_mails_are_in_another_language(group, email, chosen, is_said, sign_in):
    client = sign_in("somebody", group, email=email)
    services.accounts.set_staff_language(User.objects.get().pk, language=chosen)

    page = client.get(reverse("admin:index")).text

    assert ("Our mails to you are in another language than this page: French." in page) == is_said


def test_key_numbers_are_of_the_newest_webinars(db, sign_in):
    webinars = [make_webinar() for _number in range(4)]
    for number, webinar in enumerate(webinars):
        Webinar.objects.filter(pk=webinar.pk).update(created_at=NOW + timedelta(days=number))

    page = sign_in("somebody", "Approvers").get(reverse("admin:index")).text

    assert [numbers_of(webinar) in page for webinar in webinars] == [False, True, True, True]


def test_each_row_counts_what_its_link_lists(proposal, webinar, session, sign_in):
    client = sign_in("root", is_superuser=True)
    make_undated_session(webinar)
    make_attendance(session, by=make_user("reader"), name="Ida")
    forgotten = make_registration(webinar, [session], country="US", ask_review=True).seats.get()
    root = User.objects.get(username="root")
    UnplacedAnswer.objects.create(
        session=session, attendee="a@example.org", answer="accepted", answered_at=NOW, received_at=NOW
    )
    returned = OutgoingMail.objects.earliest("pk")
    returned.pk, returned.dedupe_key, returned.message_id = None, "returned", "returned@example.org"
    returned.state, returned.due_at, returned.returned_at = OutgoingMail.State.RETURNED, None, NOW
    returned.save()
    asked = at_sight.request_override(forgotten.pk, by=root, reason="A partner.", now=NOW)
    Override.objects.filter(pk=asked.pk).update(lapsed_at=NOW)

    found = rows(client)

    assert list(found) == list(ROWS)
    assert {label: count for label, (count, _url) in found.items()} == {
        label: len(listed(client.get(url))) for label, (_count, url) in found.items()
    }
    assert all(count for count, _url in found.values())


def test_answered_proposals_do_not_wait(proposal, sign_in):
    client = sign_in("second", "Rule keepers")
    waiting = rows(client)["proposals to confirm"][0]

    client.post(
        reverse("admin:eligibility_publicationproposal_answer", args=[proposal.pk]), {"answer": "decline"}
    )

    assert (waiting, rows(client)["proposals to confirm"][0]) == (1, 0)


def test_rows_say_what_waits_also_when_nothing_does(webinar, session, approver, sign_in):
    client = sign_in("somebody", "Approvers")
    make_registration(webinar, [session])
    stranger = make_registration(webinar, [session], country="US", ask_review=True)
    at_sight.request_override(stranger.seats.get().pk, by=approver, reason="A partner.", now=NOW)

    counts = {label: count for label, (count, _url) in rows(client).items()}

    assert counts == {
        "places to decide": 2,
        "of these to review: not eligible, or not for the lists to say": 1,
        "flagged: the verdict changed after the decision": 0,
        "exceptions to confirm": 1,
        "objections to be answered": 0,
        "addresses that bounced": 0,
        "mails failed": 0,
        "mails waiting longer than 15 minutes": 0,
        "mails not delivered, their addresses not being the reason": 0,
        "calendar answers that could not be placed": 0,
        "sessions with attendances to match or to look at": 0,
        "exceptions you asked for that lapsed unanswered": 0,
        "bulk jobs to be released, which can still be stopped": 0,
        "bulk jobs under way": 0,
    }


@pytest.mark.parametrize(
    ("group", "expected"),
    [
        (
            "Editors",
            [
                "sessions without a date",
                "bulk jobs to be released, which can still be stopped",
                "bulk jobs under way",
            ],
        ),
        ("Rule keepers", ["proposals to confirm"]),
        ("Auditors", []),
        ("Data protection", []),
    ],
)
def test_rows_are_those_of_the_group(group, expected, world, sign_in):
    client = sign_in("somebody", group)

    assert list(rows(client)) == expected


@pytest.mark.parametrize(("group", "waiting"), [("Approvers", 1), ("Editors", 2)])
def test_jobs_are_counted_for_those_whose_act_they_are(
    group, waiting, world, webinar, session, editor, sign_in
):
    """There wait a decision, for Approvers, and an agenda and a moved session, for Editors."""
    later = timedelta(hours=1)
    services.sessions.reschedule_session(
        session.pk, starts_at=STARTS + later, ends_at=ENDS + later, by=editor, now=NOW
    )
    client = sign_in("somebody", group)

    count, url = rows(client)["bulk jobs to be released, which can still be stopped"]

    assert (count, len(listed(client.get(url)))) == (waiting, waiting)
