"""Whether a webinar is ready for registration: what is there, what is missing, and by what each is put right."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from email.utils import parseaddr
from enum import Enum
from functools import cached_property

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from eligibility import register as eligibility_register
from eligibility.records import ContentStatus, Register
from registrations.models import LegalText, Webinar, WebinarSession
from registrations.services.agenda.working_copy import lines_outside
from registrations.services.verdicts.assessment import brussels_day, session_day
from webinar_site.foundation.days import day_in_words

NOT_ESTABLISHED = "not established"  # what the texts this site comes with say of what nobody has told it
NOWHERE = ("localhost", "localhost.localdomain")


class Grade(Enum):
    """What a check found: nothing to do, something to think of, or something without which registration cannot open."""

    READY = "ready"
    ADVICE = "advice"
    BLOCKS = "blocks"


class Mend(Enum):
    """Where something is put right, or looked at where all is well."""

    WEBINAR = "webinar"
    NEW_SESSION = "new session"
    SESSION = "session"
    TIME = "time of a session"
    AGENDA = "agenda"
    LEGAL_TEXT = "legal text"
    LISTS = "country lists"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at: what it is about, what was found, and where it is put right, if that is on this
    site.

    `about` is the id of the session, or the day of the lists, where it is put right for one.
    """

    topic: str
    state: Grade
    words: str
    mend: Mend | None = None
    about: int | date | None = None


class Subject:
    """A webinar with all that its checks look at, read once; the number of queries does not grow with its sessions."""

    def __init__(self, webinar: Webinar, now: datetime) -> None:
        """Read the webinar's sessions, agenda, lists and legal texts as they are now (aware datetime)."""
        self.webinar, self.now = webinar, now
        self.all_sessions = list(webinar.sessions.prefetch_related("reminders"))
        self.sessions = [session for session in self.all_sessions if session.can_be_chosen(now)]

    @cached_property
    def legal_texts(self) -> set[tuple[str, str]]:
        """Return kind and language of every legal text there is."""
        return set(LegalText.objects.order_by().values_list("kind", "language").distinct())

    def undone(self, wanted: Callable[[WebinarSession], bool]) -> list[WebinarSession]:
        """Return the sessions to come for which something does not hold."""
        return [session for session in self.sessions if not wanted(session)]


def check_readiness(webinar: Webinar, now: datetime) -> list[Check]:
    """Return what was looked at before registration opens (`now` is aware), in the order in which it is best put
    right."""
    subject = Subject(webinar, now)
    return [check for look in LOOKS for check in look(subject)]


def what_blocks(webinar: Webinar, now: datetime) -> list[Check]:
    """Return what is missing without which registration cannot open."""
    return [check for check in check_readiness(webinar, now) if check.state is Grade.BLOCKS]


def _sessions(subject: Subject) -> list[Check]:
    topic = _("Sessions")
    if not subject.sessions:
        return [Check(topic, Grade.BLOCKS, _("There is no session to come."), Mend.NEW_SESSION)]
    count = len(subject.sessions)
    words = ngettext("There is %(count)d session to come.", "There are %(count)d sessions to come.", count)
    return [Check(topic, Grade.READY, words % {"count": count}, Mend.WEBINAR)]


def _dates(subject: Subject) -> list[Check]:
    undated = subject.undone(lambda session: session.is_dated)
    return _of_sessions(
        subject,
        undated,
        _("Dates"),
        _("Every session to come has a date."),
        _("These have no date; the page says “date to be confirmed”, and people can register: %(sessions)s"),
        Mend.TIME,
    )


def _lists(subject: Subject) -> list[Check]:
    topic, audience = _("Who may take part"), subject.webinar.audience
    register = eligibility_register.current(audience.key)
    if not register.rules:
        words = _(
            "No rule is published for this audience, so nobody could be told whether they may take part."
        )
        return [Check(topic, Grade.BLOCKS, words, Mend.LISTS)]
    today = brussels_day(subject.now)
    days = {session_day(subject.webinar, session, today=today) for session in subject.sessions}
    unsettled = sorted(day for day in days if not _is_settled(register, day))
    if unsettled:
        words = _(
            "On these days no list is settled, and staff would decide about every registration: %(days)s"
        ) % {"days": ", ".join(day_in_words(day) for day in unsettled)}
        return [Check(topic, Grade.ADVICE, words, Mend.LISTS, unsettled[0])]
    return [
        Check(topic, Grade.READY, _("Rule and lists are in force on the days of the sessions."), Mend.LISTS)
    ]


def _is_settled(register: Register, day: date) -> bool:
    """Return whether a documented rule is in force on a day, and an edition of every list it names."""
    rule = register.rule_on(day)
    if rule is None or rule.status == ContentStatus.NOT_DOCUMENTED:
        return False
    return all(register.edition_on(list_key, day) for list_key in rule.lists)


def _agenda(subject: Subject) -> list[Check]:
    if outside := lines_outside(subject.webinar.pk):
        lines = "; ".join(f"{item.session.number}. {item.starts_at:%H:%M} {item.title}" for item in outside)
        words = _("These lines lie outside the time of their session: %(lines)s") % {"lines": lines}
        return [Check(_("Agenda"), Grade.ADVICE, words, Mend.SESSION, outside[0].session_id)]
    if subject.webinar.agenda_versions.exists():
        return [Check(_("Agenda"), Grade.READY, _("An agenda is published."), Mend.AGENDA)]
    words = _("No agenda is published yet. It can follow; everybody who has or awaits a place is told then.")
    return [Check(_("Agenda"), Grade.ADVICE, words, Mend.AGENDA)]


def _texts(subject: Subject) -> list[Check]:
    return [
        check
        for kind, topic in (
            (LegalText.Kind.PRIVACY, _("Privacy statement")),
            (LegalText.Kind.CONSENTS, _("Consents")),
        )
        for check in _text(subject, kind, topic)
    ]


def _text(subject: Subject, kind: LegalText.Kind, topic: str) -> list[Check]:
    if (kind.value, "en") not in subject.legal_texts:
        words = _("There is no text in English, which everybody reads whose language has none.")
        return [Check(topic, Grade.BLOCKS, words, Mend.LEGAL_TEXT)]
    missing = [
        str(name) for code, name in settings.LANGUAGES if (kind.value, code) not in subject.legal_texts
    ]
    if missing:
        words = _("There is no text in these languages; their readers get the English one: %(languages)s")
        return [Check(topic, Grade.ADVICE, words % {"languages": ", ".join(missing)}, Mend.LEGAL_TEXT)]
    return [Check(topic, Grade.READY, _("There is a text in every language of the site."), Mend.LEGAL_TEXT)]


def _established(subject: Subject) -> list[Check]:
    """Return what the site's own texts call not established: how long data are kept, whether there is a recording."""
    found = []
    privacy = LegalText.objects.current(LegalText.Kind.PRIVACY, "en")
    if privacy is not None and NOT_ESTABLISHED in privacy.body.casefold():
        words = _(
            "The privacy statement says that something is not established, such as how long data are kept. "
            "The controller has to state it."
        )
        found.append(Check(_("Retention"), Grade.ADVICE, words, Mend.LEGAL_TEXT))
    if NOT_ESTABLISHED in subject.webinar.recording_notice.casefold():
        words = _("The recording notice says that it is not established whether sessions are recorded.")
        found.append(Check(_("Recording"), Grade.ADVICE, words, Mend.WEBINAR))
    return found


def _meetings(subject: Subject) -> list[Check]:
    return _of_sessions(
        subject,
        [session for session in subject.sessions if session.is_dated and not session.meeting_url],
        _("Meeting address"),
        _("Every session with a date has its meeting address."),
        _("These have no meeting address yet; nobody can join without: %(sessions)s"),
    )


def _reminders(subject: Subject) -> list[Check]:
    return _of_sessions(
        subject,
        subject.undone(lambda session: bool(session.reminders.all())),
        _("Reminders"),
        _("People are reminded of every session."),
        _("Nobody is reminded of these: %(sessions)s"),
    )


def _places(subject: Subject) -> list[Check]:
    return _of_sessions(
        subject,
        subject.undone(lambda session: session.capacity is not None),
        _("Number of places"),
        _("Every session says how many places it has."),
        _("These have no limit; check what the meeting software takes: %(sessions)s"),
    )


def _of_sessions(
    subject: Subject,
    undone: Sequence[WebinarSession],
    topic: str,
    good: str,
    bad: str,
    mend: Mend = Mend.SESSION,
) -> list[Check]:
    """Return that all is well with the sessions, or which ones need a thought, at the page of the first."""
    if not undone:
        return [Check(topic, Grade.READY, good, Mend.WEBINAR)] if subject.sessions else []
    words = bad % {"sessions": "; ".join(map(str, undone))}
    return [Check(topic, Grade.ADVICE, words, mend, undone[0].pk)]


def _mails(subject: Subject) -> list[Check]:
    topic, (_name, address) = _("Sender of mails"), parseaddr(settings.DEFAULT_FROM_EMAIL)
    if address.rpartition("@")[2] in NOWHERE:
        words = _(
            "Mails come from %(address)s, which nobody can answer. Whoever runs the site sets DEFAULT_FROM_EMAIL."
        )
        return [Check(topic, Grade.ADVICE, words % {"address": address})]
    return [Check(topic, Grade.READY, _("Mails come from %(address)s.") % {"address": address})]


def _contact(subject: Subject) -> list[Check]:
    topic, address = _("Contact address"), subject.webinar.contact_email
    if not address:
        words = _("There is no contact address, and people have nobody to ask.")
        return [Check(topic, Grade.BLOCKS, words, Mend.WEBINAR)]
    return [Check(topic, Grade.READY, _("People write to %(address)s.") % {"address": address}, Mend.WEBINAR)]


def _promise(subject: Subject) -> list[Check]:
    topic, day = _("People will hear by"), subject.webinar.decide_by
    if day is None:
        words = _("No day is stated by which people hear; the page says “by mail”.")
        return [Check(topic, Grade.ADVICE, words, Mend.WEBINAR)]
    words = day_in_words(day)
    if day < brussels_day(subject.now):
        words = _("The day by which people hear is over: %(day)s") % {"day": words}
        return [Check(topic, Grade.ADVICE, words, Mend.WEBINAR)]
    return [Check(topic, Grade.READY, words, Mend.WEBINAR)]


LOOKS: Sequence[Callable[[Subject], list[Check]]] = (
    _sessions,
    _dates,
    _lists,
    _contact,
    _texts,
    _established,
    _mails,
    _agenda,
    _meetings,
    _reminders,
    _places,
    _promise,
)
