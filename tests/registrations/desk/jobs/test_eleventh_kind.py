"""An eleventh kind of job is one record: it is held, shown, named, released, stopped and run like the ten others."""

from dataclasses import dataclass

import pytest
from django.urls import reverse

from registrations import permissions, services
from registrations.models import JOB_NAMES, BulkJob, HistoryEntry, Registration
from registrations.services.history.timeline import what_happened
from registrations.services.jobs import windows
from registrations.services.jobs.kinds import KINDS, JobKind, JobPage, Stopping, register_kind
from registrations.services.jobs.notes import Note, NoteCode
from registrations.services.jobs.results import ChunkResult, JobPreview, LeftAlone
from registrations.services.jobs.runner import work_one_chunk
from tests.registrations.desk.reading import messages, words
from tests.registrations.factories import NOW, carry_out, left_alone, make_registration


@dataclass(frozen=True)
class GreetingFacts:
    """How people are greeted."""

    tone: str

    @classmethod
    def from_json(cls, stored):
        return cls(stored["tone"])

    def to_json(self):
        return {"tone": self.tone, "reason": "It is spring."}


def tone_of(job):
    return GreetingFacts.from_json(job.facts).tone


def greet(job, ids, now):
    """Greet people; who is called Rude makes the chunk fail, who is called Shy is left alone."""
    left_alone, greeted = [], 0
    for seat in job.session.seats.filter(pk__in=ids).select_related("registration"):
        if seat.registration.first_name == "Rude":
            raise ValueError("Rude")
        if seat.registration.first_name == "Shy":
            left_alone.append(LeftAlone(seat.pk, Note(NoteCode.WITHDRAWN)))
        else:
            greeted += 1
            Registration.objects.filter(pk=seat.registration_id).update(first_name=f"{tone_of(job)} Ada")
    return ChunkResult(greeted, tuple(left_alone))


def seats_left(job):
    return job.session.seats.filter(pk__gt=job.cursor).order_by("pk").values_list("pk", flat=True)


def forget(job):
    BulkJob.objects.filter(pk=job.pk).update(facts={"tone": "forgotten"})


GREETING = JobKind(
    kind="greeting",
    permission=permissions.PUBLISH_AGENDA,
    left=seats_left,
    apply=greet,
    act=lambda facts: f"greeting, {GreetingFacts.from_json(facts).tone}",
    sessions=lambda facts: [2],
    named_by=("tone",),
    preview=lambda job, _now: JobPreview({"a greeting": seats_left(job).count()}),
    stopping=Stopping(
        warning="Nobody is greeted, and the room is again:",
        message="The greeting is stopped.",
        given_back=lambda job: [f"silent, not {tone_of(job)}"],
        give_back=lambda job, _waiting, _now: "silence",
    ),
    page=JobPage(decided=tone_of, reason=lambda job: {"reason": job.facts["reason"]}),
    forget=forget,
)


@pytest.fixture
def kind():
    """Make the kind known for one test."""
    yield register_kind(GREETING)
    del KINDS["greeting"], JOB_NAMES["greeting"]


@pytest.fixture
def job(kind, webinar, session, editor):
    for name in ("Ada", "Shy", "Rude"):
        make_registration(webinar, [session], first_name=name)
    return windows.write_held(
        "greeting", NOW, GreetingFacts("warm"), webinar=webinar, session=session, total=3, created_by=editor
    )


@pytest.fixture(autouse=True)
def two_at_once(monkeypatch):
    monkeypatch.setattr("registrations.services.jobs.runner.CHUNK", 2)


def page_of(client, job):
    return client.get(reverse("admin:registrations_bulkjob_change", args=[job.pk]))


def press(client, job, button):
    return client.post(reverse(f"admin:registrations_bulkjob_{button}", args=[job.pk]), follow=True)


def test_it_is_named_by_its_record(kind):
    named = str(BulkJob(kind="greeting", facts={"tone": "cold"}, total=2))

    assert named == "Greeting, cold · session 2 · 2 places"


def test_its_page_says_what_it_would_do_and_what_stopping_means(job, editor, approver, client):
    client.force_login(editor)
    to_an_editor = words(page_of(client, job))
    client.force_login(approver)
    to_an_approver = words(page_of(client, job))

    for page in (to_an_editor, to_an_approver):
        assert "Greeting, warm · session 1 · 3 places" in page
        assert "<li>3 \N{MULTIPLICATION SIGN} a greeting</li>" in page
        assert "<p>Nobody is greeted, and the room is again:</p> <ul><li>silent, not warm</li></ul>" in page
    assert ("Release now" in to_an_editor, "It is spring." in to_an_editor) == (True, False)
    assert ("Release now" in to_an_approver, "It is spring." in to_an_approver) == (False, True)


def test_it_is_stopped_and_given_back(job, editor, client):
    client.force_login(editor)

    response = press(client, job, "stop")

    job.refresh_from_db()
    entry = HistoryEntry.objects.get(action="bulk_stopped")
    assert messages(response) == ["The greeting is stopped."]
    assert (job.state, job.total, job.facts) == ("stopped", 3, {"tone": "forgotten"})
    assert entry.facts == {
        "job": job.pk,
        "kind": "greeting",
        "seats": 3,
        "tone": "warm",
        "done": 0,
        "given_back": "silence",
    }
    assert what_happened(entry) == "bulk job stopped: Greeting, warm · session 1 · 3 places"


def test_it_is_not_for_those_who_may_not_do_what_it_does(job, approver, client):
    client.force_login(approver)

    answers = [press(client, job, button).status_code for button in ("stop", "release")]

    job.refresh_from_db()
    assert (answers, job.is_held(NOW)) == ([403, 403], True)


def test_it_is_counted_on_the_start_page_of_those_whose_act_it_is(job):
    held = {
        group: [
            queue.count
            for queue in services.reports.on_the_start_page(permissions.GROUPS[group].__contains__, user_id=0)
            if "greeting" in str(queue.about.get("kinds"))
        ]
        for group in ("Editors", "Approvers")
    }

    assert held == {"Editors": [1, 0], "Approvers": []}


def test_it_is_released_and_run_in_chunks(job, editor, client):
    client.force_login(editor)
    released = messages(press(client, job, "release"))
    work_one_chunk(NOW)
    job.refresh_from_db()
    half_way = (job.state, job.changed, job.skipped, job.failed)

    carry_out()

    job.refresh_from_db()
    seats = list(job.session.seats.order_by("pk").values_list("pk", flat=True))
    assert released == ["The job is released. This page shows how far it is."]
    assert half_way == ("running", 1, 1, 0)
    assert (job.state, job.changed, job.skipped, job.failed) == ("done", 1, 1, 1)
    assert job.facts == {"tone": "forgotten"}
    assert left_alone(job) == [
        (seats[1], "skipped", "The person has withdrawn meanwhile."),
        (seats[2], "failed", "Failed with an error of the site: ValueError."),
    ]
    assert set(Registration.objects.values_list("first_name", flat=True)) == {"warm Ada", "Shy", "Rude"}
