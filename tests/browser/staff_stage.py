"""What staff find when they come to work: a person, a request or a draft for every page of the desk.

Runs beside the site on its data: `print(json.dumps(staff_stage.prepare()))` in `manage.py shell`.
"""

import time
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlencode

from django.contrib.auth.models import User
from django.db.models import Model
from django.urls import reverse
from django.utils import timezone

from eligibility.models import ListEdition, RuleVersion
from eligibility.register import rule_record
from eligibility.services import drafts
from registrations import services
from registrations.models import (
    BulkJob,
    Registration,
    Seat,
    Webinar,
    WebinarSession,
)
from registrations.services.webinars import seeding
from registrations.states import Move
from tests.registrations import at_sight, factories

PEOPLE = 8
PATIENCE = 60  # seconds until a worker has carried out a job
REASON = "Its members in Norway make protective equipment for hospitals in four member states."


def prepare() -> dict[str, str]:
    """Put all of it into the database, and return the address of every page about one of these rows by a name."""
    webinar = Webinar.objects.get()
    dated, undated = webinar.sessions.order_by("number")
    seeding.seed_registrations(webinar, PEOPLE, now=timezone.now())
    person = _person(webinar, dated, undated)
    norway = [_from_norway(webinar, dated) for _person in range(5)]
    done = _carried_out(_decide(dated, Move.APPROVE))
    over = factories.make_session(webinar, title="How it began")
    factories.approve(factories.make_registration(webinar, [over]), _user("approver"))
    factories.make_agenda_item(dated, title="How clusters share what they have", speakers="A. Moderator")
    held, moved = _decide(undated, Move.APPROVE), _moved(dated)
    waiting = _waiting(webinar)
    return {
        **_of_webinar(webinar, dated, over),
        **_of_attendance(webinar, over),
        **_of_people(person, norway),
        **_of_drafts(),
        "waiting list": _page(waiting.session, "waiting-list"),
        "waiting place": _page(waiting, "waiting-place"),
        "a job that is done": _page(done),
        "a decision that can be stopped": _page(held),
        "a change that can be stopped": _page(moved),
    }


def _user(name: str) -> User:
    return User.objects.get(username=name)


def _page(row: Model, page: str = "change") -> str:
    return reverse(f"admin:{row._meta.label_lower.replace('.', '_')}_{page}", args=[row.pk])


def _person(webinar: Webinar, dated: WebinarSession, undated: WebinarSession) -> Registration:
    """Make somebody to whom everything has happened: approved, rejected, contested, moving house, and bounced."""
    person = factories.make_registration(
        webinar,
        [dated, undated],
        title="Dr",
        first_name="Maximiliane",
        last_name="Wolkenstein-Trostburg",
        email="maximiliane.wolkenstein-trostburg@clusters-of-the-north.example.org",
        organisation="Donaudampfschifffahrtsgesellschaftskapitänsvereinigung",
        question="Who keeps the list of manufacturers?",
    )
    first, second = person.seats.order_by("session__number")
    now, by = timezone.now(), _user("approver")
    at_sight.decide_seats(person.pk, seat_ids=[first.pk], decision=_decision(Move.APPROVE))
    decision = services.decisions.Decision(move=Move.REJECT, by=by, now=now, reason="The session is full.")
    at_sight.decide_seats(person.pk, seat_ids=[second.pk], decision=decision)
    services.contests.file_contest(second.pk, text="We were asked to speak in it.", now=now)
    services.people.ask_address_change(person.pk, email="m.wolkenstein@example.org", now=now)
    words = "5.1.1 <maximiliane.wolkenstein-trostburg@clusters-of-the-north.example.org>: no such user"
    Registration.objects.filter(pk=person.pk).update(bounced_at=now, bounce_reply=words)
    return person


def _namesake_of(person: Registration) -> Registration:
    return factories.make_registration(
        person.webinar,
        [person.webinar.sessions.earliest("number")],
        first_name=person.last_name.upper(),
        last_name=person.first_name,
        email="m.wolkenstein@clusters.example.org",
    )


def _waiting(webinar: Webinar) -> Seat:
    """Fill a session, let three people wait for a place, and bring the last of them to the front."""
    by, now = _user("approver"), timezone.now()
    full = factories.make_session(webinar, title="A small round", starts_at=None, ends_at=None, capacity=1)
    first, *others = [factories.make_registration(webinar, [full]) for _person in range(4)]
    factories.approve(first, by, now=now)
    for person in others:
        decision = services.decisions.Decision(move=Move.WAITLIST, by=by, now=now)
        at_sight.decide_seats(person.pk, seat_ids=[person.seats.get().pk], decision=decision)
    last = others[-1].seats.get()
    at_sight.move_on_list(last.pk, position=1, seen=3, reason=REASON, by=by, now=now)
    return last


def _from_norway(webinar: Webinar, session: WebinarSession) -> Seat:
    return factories.make_registration(webinar, [session], country="NO", ask_review=True).seats.get()


def _decision(move: Move) -> services.decisions.Decision:
    return services.decisions.Decision(move=move, by=_user("approver"), now=timezone.now())


def _decide(session: WebinarSession, move: Move) -> BulkJob:
    seats = session.seats.order_by("pk").values_list("pk", flat=True)
    return at_sight.start_bulk_decision(seats, decision=_decision(move))


def _carried_out(job: BulkJob) -> BulkJob:
    services.jobs.release_job(job.pk, by=_user("approver"), now=timezone.now())
    until = time.monotonic() + PATIENCE
    while not job.finished_at and time.monotonic() < until:
        time.sleep(0.1)
        job.refresh_from_db()
    return job


def _moved(session: WebinarSession) -> BulkJob:
    later = timedelta(hours=1)
    services.sessions.reschedule_session(
        session.pk,
        starts_at=session.starts_at + later,
        ends_at=session.ends_at + later,
        by=_user("editor"),
        now=timezone.now(),
    )
    return session.jobs.latest("pk")


def _of_webinar(webinar: Webinar, dated: WebinarSession, over: WebinarSession) -> dict[str, str]:
    session = {
        page: _page(dated, page)
        for page in ("change-time", "change-title", "take-date-back", "cancel", "personal-addresses")
    }
    text = reverse("admin:registrations_webinar_mail_text", args=[webinar.pk, "invitation", "en"])
    day = {"day": "2031-05-06", "starts": "10:00", "ends": "12:00"}
    links = {"recording_url": "https://example.org/recording"}
    return {
        "webinar": _page(webinar),
        "publish agenda": _page(webinar, "publish_agenda"),
        "mail texts": _page(webinar, "mail_texts"),
        "what happened": _page(webinar, "happened"),
        "mail text": text,
        "mail text to staff": text.replace("invitation", "staff_digest"),
        "ready to open?": _page(webinar, "readiness"),
        "open or close registration": _page(webinar, "opening"),
        "opening of a webinar that is not ready": _page(
            factories.make_webinar(slug="unready", registration_open=False), "opening"
        ),
        "approve automatically": _page(webinar, "auto_approve"),
        "copy a webinar": _page(webinar, "copy"),
        "session": _page(dated),
        **session,
        "change-time, shown": f"{session['change-time']}?{urlencode(day)}",
        "change-time, refused": f"{session['change-time']}?{urlencode({**day, 'ends': '09:00'})}",
        "change-title, shown": f"{session['change-title']}?title=Supply&place=WebEx",
        "follow-up": _page(over, "follow-up"),
        "follow-up, refused": f"{_page(over, 'follow-up')}?recording_url=nowhere",
        "follow-up, shown": f"{_page(over, 'follow-up')}?{urlencode(links)}",
    }


def _of_attendance(webinar: Webinar, over: WebinarSession) -> dict[str, str]:
    """Let a report name somebody whom nobody knows, and somebody without a place."""
    by = _user("approver")
    row = factories.make_attendance(over, by=by, name="Person's telephone", email="telephone@example.org")
    waiting = factories.make_registration(webinar, [over]).seats.get()
    found = {"state": "matched", "match": "name", "seat": waiting, "name": "Ada Person"}
    factories.make_attendance(over, by=by, **found)
    return {
        "import registrations": _page(webinar, "import"),
        "questions": f"{_page(webinar, 'questions')}?everybody=on",
        "questions to print": f"{_page(webinar, 'questions-print')}?everybody=on",
        "session that is over": _page(over),
        "attendance": _page(over, "attendance"),
        "attendance report": _page(over, "attendance-upload"),
        "match attendance": f"{_page(over, 'attendance')}{row.pk}/",
    }


def _of_people(person: Registration, norway: list[Seat]) -> dict[str, str]:
    by, now = _user("approver2"), timezone.now()
    single, *several, free = norway
    override = at_sight.request_override(single.pk, by=by, reason=REASON, now=now)
    batch = at_sight.request_overrides([seat.pk for seat in several], by=by, reason=REASON, now=now)
    approved, rejected = person.seats.order_by("session__number")
    contest = rejected.contests.get()
    waiting = Seat.objects.filter(state="requested", registration__last_name__startswith="Person")
    seats = ",".join(str(pk) for pk in (approved.pk, *waiting.values_list("pk", flat=True)))
    decide = {
        f"{move} seats": f"{reverse('admin:registrations_seat_decide', args=[move])}?seats={seats}"
        for move in MOVES
    }
    mail = person.mails.filter(kind="invitation").get()
    return {
        "person": _page(person),
        "person with a namesake": _page(_namesake_of(person)),
        "numbers": _page(person.webinar, "numbers"),
        "person with an override": _page(single.registration),
        "retry address": _page(person, "retry_address"),
        "erase a person": _page(person, "erase"),
        "export a person": _page(person, "export"),
        **decide,
        "ask for an override": reverse("admin:registrations_seat_override", args=[free.pk]),
        "override": _page(override),
        "answer an override": _page(override, "answer"),
        "answer a batch": reverse("admin:registrations_override_answer_batch", args=[batch]),
        "contest": _page(contest),
        "answer a contest": _page(contest, "answer"),
        "mail": _page(mail),
        "resend": _page(mail, "resend"),
    }


def _of_drafts() -> dict[str, str]:
    """Draft corrections of both lists and of the rule, and propose another."""
    published = ListEdition.objects.published().filter(list_key="ENI").latest("pk")
    draft = factories.draft_without("MD")
    draft.entries.exclude(code__in=["AM", "GE", "PS"]).delete()
    factories.draft_without("UA")
    rule = RuleVersion.objects.published().latest("pk")
    record = replace(
        rule_record(rule), key="INV-CORR-2", wording="Organisations of the lists.", corrects=rule.key
    )
    rule_draft = drafts.draft_rule(record)
    proposal = factories.propose_without("GE", by=_user("rulekeeper"))
    impact = reverse("admin:registrations_publication_impact")
    return {
        "edition": _page(published),
        "draft-correction": _page(published, "draft-correction"),
        "draft-next": _page(published, "draft-next"),
        "draft edition": _page(draft),
        "fill-in": _page(draft, "fill-in"),
        "difference": _page(draft, "difference"),
        "propose": _page(draft, "propose"),
        "impact": f"{impact}?listedition={draft.pk}",
        "rule": _page(rule),
        "draft-version": _page(rule, "draft-version"),
        "draft rule": _page(rule_draft),
        "edit rule": _page(rule_draft, "edit"),
        "difference of rules": _page(rule_draft, "difference"),
        "propose rule": _page(rule_draft, "propose"),
        "proposal": _page(proposal),
        "answer a proposal": _page(proposal, "answer"),
    }


MOVES = [move.value for move in (Move.APPROVE, Move.REJECT, Move.CANCEL)]
