"""The page that says what a decision does, and does it."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from registrations import services
from registrations.models import REASONS, BulkJob, HistoryEntry, MailText, OutgoingMail, Seat
from registrations.states import Move
from tests.registrations import at_sight
from tests.registrations.desk.reading import hidden_in, messages, words
from tests.registrations.factories import NOW, approve, kinds, make_registration, make_session

pytestmark = pytest.mark.usefixtures("signed_in")

MAIL_SUBJECT = "Invitation: Supply chains, Tuesday 28 April 2020, 10:30 to 12:30 (Brussels time, CEST, UTC+2)"
PLACEHOLDER = "The reason that staff give is written here."
STOP = "the next page says when the decision is carried out, and until then it can be stopped there."


def url(move):
    return reverse("admin:registrations_seat_decide", args=[move])


def ids(*registrations):
    """Return what a page that shows these people's seats now sends of them."""
    return at_sight.sent(*Seat.objects.filter(registration__in=registrations).values_list("pk", flat=True))


def states():
    return list(Seat.objects.order_by("pk").values_list("state", flat=True))


def test_page_says_who_changes_and_who_is_told_by_which_mail(
    webinar, session, later_session, approver, client
):
    people = [make_registration(webinar, [session, later_session]), make_registration(webinar, [session])]

    response = client.get(url("approve"), {"seats": ids(*people)})

    preview = response.context["preview"]
    assert (preview.found, preview.changed, len(preview.people)) == (3, 3, 2)
    assert preview.mails == {
        "invitation, which puts the session into the calendar": 2,
        "place kept, date to be confirmed": 1,
    }
    assert "Approve: 3 places" in words(response)
    assert STOP in words(response)


@pytest.mark.parametrize(
    ("move", "mail"),
    [
        ("reject", "not admitted, which takes the session out of the calendar"),
        ("put_back", "to be decided again, which takes the session out of the calendar"),
        ("cancel", "place cancelled by staff, which takes the session out of the calendar"),
    ],
)
def test_page_says_that_a_session_leaves_the_calendar(move, mail, webinar, session, approver, client):
    registration = approve(make_registration(webinar, [session]), approver)

    response = client.get(url(move), {"seats": ids(registration)})

    assert response.context["preview"].mails == {mail: 1}
    assert STOP not in words(response)  # one person's seats are decided at once


def test_page_says_who_is_skipped_and_why(webinar, session, approver, client):
    stranger = make_registration(webinar, [session], country="US", ask_review=True)
    done = approve(make_registration(webinar, [session]), approver)

    response = client.get(url("approve"), {"seats": ids(stranger, done)})

    skipped = {note: skipped.count for note, skipped in response.context["preview"].skipped.items()}
    assert skipped == {
        "The verdict is not “eligible”: approving needs an exception by two members of staff.": 1,
        "“approve” is not possible: this one is “approved”.": 1,
    }
    assert 'type="submit"' not in response.content.decode().split("Who is skipped")[1].split("</main>")[0]


def test_page_names_some_and_counts_the_rest(webinar, session, approver, client):
    people = [make_registration(webinar, [session]) for _number in range(52)]

    response = client.get(url("approve"), {"seats": ids(*people)})

    assert (len(response.context["preview"].listed), response.context["preview"].unlisted) == (50, 2)
    assert "and 2 more places" in words(response)


def test_page_takes_the_same_queries_for_one_and_three_seats(webinar, session, approver, client):
    people = [make_registration(webinar, [session]) for _number in range(3)]
    counts = []

    for seats in (ids(people[0]), ids(*people)):
        with CaptureQueriesContext(connection) as queries:
            client.get(url("approve"), {"seats": seats})
        counts.append(len(queries))

    assert counts == [9, 9]


def test_few_seats_of_one_person_are_decided_at_once(webinar, session, later_session, approver, client):
    registration = make_registration(webinar, [session, later_session])

    response = client.post(url("approve"), {"seats": ids(registration)}, follow=True)

    assert response.redirect_chain == [
        (reverse("admin:registrations_registration_change", args=[registration.pk]), 302)
    ]
    assert messages(response) == ["Decided about 2 places; the person is being told."]
    assert (states(), kinds(registration)) == (["approved", "approved"], ["invitation", "place_kept"])


def test_one_seat_is_decided_and_the_other_left(webinar, session, later_session, approver, client):
    registration = make_registration(webinar, [session, later_session])
    first = registration.seats.first()

    client.post(url("reject"), {"seats": at_sight.sent(first.pk), "reason": "No cluster."})

    assert (states(), Seat.objects.get(pk=first.pk).reason) == (["rejected", "requested"], "No cluster.")


def test_seats_of_several_people_become_a_job(webinar, session, approver, client):
    people = [make_registration(webinar, [session]) for _number in range(2)]

    response = client.post(url("reject"), {"seats": ids(*people), "reason": "No cluster."})

    job = BulkJob.objects.get()
    assert response["Location"] == reverse("admin:registrations_bulkjob_change", args=[job.pk])
    assert (job.facts["move"], job.facts["reason"], job.total, job.created_by) == (
        "reject",
        "No cluster.",
        2,
        approver,
    )
    assert states() == ["requested", "requested"]


@pytest.mark.parametrize("move", ["reject", "put_back", "cancel"])
@pytest.mark.parametrize("reason", ["", "   "], ids=["empty", "blanks"])
def test_decision_against_a_person_needs_a_reason(move, reason, webinar, session, approver, client):
    registration = make_registration(webinar, [session])
    if move == "put_back":
        approve(registration, approver)
    before = states()

    response = client.post(url(move), {"seats": ids(registration), "reason": reason})

    complaint = {"reason_code": ["Choose a reason, or write one, or both."]}
    assert (response.status_code, response.context["form"].errors) == (200, complaint)
    assert (states(), response.context["preview"].seats) == (before, ids(registration))


def test_page_offers_the_reasons_that_go_with_the_decision(webinar, session, approver, client):
    seats = {"seats": ids(make_registration(webinar, [session]))}

    forms = [client.get(url(move), seats).context["form"] for move in ("reject", "cancel", "put_back")]

    offered = [[code for code, _label in form.fields["reason_code"].choices] for form in forms]
    assert offered == [["", *REASONS[move]] for move in (Move.REJECT, Move.CANCEL, Move.PUT_BACK)]
    assert offered[2] == ["", "corrected"]


def test_reason_chosen_is_enough(webinar, session, approver, client):
    registration = make_registration(webinar, [session])

    client.post(url("reject"), {"seats": ids(registration), "reason_code": "full", "reason": ""})

    seat = registration.seats.get()
    assert (seat.state, seat.reason_code, seat.reason) == ("rejected", "full", "")


def test_reason_that_is_not_offered_is_refused_and_nothing_typed_is_lost(webinar, session, approver, client):
    registration = make_registration(webinar, [session])

    response = client.post(
        url("reject"), {"seats": ids(registration), "reason_code": "wish", "reason": "You know."}
    )

    assert list(response.context["form"].errors) == ["reason_code"]
    assert "You know.</textarea>" in response.text
    assert states() == ["requested"]


def examples(response):
    """Return what the page shows of each mail: count, language, subject, and the first line that names a reason."""
    return [
        (
            group.count,
            group.language,
            group.example.mail.subject,
            group.example.mail.text.partition("The reason:\n\n")[2].partition("\n")[0],
        )
        for group in response.context["preview"].shown
    ]


def test_page_shows_each_mail_as_the_first_who_gets_it_would(
    webinar, session, later_session, approver, client
):
    people = [make_registration(webinar, [session, later_session]) for _number in range(3)]

    response = client.get(url("approve"), {"seats": ids(*people)})

    assert examples(response) == [
        (3, "English", MAIL_SUBJECT, ""),
        (3, "English", "Your place is kept, date to be confirmed: Recovery", ""),
    ]
    assert f"As {people[0].full_name} would get it now. Personal links are cut." in words(response)
    assert "Its calendar file puts the session into the calendar:" in words(response)
    assert people[0].seats.first().join_token not in response.text


def test_page_shows_one_person_exactly_their_mails(webinar, session, approver, client):
    registration = make_registration(webinar, [session, make_session(webinar, title="Second")])

    response = client.get(url("reject"), {"seats": ids(registration)})

    assert examples(response) == [
        (1, "English", "We cannot offer you a place: Supply chains", PLACEHOLDER),
        (1, "English", "We cannot offer you a place: Second", PLACEHOLDER),
    ]
    assert "As it would be sent now. Personal links are cut." in words(response)


def test_preview_shows_the_reason_in_the_mail_and_decides_nothing(webinar, session, approver, client):
    people = [make_registration(webinar, [session]) for _number in range(2)]
    answers = {"seats": ids(*people), "reason_code": "full", "reason": "Sorry.", "act": "preview"}

    response = client.post(url("reject"), answers)

    assert examples(response)[0][3] == "All places in this session are taken."
    assert ("Sorry.</textarea>" in response.text, response.context["form"].errors) == (True, {})
    assert (states(), BulkJob.objects.count(), OutgoingMail.objects.count()) == (["requested"] * 2, 0, 0)


def test_preview_says_where_the_verdict_contradicts_the_reason(webinar, session, approver, client):
    answers = {
        "seats": ids(make_registration(webinar, [session])),
        "reason_code": "country",
        "act": "preview",
    }

    response = client.post(url("reject"), answers)

    note = "The verdict does not say that the country is on no list; choose another reason."
    assert list(response.context["preview"].skipped) == [note]
    assert 'name="reason_code"' in response.text


def test_page_says_when_a_mail_cannot_be_made(webinar, session, approver, editor, client):
    MailText.objects.create(
        webinar=webinar,
        kind="invitation",
        language="en",
        version=1,
        subject="Come",
        body="Without a link.",
        created_at=NOW,
        created_by=editor,
    )
    client.force_login(approver)

    response = client.get(url("approve"), {"seats": ids(make_registration(webinar, [session]))})

    assert "This mail cannot be made: its text does not fit any more" in words(response)


def test_page_shows_some_mails_and_counts_the_other_kinds(webinar, approver, client):
    sessions = [make_session(webinar) for _number in range(14)]
    registration = make_registration(webinar, sessions)

    response = client.get(url("approve"), {"seats": ids(registration)})

    assert len(response.context["preview"].shown) == 12
    assert "2 more kinds of mail, sessions or languages are not shown here." in words(response)


def test_second_click_about_many_starts_one_job_and_shows_it(webinar, session, approver, client):
    people = [make_registration(webinar, [session]) for _number in range(2)]
    page = client.get(url("reject"), {"seats": ids(*people)}).context["form"]["page"].value()
    answers = {"seats": ids(*people), "reason_code": "full", "page": str(page)}

    clicks = [client.post(url("reject"), answers)["Location"] for _click in range(2)]

    job = BulkJob.objects.get()
    assert clicks == [reverse("admin:registrations_bulkjob_change", args=[job.pk])] * 2
    assert HistoryEntry.objects.filter(action="bulk_started").count() == 1


def test_page_gone_back_to_and_changed_starts_another_job(webinar, session, approver, client):
    people = [make_registration(webinar, [session]) for _number in range(2)]
    page = str(client.get(url("reject"), {"seats": ids(*people)}).context["form"]["page"].value())

    for code in ("full", "twice"):
        client.post(url("reject"), {"seats": ids(*people), "reason_code": code, "page": page})

    assert [job.facts["reason_code"] for job in BulkJob.objects.order_by("pk")] == ["full", "twice"]


def test_page_does_not_complain_before_anything_was_sent(webinar, session, approver, client):
    registration = make_registration(webinar, [session])

    response = client.get(url("reject"), {"seats": ids(registration)})

    assert response.context["form"].errors == {}


def test_second_click_decides_nothing_and_says_so(webinar, session, approver, client):
    registration = make_registration(webinar, [session])
    answer = {"seats": ids(registration)}
    client.post(url("approve"), answer)
    mailed = kinds(registration)

    response = client.post(url("approve"), answer, follow=True)

    assert messages(response)[-1] == (
        "Nothing was changed for “1. Supply chains”. You have decided this already."
    )
    assert (kinds(registration), HistoryEntry.objects.filter(action="approved").count()) == (mailed, 1)


def changes(response):
    """Return what a page says has changed since it was opened: of whom, and what."""
    return [(change.seat, str(change.note)) for change in response.context["changes"]]


BY_COLLEAGUE = (
    "Decided meanwhile by approver2, at Monday 20 April 2020, 10:00 (Brussels time): now “approved”."
)


def test_page_opened_before_a_colleague_decided_shows_that_instead_of_deciding(
    webinar, session, approver, second_approver, client
):
    """Row 1 of stale-pages.md."""
    registration = make_registration(webinar, [session])
    opened = hidden_in(client.get(url("reject"), {"seats": ids(registration)}))
    approve(registration, second_approver)

    response = client.post(url("reject"), opened | {"reason": "No cluster."})

    assert changes(response) == [(registration.seats.get(), BY_COLLEAGUE)]
    assert response.context["preview"].mails == {
        "not admitted, which takes the session out of the calendar": 1
    }
    assert "Nothing was changed: 1 place has changed since this page was opened." in words(response)
    assert "No cluster.</textarea>" in response.text
    assert (states(), kinds(registration)) == (["approved"], ["invitation"])


def test_page_that_shows_what_a_colleague_decided_can_be_sent_again_knowingly(
    webinar, session, approver, second_approver, client
):
    registration = make_registration(webinar, [session])
    opened = hidden_in(client.get(url("reject"), {"seats": ids(registration)}))
    approve(registration, second_approver)
    answers = {"reason": "No cluster."}
    again = hidden_in(client.post(url("reject"), opened | answers))

    client.post(url("reject"), again | answers)

    assert (states(), kinds(registration)) == (["rejected"], ["invitation", "rejected"])


def test_page_about_many_opened_before_a_colleague_decided_starts_no_job_and_names_them(
    webinar, session, approver, second_approver, client
):
    people = [make_registration(webinar, [session]) for _number in range(3)]
    opened = hidden_in(client.get(url("reject"), {"seats": ids(*people)}))
    approve(people[1], second_approver)

    response = client.post(url("reject"), opened | {"reason": "No cluster."})
    again = client.post(url("reject"), hidden_in(response) | {"reason": "No cluster."})

    assert changes(response) == [(people[1].seats.get(), BY_COLLEAGUE)]
    assert "No cluster.</textarea>" in response.text
    assert again.status_code == 302
    assert BulkJob.objects.get().total == 3


def test_preview_of_a_page_opened_before_says_what_has_changed(
    webinar, session, approver, second_approver, client
):
    registration = make_registration(webinar, [session])
    opened = hidden_in(client.get(url("reject"), {"seats": ids(registration)}))
    approve(registration, second_approver)

    response = client.post(url("reject"), opened | {"reason": "No cluster.", "act": "preview"})

    assert (changes(response), response.context["form"].errors) == (
        [(registration.seats.get(), BY_COLLEAGUE)],
        {},
    )


def test_page_sent_without_what_it_showed_decides_nothing(webinar, session, approver, client):
    registration = make_registration(webinar, [session])
    seat = registration.seats.get()

    response = client.post(url("approve"), {"seats": seat.pk})

    assert changes(response) == [
        (seat, "It is not known what state this place was in when the page was opened.")
    ]
    assert states() == ["requested"]


def test_page_sent_after_signing_in_again_still_says_what_it_showed(
    webinar, session, approver, second_approver, client
):
    registration = make_registration(webinar, [session])
    opened = hidden_in(client.get(url("reject"), {"seats": ids(registration)}))
    client.logout()
    approve(registration, second_approver)
    kept = client.post(url("reject"), opened | {"reason": "No cluster."}).context["kept"]
    client.force_login(approver)

    response = client.post(url("reject"), dict(kept))

    assert changes(response) == [(registration.seats.get(), BY_COLLEAGUE)]
    assert (states(), "No cluster.</textarea>" in response.text) == (["approved"], True)


def test_page_of_a_stopped_decision_sent_again_says_that_it_was_stopped(webinar, session, approver, client):
    people = [make_registration(webinar, [session]) for _number in range(2)]
    opened = hidden_in(client.get(url("approve"), {"seats": ids(*people)}))
    client.post(url("approve"), opened)
    services.jobs.stop_job(BulkJob.objects.get().pk, by=approver, now=NOW)

    response = client.post(url("approve"), opened, follow=True)

    assert messages(response)[-1] == (
        "This decision was stopped before. To take it after all, choose the places again."
    )
    assert BulkJob.objects.count() == 1


@pytest.mark.parametrize("count", [1, 3])
def test_page_says_who_is_about_to_decide_about_the_same_people(
    count, webinar, session, approver, second_approver, client
):
    people = [make_registration(webinar, [session]) for _number in range(4)]
    chosen = [person.seats.get().pk for person in people[:count]]
    rejection = services.decisions.Decision(move=Move.REJECT, by=second_approver, now=NOW, reason="Because.")
    job = at_sight.start_bulk_decision(chosen, decision=rejection)

    page = words(client.get(url("approve"), {"seats": ids(*people)}))

    link = reverse("admin:registrations_bulkjob_change", args=[job.pk])
    name = f"Reject · session 1 · {count} place" + ("s" if count > 1 else "")
    assert (
        f"approver2 is about to decide about {count} of the places on this page, in job {job.pk}: "
        f'<a href="{link}">{name}</a>, to be released at 10:05 (Brussels time)'
    ) in page


def test_get_decides_nothing(webinar, session, approver, client):
    registration = make_registration(webinar, [session])

    client.get(url("reject"), {"seats": ids(registration), "reason": "No."})

    assert (states(), OutgoingMail.objects.count()) == (["requested"], 0)


@pytest.mark.parametrize("seats", ["", "nonsense", "1;2", "1,", "-1", "9" * 30])
@pytest.mark.parametrize("method", ["get", "post"])
def test_seats_that_cannot_be_are_not_found(seats, method, approver, client):
    response = getattr(client, method)(url("approve"), {"seats": seats})

    assert response.status_code == 404


@pytest.mark.parametrize("move", ["confirm", "withdraw", "nonsense"])
def test_move_that_staff_do_not_make_is_not_found(move, webinar, session, approver, client):
    response = client.get(url(move), {"seats": ids(make_registration(webinar, [session]))})

    assert response.status_code == 404


def test_post_without_csrf_token_is_refused(webinar, session, approver):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(approver)

    response = strict.post(url("approve"), {"seats": ids(make_registration(webinar, [session]))})

    assert (response.status_code, states()) == (403, ["requested"])


@pytest.mark.parametrize(
    ("move", "again"), [("reject", True), ("put_back", True), ("cancel", True), ("approve", False)]
)
def test_page_says_who_is_invited_again(move, again, webinar, session, approver, client):
    names = {"first_name": "Ada", "last_name": "Kovač"}
    old = approve(make_registration(webinar, [session], **names), approver)
    kept = approve(make_registration(webinar, [session], organisation="Cluster Süd", **names), approver)

    response = client.get(url(move), {"seats": ids(old)})

    assert response.context["again"] == ([kept.seats.get()] if again else [])
    assert (">Ada Kovač</a>, Cluster Süd: 1. Supply chains" in words(response)) == again


def test_page_invites_nobody_again_who_goes_too(webinar, session, approver, client):
    names = {"first_name": "Ada", "last_name": "Kovač"}
    people = [approve(make_registration(webinar, [session], **names), approver) for _time in range(2)]

    response = client.get(url("reject"), {"seats": ids(*people)})

    assert response.context["again"] == []
