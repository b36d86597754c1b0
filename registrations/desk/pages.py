"""The table of the desk's pages: name, view, who may open it, which buttons lead to it, and when they are offered.

Buttons are in the order of this table (D-87). Whatever staff press is a line here, or an action of a list below.
"""

from django.utils.translation import gettext_lazy as _

from registrations import permissions
from registrations.desk.agenda.publication import publish_agenda
from registrations.desk.attendance.report import (
    attendance_template,
    match_attendance,
    show_attendance,
    upload_attendance,
)
from registrations.desk.contests.answer import answer_contest
from registrations.desk.decisions import moves
from registrations.desk.decisions.automatic import approve_automatically
from registrations.desk.decisions.preview import TITLES
from registrations.desk.help.page import show_help
from registrations.desk.history.timeline import export_history, webinar_history
from registrations.desk.jobs.pages import release_job, stop_job
from registrations.desk.mail import retries, unplaced_answers
from registrations.desk.mail.resend import resend_mail
from registrations.desk.overrides import batches, request_state
from registrations.desk.overrides.report import report_overrides
from registrations.desk.overrides.requests import confirm_or_decline_override, request_override
from registrations.desk.people.guests import invite_guest
from registrations.desk.people.imports import import_people, people_template
from registrations.desk.privacy.disclosure import export_person
from registrations.desk.privacy.erasure import erase_person
from registrations.desk.questions.marks import export_questions, list_questions, print_questions
from registrations.desk.reports.exports import export_seats
from registrations.desk.reports.numbers import webinar_numbers
from registrations.desk.sessions.changes import CHANGES, change_page
from registrations.desk.sessions.follow_up import follow_up_session
from registrations.desk.sessions.meeting_urls import import_meeting_urls, meeting_urls_template
from registrations.desk.texts.legal_texts import new_version
from registrations.desk.texts.mail_texts import edit_mail_text, list_mail_texts
from registrations.desk.verdicts.impact import publication_impact
from registrations.desk.waiting_list.order import move_on_list, show_waiting_list
from registrations.desk.webinars.copies import copy_webinar
from registrations.desk.webinars.opening import open_or_close
from registrations.desk.webinars.readiness import check_readiness
from registrations.models import (
    BulkJob,
    Contest,
    LegalText,
    OutgoingMail,
    Override,
    Registration,
    Seat,
    UnplacedAnswer,
    Webinar,
    WebinarSession,
)
from registrations.states import STAFF_MOVES, SeatState
from webinar_site.foundation.desk.table import (
    ACTS,
    SHOWS,
    About,
    Button,
    ListAction,
    ListButton,
    Page,
    Reader,
)

WEBINAR = About(Webinar, "<int:webinar_id>")
SESSION = About(WebinarSession, "<int:session_id>")
PERSON = About(Registration, "<int:registration_id>")
SEAT = About(Seat, "<int:seat_id>")
OVERRIDE = About(Override, "<int:override_id>")
CONTEST = About(Contest, "<int:contest_id>")
MAIL = About(OutgoingMail, "<int:mail_id>")
JOB = About(BulkJob, "<int:job_id>")
LEGAL_TEXT = About(LegalText, "<int:text_id>")


def _is_yours_to_open(_webinar: Webinar, reader: Reader) -> bool:
    """Return whether the reader is one of those who make webinars ready; everybody may look how far they are."""
    return reader.user.has_perm(permissions.CHANGE_WEBINAR)


def _takes_registrations(webinar: Webinar, reader: Reader) -> bool:
    return webinar.is_open(reader.now)


def _has_places(session: WebinarSession, _reader: Reader) -> bool:
    return session.capacity is not None and not session.is_cancelled


def _can_be_changed(session: WebinarSession, reader: Reader) -> bool:
    return session.can_be_chosen(reader.now)


def _has_a_date_to_take_back(session: WebinarSession, reader: Reader) -> bool:
    return session.is_dated and session.can_be_chosen(reader.now)


def _has_begun(session: WebinarSession, reader: Reader) -> bool:
    return session.has_begun(reader.now)


def _is_over(session: WebinarSession, reader: Reader) -> bool:
    return session.is_over(reader.now) and not session.is_cancelled


def _has_bounced(person: Registration, _reader: Reader) -> bool:
    return person.bounced_at is not None


def _is_not_erased(person: Registration, _reader: Reader) -> bool:
    return not person.is_erased


def _waits_for_a_place(seat: Seat, _reader: Reader) -> bool:
    return seat.state == SeatState.WAITLISTED


def _is_open(contest: Contest, _reader: Reader) -> bool:
    return contest.is_open


def _is_finished(mail: OutgoingMail, _reader: Reader) -> bool:
    return mail.due_at is None


def _change(name: str) -> Page:
    """Return the page that changes a session in one way; a date can only be taken back where there is one."""
    offered = _has_a_date_to_take_back if name == "take-date-back" else _can_be_changed
    button = Button(CHANGES[name].title, offered)
    return SESSION.page(name, change_page(name), permissions.MOVE_SESSION, button)


PAGES = (
    Page("help", "help/", show_help, methods=SHOWS),
    # A webinar
    WEBINAR.page("publish_agenda", publish_agenda, permissions.PUBLISH_AGENDA, Button(_("Publish agenda"))),
    WEBINAR.page("mail_texts", list_mail_texts, permissions.EDIT_MAIL_TEXT, Button(_("Mail texts"))),
    WEBINAR.page(
        "mail_text",
        edit_mail_text,
        permissions.EDIT_MAIL_TEXT,
        path="mail-texts/<slug:kind>/<slug:language>/",
    ),
    WEBINAR.page(
        "readiness",
        check_readiness,
        permissions.VIEW_WEBINAR,
        Button(_("Ready to open?"), _is_yours_to_open),
    ),
    WEBINAR.page(
        "opening", open_or_close, permissions.OPEN_REGISTRATION, Button(_("Open or close registration"))
    ),
    WEBINAR.page(
        "auto_approve", approve_automatically, permissions.DECIDE, Button(_("Approve automatically"))
    ),
    WEBINAR.page("copy", copy_webinar, permissions.ADD_WEBINAR, Button(_("Copy"))),
    WEBINAR.page(
        "import", import_people, permissions.IMPORT, Button(_("Import registrations"), _takes_registrations)
    ),
    WEBINAR.page(
        "import-template", people_template, permissions.IMPORT, path="import/template/", methods=SHOWS
    ),
    WEBINAR.page("questions", list_questions, permissions.MARK_QUESTIONS, Button(_("Questions"))),
    WEBINAR.page("questions-print", print_questions, permissions.MARK_QUESTIONS, path="questions/print/"),
    WEBINAR.page(
        "questions-export",
        export_questions,
        permissions.MARK_QUESTIONS,
        path="questions/<slug:suffix>/",
        methods=ACTS,
    ),
    WEBINAR.page(
        "numbers", webinar_numbers, permissions.VIEW_REGISTRATIONS, Button(_("Numbers")), methods=SHOWS
    ),
    WEBINAR.page(
        "happened", webinar_history, permissions.VIEW_HISTORY, Button(_("What happened")), methods=SHOWS
    ),
    WEBINAR.page(
        "export_history", export_history, permissions.EXPORT_HISTORY, path="happened/export/", methods=ACTS
    ),
    # A session
    SESSION.page(
        "waiting-list",
        show_waiting_list,
        permissions.VIEW_REGISTRATIONS,
        Button(_("Waiting list"), _has_places),
    ),
    *map(_change, CHANGES),
    SESSION.page(
        "personal-addresses",
        import_meeting_urls,
        permissions.CHANGE_SESSION,
        Button(_("Personal addresses"), _can_be_changed),
    ),
    SESSION.page(
        "personal-addresses-template",
        meeting_urls_template,
        permissions.CHANGE_SESSION,
        path="personal-addresses/template/",
        methods=SHOWS,
    ),
    SESSION.page(
        "attendance", show_attendance, permissions.RECORD_ATTENDANCE, Button(_("Attendance"), _has_begun)
    ),
    SESSION.page(
        "attendance-upload", upload_attendance, permissions.RECORD_ATTENDANCE, path="attendance/report/"
    ),
    SESSION.page(
        "attendance-template",
        attendance_template,
        permissions.RECORD_ATTENDANCE,
        path="attendance/template/",
        methods=SHOWS,
    ),
    SESSION.page(
        "attendance-match",
        match_attendance,
        permissions.RECORD_ATTENDANCE,
        path="attendance/<int:attendance_id>/",
    ),
    SESSION.page(
        "follow-up", follow_up_session, permissions.SEND_FOLLOW_UP, Button(_("Send follow-up"), _is_over)
    ),
    # A person and their seats
    PERSON.list_page("invite_guest", invite_guest, permissions.INVITE_GUEST, ListButton(_("Invite a guest"))),
    PERSON.page(
        "retry_address",
        retries.retry_address,
        permissions.RETRY_ADDRESS,
        Button(_("Try this address again"), _has_bounced),
    ),
    PERSON.list_page("retry_addresses", retries.retry_addresses, permissions.RETRY_ADDRESS),
    SEAT.list_page(
        "decide", moves.decide, permissions.DECIDE, *moves.MOVE_BUTTONS, path="decide/<str:move>/"
    ),
    SEAT.page(
        "waiting-place",
        move_on_list,
        permissions.DECIDE,
        Button(_("Change position on the waiting list"), _waits_for_a_place),
    ),
    SEAT.page(
        "override",
        request_override,
        permissions.DECIDE,
        Button(_("Ask for an exception"), request_state.may_be_asked_for),
    ),
    SEAT.list_page("overrides", batches.request_overrides, permissions.DECIDE),
    SEAT.list_page(
        "export",
        export_seats,
        permissions.EXPORT,
        ListButton(_("Export"), ("people",), keeps_filters=True),
        path="export/<str:preset>/",
    ),
    OVERRIDE.page(
        "answer",
        confirm_or_decline_override,
        permissions.DECIDE,
        Button(_("Confirm or decline the exception"), request_state.may_be_answered),
    ),
    OVERRIDE.list_page(
        "answer_batch",
        batches.confirm_or_decline_overrides,
        permissions.DECIDE,
        Button(
            _("Answer all of its batch"),
            request_state.may_be_answered_together,
            lambda override: override.batch,
        ),
        path="batch/<uuid:batch>/answer/",
    ),
    OVERRIDE.list_page("report", report_overrides, permissions.VIEW_OVERRIDES, ListButton(_("Report"))),
    CONTEST.page("answer", answer_contest, permissions.DECIDE, Button(_("Answer the objection"), _is_open)),
    PERSON.page(
        "export", export_person, permissions.ERASE, Button(_("Export this person's data"), _is_not_erased)
    ),
    PERSON.page("erase", erase_person, permissions.ERASE, Button(_("Erase this person"), _is_not_erased)),
    # Mails, jobs, texts, and what a publication would do
    MAIL.page("resend", resend_mail, permissions.RESEND_MAIL, Button(_("Send again"), _is_finished)),
    JOB.page("stop", stop_job, permissions.STOP_JOB, methods=ACTS),
    JOB.page("release", release_job, permissions.STOP_JOB, methods=ACTS),
    LEGAL_TEXT.page("new-version", new_version, permissions.ADD_LEGAL_TEXT, Button(_("Write a new version"))),
    Page(
        "registrations_publication_impact",
        "registrations/seat/publication-impact/",
        publication_impact,
        permissions.VIEW_EDITIONS,
        methods=SHOWS,
    ),
)

ACTIONS = (
    *(
        ListAction(Seat, move.value, moves.show_ticked(move), permissions.DECIDE, TITLES[move])
        for move in STAFF_MOVES
    ),
    ListAction(Seat, "ask_override", batches.request_ticked, permissions.DECIDE, _("Ask for an exception")),
    ListAction(
        Registration, "retry", retries.retry_ticked, permissions.RETRY_ADDRESS, _("Try these addresses again")
    ),
    ListAction(
        UnplacedAnswer,
        "settle",
        unplaced_answers.settle,
        permissions.SETTLE_ANSWERS,
        _("Seen: take off the list"),
    ),
)
