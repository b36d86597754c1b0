"""Which placeholders a mail's text may have, which it must, and what each becomes: one entry per kind of mail.

A placeholder within a line becomes one fact. One that is alone on its line becomes one of the site's own pieces of text
(templates/registrations/mail/), so that what a mail has to say is said in the same words in every text (D-60).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.template import Context, Engine
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from registrations import ical
from registrations.models import MailKind
from registrations.times import session_time

PIECES = "registrations/mail"


@dataclass(frozen=True, slots=True)
class Placeholder:
    """What becomes something else in a text: a fact, by its path, or a piece of text, by its template.

    `needs` are the facts without which a piece would be a hole. Of several paths the first that is there counts.
    """

    meaning: str | Promise
    paths: tuple[str, ...] = ()
    piece: str = ""
    needs: tuple[str, ...] = ()

    @property
    def is_alone_on_its_line(self) -> bool:
        """Return whether it becomes whole paragraphs, and so is alone on its line."""
        return bool(self.piece)

    def fill(self, values: Mapping[str, Any]) -> str:
        """Return what it becomes in one mail, from values as the templates get them; raise KeyError for a hole."""
        if not self.piece:
            return ical.plain_line(_first(self.paths, values))
        for path in self.needs:
            if _find(path, values) in (None, ""):
                raise KeyError(path)
        context = Context(dict(values), autoescape=False)
        return Engine.get_default().render_to_string(f"{PIECES}/{self.piece}", context).strip()


def _find(path: str, values: Mapping[str, Any]) -> Any:
    name, *rest = path.split(".")
    found = values.get(name)
    for part in rest:
        found = getattr(found, part, None)
    return found


def _first(paths: Sequence[str], values: Mapping[str, Any]) -> str:
    """Return the first of these values that is there, a start with its end as a time; raise KeyError for none."""
    for path in paths:
        session, _dot, part = path.rpartition(".")
        if part == "starts_at" and (told := _find(session, values)):
            return session_time(told.starts_at, told.ends_at)
        if value := _find(path, values):
            return str(value)
    raise KeyError(paths[0])


SESSION = ("session.title", "session.place")

PLACEHOLDERS: dict[str, Placeholder] = {
    "name": Placeholder(_("first and family name"), ("name",)),
    "reference": Placeholder(_("the person's reference"), ("reference",)),
    "webinar_title": Placeholder(_("title of the webinar"), ("webinar.title",)),
    "webinar_link": Placeholder(_("address of the webinar's page"), ("webinar.url",)),
    "contact": Placeholder(_("contact address of the webinar"), ("webinar.contact",)),
    "session_title": Placeholder(_("title of the session"), ("session.title",)),
    "session_when": Placeholder(_("when the session is, in Brussels time"), ("session.starts_at",)),
    "session_place": Placeholder(_("where the session is"), ("session.place",)),
    "time_was": Placeholder(_("when the session was to be before"), ("was.starts_at",)),
    "withdrawn_from": Placeholder(
        _("title of the session, or of the webinar, that the person left"), ("session.title", "webinar.title")
    ),
    "session": Placeholder(_("title, time and venue of the session"), piece="session.txt", needs=SESSION),
    "joining_link": Placeholder(
        _("the personal joining link, with a sentence"), piece="joining.txt", needs=("join_url",)
    ),
    "calendar_note": Placeholder(
        _("what to do with the calendar file"), piece="calendar.txt", needs=("calendar",)
    ),
    "out_of_calendar": Placeholder(
        _("that the session leaves the calendar, where it is in it"), piece="out_of_calendar.txt"
    ),
    "reason": Placeholder(
        _("the reason that staff chose, and the words they wrote"), piece="reason.txt", needs=("reasons",)
    ),
    "changed": Placeholder(
        _("what was and what is now: time, title, venue"), piece="changed.txt", needs=("was", *SESSION)
    ),
    "date_was": Placeholder(
        _("the session, the time that no longer holds, and what is now"),
        piece="date_was.txt",
        needs=("was.starts_at", "session.title"),
    ),
    "place_stays": Placeholder(
        _("that the place is kept and the session leaves the calendar"),
        piece="place_stays.txt",
        needs=("calendar",),
    ),
    "contest": Placeholder(
        _("how to have the result looked at again"),
        piece="contest.txt",
        needs=("webinar.contact", "reference"),
    ),
    "objection": Placeholder(
        _("where to write if this is wrong"), piece="objection.txt", needs=("webinar.contact", "reference")
    ),
    "when_answered": Placeholder(
        _("that a member of staff looks at it, and by when the person will hear"), piece="when_answered.txt"
    ),
    "answer": Placeholder(_("the answer that staff wrote"), piece="answer.txt", needs=("answer",)),
    "confirm_link": Placeholder(
        _("the link that confirms the address"), piece="confirm.txt", needs=("confirm_url",)
    ),
    "places": Placeholder(
        _("each session in which the person has a place, with its joining link; or that there is none yet"),
        piece="places.txt",
        needs=("places",),
    ),
    "next_steps": Placeholder(
        _("that this is no invitation, and by when the person will hear"), piece="next_steps.txt"
    ),
    "requests": Placeholder(
        _("the sessions asked for, and what the country lists say"), piece="requests.txt", needs=("judged",)
    ),
    "left": Placeholder(
        _("what the person left: the webinar, or which session"), piece="left.txt", needs=("left",)
    ),
    "register_again": Placeholder(
        _("where to register again, if the person left the webinar"), piece="register_again.txt"
    ),
    "erased": Placeholder(_("that the data are erased, and what stays"), piece="erased.txt"),
    "agenda_changes": Placeholder(
        _("that the agenda is new, or what changed in it"), piece="agenda_changes.txt", needs=("programme",)
    ),
    "programme": Placeholder(_("the whole agenda"), piece="programme.txt", needs=("programme",)),
    "agenda_link": Placeholder(
        _("address of the agenda's page"), piece="agenda_link.txt", needs=("agenda_url",)
    ),
    "confirm_new_link": Placeholder(
        _("the link that confirms a new address"), piece="confirm_new.txt", needs=("confirm_url",)
    ),
    "new_links": Placeholder(
        _("that the links in earlier mails do not work any more"), piece="new_links.txt"
    ),
    "moved_away": Placeholder(
        _("that the registration has moved to another address"), piece="moved_away.txt"
    ),
    "session_if_any": Placeholder(
        _("title, time and venue of the session, where the mail is about one"), piece="session_if_any.txt"
    ),
    "old_links": Placeholder(
        _("that earlier links do not work any more, and where to write if this is wrong"),
        piece="old_links.txt",
        needs=("webinar.contact", "reference"),
    ),
    "asked": Placeholder(
        _("who gave this address: somebody on the form, or staff from a list"),
        piece="asked.txt",
        needs=("webinar.title",),
    ),
    "not_you": Placeholder(_("what to do if one does not want this"), piece="not_you.txt"),
    "over": Placeholder(_("that the session is over, by whether the person was there"), piece="over.txt"),
    "undecided": Placeholder(
        _("that nobody decided in time, or that no place became free"), piece="undecided.txt"
    ),
    "waiting_list": Placeholder(_("how the waiting list works"), piece="waiting_list.txt"),
    "follow_up_links": Placeholder(
        _("where recording, slides and feedback are, as far as there are any"), piece="follow_up_links.txt"
    ),
    "waiting": Placeholder(
        _("what waits, how much of it, and its list"), piece="waiting.txt", needs=("waiting",)
    ),
    "undecided_seats": Placeholder(_("how many places are undecided"), ("undecided",)),
    "still_undecided": Placeholder(
        _("that places are undecided shortly before the session, and how many"),
        piece="still_undecided.txt",
        needs=("undecided",),
    ),
    "undecided_list": Placeholder(
        _("the list of undecided places, and what happens to them when the session ends"),
        piece="undecided_list.txt",
        needs=("undecided_url",),
    ),
}


@dataclass(frozen=True, slots=True)
class Rules:
    """What a kind of mail needs in its text, and what else it or its subject may have."""

    must: tuple[str, ...]
    may: tuple[str, ...]

    @property
    def possible(self) -> tuple[str, ...]:
        """Return every placeholder that the text may have, those that it must first."""
        return (*self.must, *self.may)

    @property
    def in_subject(self) -> tuple[str, ...]:
        """Return what the subject may have: facts, no paragraphs."""
        return tuple(name for name in self.possible if not PLACEHOLDERS[name].is_alone_on_its_line)


# A mail to an address that is not proven repeats nothing that was typed into the form.
UNPROVEN = ("webinar_title", "webinar_link", "contact", "reference")
PERSON = ("name", *UNPROVEN)
ONE_SESSION = (*PERSON, "session_title", "session_when", "session_place")
ENDED = ("session", "reason", "out_of_calendar")

RULES: dict[MailKind, Rules] = {
    MailKind.CONFIRM_ADDRESS: Rules(("asked", "confirm_link", "not_you"), UNPROVEN),
    MailKind.ALREADY_REGISTERED: Rules((), PERSON),
    MailKind.MANAGE_LINK: Rules(("places",), PERSON),
    MailKind.RECEIVED: Rules(("next_steps", "requests"), PERSON),
    MailKind.INVITATION: Rules(("session", "joining_link", "calendar_note"), ONE_SESSION),
    MailKind.PLACE_KEPT: Rules(("session",), ONE_SESSION),
    MailKind.SESSION_CHANGED: Rules(
        ("changed", "session", "joining_link", "calendar_note"), (*ONE_SESSION, "time_was")
    ),
    MailKind.DATE_WITHDRAWN: Rules(("date_was", "place_stays"), (*ONE_SESSION, "time_was", "session")),
    MailKind.SESSION_CANCELLED: Rules(ENDED, ONE_SESSION),
    MailKind.REJECTED: Rules((*ENDED, "contest"), ONE_SESSION),
    MailKind.PUT_BACK: Rules(ENDED, ONE_SESSION),
    MailKind.CONTEST_RECEIVED: Rules(("session", "when_answered"), ONE_SESSION),
    MailKind.CONTEST_ANSWERED: Rules(("session", "answer"), ONE_SESSION),
    MailKind.CANCELLED: Rules((*ENDED, "objection"), ONE_SESSION),
    MailKind.WITHDRAWN: Rules(("left", "out_of_calendar"), (*PERSON, "withdrawn_from", "register_again")),
    MailKind.ERASED: Rules(("erased",), (*PERSON, "register_again")),
    MailKind.AGENDA: Rules(("agenda_changes", "agenda_link"), (*PERSON, "programme")),
    MailKind.UNDECIDED: Rules(("undecided", "session"), ONE_SESSION),
    MailKind.WAITLISTED: Rules(("session", "waiting_list"), ONE_SESSION),
    MailKind.CONFIRM_NEW_ADDRESS: Rules(("confirm_new_link",), UNPROVEN),
    MailKind.ADDRESS_CHANGED: Rules(("new_links",), PERSON),
    MailKind.ADDRESS_LEFT: Rules(
        ("moved_away", "out_of_calendar", "old_links"), (*PERSON, "withdrawn_from", "session_if_any")
    ),
    MailKind.REMINDER: Rules(("session", "joining_link"), ONE_SESSION),
    MailKind.FOLLOW_UP: Rules(("over", "follow_up_links"), (*ONE_SESSION, "session")),
    MailKind.STAFF_DIGEST: Rules(("waiting",), ("name",)),
    MailKind.STAFF_DEADLINE: Rules(
        ("still_undecided", "session", "undecided_list"),
        ("undecided_seats", "name", "webinar_title", "session_title", "session_when", "session_place"),
    ),
}
