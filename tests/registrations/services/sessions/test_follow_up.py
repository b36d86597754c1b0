"""After a session: what people are told, once per set of links."""

import pytest

from registrations import services
from registrations.models import BulkJob, HistoryEntry, MailKind, OutgoingMail, WebinarSession
from registrations.services.jobs import runner
from registrations.services.sessions.follow_up import FollowUp, Whom
from tests.registrations.factories import (
    ENDS,
    NOW,
    approve,
    carry_out,
    kinds,
    make_attendance,
    make_registration,
    release,
    would_be_mailed,
)

pytestmark = pytest.mark.django_db
LINKS = FollowUp(recording_url="https://files.example/r", feedback_url="https://files.example/f")


@pytest.fixture
def approved(webinar, session, approver):
    return approve(make_registration(webinar, [session]), approver)


def send(session, editor, links=LINKS, now=ENDS):
    services.sessions.send_follow_up(session.pk, links=links, by=editor, now=now)
    carry_out(now)


def told():
    mails = OutgoingMail.objects.filter(kind=MailKind.FOLLOW_UP).order_by("id")
    return [(mail.recipient, mail.facts["recording_url"], mail.facts["again"]) for mail in mails]


def test_send_follow_up_saves_the_links_and_tells_everybody_with_a_place(webinar, session, approved, editor):
    make_registration(webinar, [session])

    send(session, editor)

    session.refresh_from_db()
    job, mail = BulkJob.objects.get(kind="follow_up"), OutgoingMail.objects.get(kind=MailKind.FOLLOW_UP)
    assert services.sessions.follow_up_of(session) == LINKS
    assert (mail.registration, mail.job, "calendar" in mail.facts) == (approved, job, False)
    assert (job.created_by, job.total, job.changed, job.state) == (editor, 1, 1, "done")
    assert session.sequence == 1  # as the invitation left it
    entry = HistoryEntry.objects.get(action="follow_up_sent")
    assert (entry.by, entry.session, entry.facts) == (
        editor,
        session,
        {
            "links": {
                "recording_url": "https://files.example/r",
                "slides_url": "",
                "feedback_url": "https://files.example/f",
            }
        },
    )


def test_send_follow_up_again_needs_a_changed_link(session, approved, editor):
    send(session, editor)

    with pytest.raises(services.errors.FollowUpNotPossible, match="These links were sent already"):
        send(session, editor)
    send(session, editor, FollowUp(recording_url="https://files.example/r2"))

    assert told() == [
        (approved.email, "https://files.example/r", False),
        (approved.email, "https://files.example/r2", True),
    ]


def test_follow_up_stopped_in_its_window_can_be_sent_again_as_the_first(session, approved, editor):
    services.sessions.send_follow_up(session.pk, links=LINKS, by=editor, now=ENDS)
    services.jobs.stop_job(BulkJob.objects.get(kind="follow_up").pk, by=editor, now=ENDS)

    send(session, editor)

    assert told() == [(approved.email, "https://files.example/r", False)]


def test_follow_up_stopped_half_way_goes_on_with_those_who_were_not_told(
    webinar, session, approved, approver, editor, monkeypatch
):
    other = approve(make_registration(webinar, [session]), approver)
    monkeypatch.setattr(runner, "CHUNK", 1)
    services.sessions.send_follow_up(session.pk, links=LINKS, by=editor, now=ENDS)
    release(ENDS)
    runner.work_one_chunk(ENDS)
    services.jobs.stop_job(BulkJob.objects.get(kind="follow_up").pk, by=editor, now=ENDS)
    before = told()

    send(session, editor)

    link = "https://files.example/r"
    assert before == [(approved.email, link, False)]
    assert told() == [(approved.email, link, False), (other.email, link, False)]


def test_follow_up_after_one_stopped_half_way_says_that_links_changed(session, approved, editor, monkeypatch):
    monkeypatch.setattr(runner, "CHUNK", 1)
    services.sessions.send_follow_up(session.pk, links=LINKS, by=editor, now=ENDS)
    release(ENDS)
    runner.work_one_chunk(ENDS)
    services.jobs.stop_job(BulkJob.objects.get(kind="follow_up").pk, by=editor, now=ENDS)

    send(session, editor, FollowUp(recording_url="https://files.example/r2"))

    assert [again for _email, _link, again in told()] == [False, True]


def test_former_follow_up_can_be_sent_after_another_that_was_stopped_half_way(
    session, approved, editor, monkeypatch
):
    send(session, editor)
    monkeypatch.setattr(runner, "CHUNK", 1)
    wrong = FollowUp(recording_url="https://files.example/wrong")
    services.sessions.send_follow_up(session.pk, links=wrong, by=editor, now=ENDS)
    release(ENDS)
    runner.work_one_chunk(ENDS)
    services.jobs.stop_job(BulkJob.objects.latest("pk").pk, by=editor, now=ENDS)

    send(session, editor)

    assert [link for _email, link, _again in told()] == [
        "https://files.example/r",
        "https://files.example/wrong",
        "https://files.example/r",
    ]


@pytest.mark.parametrize(
    ("fields", "links", "now", "message"),
    [
        ({}, LINKS, NOW, "once the session is over"),
        ({"starts_at": None, "ends_at": None}, LINKS, ENDS, "once the session is over"),
        ({"state": "cancelled"}, LINKS, ENDS, "This session is cancelled"),
        ({}, FollowUp(), ENDS, "Give at least one link"),
    ],
    ids=["to come", "to be confirmed", "cancelled", "no link"],
)
def test_send_follow_up_is_refused(session, editor, fields, links, now, message):
    WebinarSession.objects.update(**fields)

    with pytest.raises(services.errors.FollowUpNotPossible, match=message):
        send(session, editor, links, now)

    session.refresh_from_db()
    assert (services.sessions.follow_up_of(session), kinds()) == (FollowUp(), [])
    assert not BulkJob.objects.filter(kind="follow_up").exists()


def test_edit_follow_up_changes_the_links_and_tells_nobody(session, approved, editor):
    send(session, editor)

    services.sessions.edit_follow_up(session.pk, links=FollowUp(), by=editor, now=ENDS)
    services.sessions.edit_follow_up(session.pk, links=FollowUp(), by=editor, now=ENDS)

    session.refresh_from_db()
    assert (services.sessions.follow_up_of(session), len(told())) == (FollowUp(), 1)
    assert HistoryEntry.objects.filter(action="follow_up_edited", by=editor).count() == 1


def test_edit_follow_up_before_the_end_is_refused(session, editor):
    with pytest.raises(services.errors.FollowUpNotPossible, match="once the session is over"):
        services.sessions.edit_follow_up(session.pk, links=LINKS, by=editor, now=NOW)


def test_follow_up_is_not_sent_to_who_withdrew_meanwhile(session, approved, editor):
    services.sessions.send_follow_up(session.pk, links=LINKS, by=editor, now=ENDS)
    services.people.withdraw(approved.pk, now=ENDS)

    carry_out(ENDS)

    assert told() == []


@pytest.mark.parametrize("count", [1, 3])
def test_following_up_takes_a_fixed_number_of_queries(
    webinar, session, approver, editor, count, django_assert_num_queries
):
    for _number in range(count):
        approve(make_registration(webinar, [session]), approver)
    services.sessions.send_follow_up(session.pk, links=LINKS, by=editor, now=ENDS)
    release(ENDS)

    with django_assert_num_queries(14):
        runner.work_one_chunk(ENDS)

    assert len(told()) == count


def test_wording_is_the_mail_without_anybody_in_it(session, approved):
    wording = services.sessions.follow_up_wording(session, LINKS, ENDS)

    assert wording.subject == "After the session: Supply chains"
    assert "Dear [first name] [family name]," in wording.text
    assert "https://files.example/r" in wording.text
    assert "slides" not in wording.text
    assert approved.last_name not in wording.text


@pytest.fixture
def absent(webinar, session, approved, approver):
    """Let the report say that one of two with a place was there, and one without; return the one who was not."""
    other = approve(make_registration(webinar, [session]), approver)
    for person in (approved, make_registration(webinar, [session])):
        seat = person.seats.get()
        make_attendance(session, by=approver, state="matched", match="hand", seat=seat)
    return other


def send_to(session, editor, whom, links=LINKS):
    services.sessions.send_follow_up(session.pk, links=links, by=editor, now=ENDS, whom=whom)
    carry_out(ENDS)


def test_follow_up_reaches_those_with_a_place_who_attended_then_those_who_did_not(
    session, approved, absent, editor
):
    counts = services.sessions.count_followed_up(session.pk)
    send_to(session, editor, Whom.ATTENDED)
    first = told()
    send_to(session, editor, Whom.ABSENT)

    link = "https://files.example/r"
    assert counts == {Whom.EVERYBODY: 2, Whom.ATTENDED: 1, Whom.ABSENT: 1}
    assert first == [(approved.email, link, False)]
    assert told() == [(approved.email, link, False), (absent.email, link, False)]
    assert [job.total for job in BulkJob.objects.filter(kind="follow_up")] == [1, 1]
    entry = HistoryEntry.objects.filter(action="follow_up_sent").first()
    assert entry.facts["whom"] == "absent"


@pytest.mark.parametrize(
    ("first", "then"),
    [
        (Whom.ATTENDED, Whom.ATTENDED),
        (Whom.ATTENDED, Whom.EVERYBODY),
        (Whom.EVERYBODY, Whom.ABSENT),
    ],
)
def test_nobody_is_sent_the_same_links_twice(session, absent, editor, first, then):
    send_to(session, editor, first)
    before = told()

    with pytest.raises(services.errors.FollowUpNotPossible, match="These links were sent already"):
        send_to(session, editor, then)

    assert told() == before


def test_same_links_to_the_same_people_are_refused_also_after_the_others_had_them(session, absent, editor):
    send_to(session, editor, Whom.ATTENDED)
    send_to(session, editor, Whom.ABSENT)

    with pytest.raises(services.errors.FollowUpNotPossible, match="These links were sent already"):
        send_to(session, editor, Whom.ATTENDED)


def test_new_links_say_so_only_to_who_had_others(session, approved, absent, editor):
    send_to(session, editor, Whom.ATTENDED)
    send_to(session, editor, Whom.ABSENT, FollowUp(recording_url="https://files.example/r2"))
    send_to(session, editor, Whom.EVERYBODY, FollowUp(recording_url="https://files.example/r3"))

    assert [again for _email, _link, again in told()] == [False, False, True, True]


def test_follow_up_to_who_attended_needs_a_report(session, approved, editor):
    with pytest.raises(services.errors.FollowUpNotPossible, match="attendance report first"):
        send_to(session, editor, Whom.ATTENDED)

    assert services.sessions.count_followed_up(session.pk) == {Whom.EVERYBODY: 1}
    assert (told(), BulkJob.objects.filter(kind="follow_up").count()) == ([], 0)


def test_job_in_its_window_counts_whom_it_reaches(session, absent, editor):
    services.sessions.send_follow_up(session.pk, links=LINKS, by=editor, now=ENDS, whom=Whom.ABSENT)

    assert would_be_mailed(BulkJob.objects.get(kind="follow_up")) == 1
