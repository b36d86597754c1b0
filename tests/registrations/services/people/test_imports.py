"""Registrations from a list: looked at as the form's are, taken in chunks, and proven by each person alone."""

from dataclasses import replace

import pytest

from registrations import services
from registrations.models import BulkJob, HistoryEntry, ImportedLine, LegalText, OutgoingMail, Registration
from registrations.services.jobs import runner
from registrations.services.people.confirmation import Consents
from registrations.services.people.imports import ImportLine, ImportRequest
from tests.registrations.factories import NOW, carry_out, kinds, make_registration, release, would_be_mailed

pytestmark = pytest.mark.django_db


@pytest.fixture
def submission(session):
    return services.people.Submission(
        first_name="Ada",
        last_name="Nord",
        email="ada@example.org",
        organisation="Cluster Nord",
        organisation_type="cluster_organisation",
        country="BE",
        sessions=(session.pk,),
        question="What next?",
    )


@pytest.fixture
def line(submission):
    """Return a function that makes a line about somebody by number."""

    def make(number, **changes):
        changes = {"email": f"person{number}@example.org", **changes}
        return ImportLine(number, changes["email"], replace(submission, **changes))

    return make


def start(webinar, approver, *lines, **options):
    return services.people.start_import(
        webinar.pk, intake=ImportRequest(lines, by=approver, now=NOW, **options)
    )


def problems(webinar, *lines):
    report = services.people.check_import(webinar.pk, lines, now=NOW)
    return {line.candidate.number: line.problems for line in report.wrong}


def test_import_makes_unconfirmed_registrations_and_asks_everybody_to_confirm(
    webinar, session, approver, line
):
    job = start(webinar, approver, line(2), line(3, country="TN"))
    carry_out()

    job.refresh_from_db()
    people = Registration.objects.order_by("pk")
    assert (job.state, job.total, job.changed, job.created_by) == ("done", 2, 2, approver)
    assert list(
        people.values_list("email_key", "state", "country", "question", "entered_by_staff", "seats__state")
    ) == [
        ("person2@example.org", "unconfirmed", "BE", "What next?", True, "requested"),
        ("person3@example.org", "unconfirmed", "TN", "What next?", True, "requested"),
    ]
    assert [person.seats.get().outcome for person in people] == ["eligible", "eligible"]
    assert [person.privacy_acknowledged_at for person in people] == [None, None]
    assert kinds() == ["confirm_address", "confirm_address"]
    assert [mail.facts["by_staff"] for mail in OutgoingMail.objects.all()] == [True, True]


def test_import_is_in_the_history_by_ids_alone(webinar, approver, line):
    job = start(webinar, approver, line(2), line(3, country="US"), leave_out_wrong=True, ignored=("Fax",))
    carry_out()

    person = Registration.objects.get()
    entries = HistoryEntry.objects.order_by("pk").values_list("action", "by", "registration", "facts")
    assert list(entries.exclude(action="bulk_released")) == [
        ("people_imported", approver.pk, None, {"job": job.pk, "lines": 1, "left_out": 1, "ignored_columns": 1}),
        (
            "registered",
            approver.pk,
            person.pk,
            {
                "seats": [
                    {"session": 1, "state": "requested", "outcome": "eligible", "publication": person.seats.get().publication_number}
                ],
                "job": job.pk,
            },
        ),
    ]  # fmt: skip


def test_line_forgets_what_it_said_once_it_is_a_registration(webinar, approver, line):
    start(webinar, approver, line(2))
    said = ImportedLine.objects.get().answers
    carry_out()

    taken = ImportedLine.objects.get()
    assert said["email"] == "person2@example.org"
    assert (taken.answers, taken.registration, taken.problem) == ({}, Registration.objects.get(), "")


def test_check_says_of_each_line_why_it_cannot_be_taken(webinar, session, line):
    make_registration(webinar, [session], email="known@example.org")
    cancelled = session.pk + 4711

    found = problems(
        webinar,
        line(2),
        line(3, email="PERSON2@example.org"),
        line(4, email="Known@Example.org"),
        line(5, country="US"),
        line(6, sessions=(cancelled,)),
        ImportLine(7, "nobody", problems=("Enter your family name.",)),
        line(8, country="US", ask_review=True),
    )

    assert found == {
        3: ("Line 2 has the same email address.",),
        4: ("This address is already registered for this webinar.",),
        5: ("Organisations established in this country cannot take part.",),
        6: ("Choose from the sessions of this webinar that are still to come.",),
        7: ("Enter your family name.",),
    }


def test_check_counts_what_the_lists_say_and_says_so_of_a_refusal(webinar, line):
    lines = [line(2), line(3, country="TN"), line(4, country="US"), line(5, country="US", ask_review=True)]

    report = services.people.check_import(webinar.pk, lines, now=NOW)

    assert report.outcomes == {"eligible": 2, "not_eligible": 1, "review": 0}
    assert report.lines[2].reasons == ("Result for United States on 28 April 2020: may not take part.",)
    assert Registration.objects.count() == 0


def test_same_list_again_says_that_it_waits_to_be_confirmed(webinar, approver, line):
    start(webinar, approver, line(2))
    carry_out()

    assert problems(webinar, line(2)) == {
        2: ("This address was imported before, and waits to be confirmed.",)
    }


def test_somebody_elses_unconfirmed_form_keeps_nobody_off_a_list(webinar, session, line):
    make_registration(webinar, [session], email="person2@example.org", state="unconfirmed")

    assert problems(webinar, line(2)) == {}


def test_whoever_has_sent_the_form_themselves_keeps_their_own_answers(webinar, session, line):
    own = line(2).submission
    services.people.register(webinar.pk, submission=own, now=NOW)

    assert problems(webinar, line(2)) == {
        2: ("This person has registered, and has yet to confirm the address.",)
    }


def test_nothing_is_taken_while_a_line_is_wrong(webinar, approver, line):
    with pytest.raises(services.errors.ImportNotPossible, match="Nothing was imported"):
        start(webinar, approver, line(2), line(3, country="US"))
    with pytest.raises(services.errors.ImportNotPossible):
        start(webinar, approver, line(3, country="US"), leave_out_wrong=True)

    assert (BulkJob.objects.count(), ImportedLine.objects.count()) == (0, 0)


def test_nothing_is_taken_once_registration_is_closed(webinar, approver, line):
    webinar.registration_open = False
    webinar.save()

    with pytest.raises(services.errors.RegistrationClosed):
        start(webinar, approver, line(2))


def test_what_changed_since_the_check_is_seen_again_when_a_worker_takes_the_lines(
    webinar, session, approver, line
):
    job = start(webinar, approver, line(2), line(3))
    make_registration(webinar, [session], email="person2@example.org")
    carry_out()

    job.refresh_from_db()
    assert (job.changed, job.skipped, job.failed) == (1, 1, 0)
    assert list(ImportedLine.objects.values_list("number", "answers", "problem")) == [
        (2, {}, "This address is already registered for this webinar."),
        (3, {}, ""),
    ]


def test_registration_that_closes_meanwhile_leaves_every_line_alone(webinar, approver, line):
    start(webinar, approver, line(2))
    webinar.registration_open = False
    webinar.save()
    carry_out()

    assert ImportedLine.objects.get().problem == "Registration for this webinar is closed."
    assert (Registration.objects.count(), kinds()) == (0, [])


def test_stopping_an_import_forgets_the_list(webinar, approver, line):
    job = start(webinar, approver, line(2), line(3))

    assert would_be_mailed(job) == 2
    services.jobs.stop_job(job.pk, by=approver, now=NOW)
    carry_out()

    assert list(ImportedLine.objects.values_list("answers", "registration")) == [({}, None), ({}, None)]
    assert Registration.objects.count() == 0


def test_line_that_fails_holds_up_no_other_and_is_forgotten(webinar, approver, line, monkeypatch):
    job = start(webinar, approver, line(2), line(3))
    broken = ImportedLine.objects.get(number=2)
    broken.answers["country"] = "too long for a country"
    broken.save()
    carry_out()

    job.refresh_from_db()
    assert (job.changed, job.failed, job.state) == (1, 1, "done")
    assert list(ImportedLine.objects.values_list("number", "answers")) == [(2, {}), (3, {})]


@pytest.fixture
def imported(webinar, approver, line):
    start(webinar, approver, line(2))
    carry_out()
    return Registration.objects.get()


def test_confirming_needs_the_privacy_statement_to_be_acknowledged(imported):
    with pytest.raises(services.errors.PrivacyNotAcknowledged, match="Tick the box"):
        services.people.confirm(imported.confirm_token, now=NOW)

    imported.refresh_from_db()
    assert imported.state == "unconfirmed"


def test_confirming_keeps_what_the_person_said_and_which_texts_they_read(imported):
    services.people.confirm(imported.confirm_token, now=NOW, consents=Consents(contact_me=True))

    imported.refresh_from_db()
    texts = {text.kind: text for text in LegalText.objects.all()}
    assert (imported.state, imported.privacy_acknowledged_at) == ("active", NOW)
    assert (imported.privacy_text, imported.consent_text) == (texts["privacy"], texts["consents"])
    assert (imported.share_contact, imported.contact_me) == (False, True)


@pytest.mark.parametrize("count", [1, 3])
def test_a_chunk_takes_a_fixed_number_of_queries(webinar, approver, line, count, django_assert_num_queries):
    start(webinar, approver, *(line(number) for number in range(2, count + 2)))
    release()

    with django_assert_num_queries(20):
        runner.work_one_chunk(NOW)

    assert Registration.objects.count() == count


@pytest.mark.parametrize("count", [1, 3])
def test_checking_takes_a_fixed_number_of_queries(webinar, line, count, django_assert_num_queries):
    lines = [line(number) for number in range(2, count + 2)]
    services.people.check_import(webinar.pk, lines, now=NOW)

    with django_assert_num_queries(4):
        services.people.check_import(webinar.pk, lines, now=NOW)
