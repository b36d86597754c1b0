"""What staff can do here, in their words: each entry names the pages and actions that do it, as the table does.

Who may do it and where it is, the help page finds out from the table and the permissions; what else is good to know is
written here.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from registrations import permissions


@dataclass(frozen=True, slots=True)
class ManualEntry:
    """Something somebody wants to do: by which pages and actions, in the order in which they are used, and a hint.

    `needs` is the permission for it, where it is not that of the first page.
    """

    wish: str | Promise
    where: tuple[str, ...] = ()
    hint: str | Promise = ""
    needs: str | None = None


@dataclass(frozen=True, slots=True)
class Chapter:
    """Entries about one thing."""

    title: str | Promise
    entries: tuple[ManualEntry, ...]


DECISIONS = Chapter(
    _("Deciding"),
    (
        ManualEntry(
            _("Decide about one person"),
            ("registrations_seat_decide",),
            _(
                "If a colleague has changed something since you opened the page, it says what, decides nothing and "
                "keeps what you wrote. Send it again if your decision still holds."
            ),
        ),
        ManualEntry(
            _("Decide about many people at once"),
            ("approve", "waitlist", "reject", "put_back", "cancel"),
            _("Filter the list and tick the rows. The next page says who is told what, and shows the mails."),
        ),
        ManualEntry(
            _("Give a reason for a rejection or a cancellation"),
            ("registrations_seat_decide", "reject", "cancel"),
            _("Choose a reason, write your own words, or both. The page shows the mail first."),
        ),
        ManualEntry(
            _("Have everybody who is eligible approved automatically"),
            ("registrations_webinar_auto_approve",),
            _("It is off for a new webinar."),
        ),
        ManualEntry(
            _("Approve somebody against the verdict"),
            ("registrations_seat_override", "registrations_override_answer"),
            _("Ask for an exception, with a reason. A second person confirms it; the page says by when."),
        ),
        ManualEntry(
            _("Ask for exceptions for several people at once"),
            ("ask_override", "registrations_override_answer_batch"),
            _(
                "One reason for all; a second person answers them together. This also keeps places after a corrected list."
            ),
        ),
        ManualEntry(
            _("See every exception ever asked for, why, and what became of it"),
            ("registrations_override_report",),
        ),
        ManualEntry(
            _("Answer an objection"),
            ("registrations_contest_answer",),
            _("The person gets your answer by mail. A tick lets you decide about the place again."),
        ),
        ManualEntry(
            _("Decide again after an official list was corrected"),
            ("approve", "put_back", "reject", "cancel"),
            _("Filter the list by “flagged”. Nobody who was rejected hears anything before you decide."),
        ),
        ManualEntry(
            _("Find people who registered twice, with another address"),
            ("registrations_registration_changelist", "registrations_seat_changelist"),
            _("Filter by “likely duplicate”. The person's page shows both registrations."),
        ),
        ManualEntry(
            _("See who is about to decide about somebody"),
            ("registrations_registration_changelist",),
            _("While a bulk job waits, the person's page says so at each place."),
        ),
        ManualEntry(
            _("Be told by mail what waits"),
            (),
            _("You get a mail at 8:00 in Brussels when something waits, if your account has an address."),
            needs=permissions.DECIDE,
        ),
    ),
)

PLACES = Chapter(
    _("Places and waiting lists"),
    (
        ManualEntry(
            _("Give a session a number of places"),
            ("registrations_webinarsession_change",),
            _(
                "Once all are taken, people wait. A place that becomes free goes automatically to the first of them."
            ),
            needs=permissions.CHANGE_SESSION,
        ),
        ManualEntry(
            _("See who is next on a waiting list, and why its order was changed"),
            ("registrations_webinarsession_waiting-list",),
        ),
        ManualEntry(
            _("Move somebody on a waiting list"),
            ("registrations_seat_waiting-place",),
            _("You have to give a reason. The page of the waiting list leads there, too."),
        ),
    ),
)

PEOPLE = Chapter(
    _("People"),
    (
        ManualEntry(
            _("Register people from a list"),
            ("registrations_webinar_import",),
            _(
                "The page has an empty list to fill in, and checks every line. Each person still has to confirm."
            ),
        ),
        ManualEntry(
            _("Invite a speaker or a colleague"),
            ("registrations_registration_invite_guest",),
        ),
        ManualEntry(
            _("See how many registered, from where, and what became of it"),
            ("registrations_webinar_numbers",),
        ),
        ManualEntry(
            _("Take people out as a file"),
            ("registrations_seat_export",),
            _("Filter the list first. One of the files is for WebEx. The history notes who took what."),
        ),
        ManualEntry(
            _("See whether somebody is changing their address"),
            ("registrations_registration_changelist",),
            _("The person's page says so until they confirm it from the new mailbox."),
        ),
        ManualEntry(
            _("See what somebody's calendar was last told"),
            ("registrations_registration_changelist",),
            _("The person's page says it at each place."),
        ),
        ManualEntry(
            _("See who accepted or declined in their calendar"),
            ("registrations_seat_changelist",),
            _("There is a column and a filter “calendar answer”."),
        ),
        ManualEntry(
            _("See answers from calendars of people who were not invited"),
            ("registrations_unplacedanswer_changelist", "settle"),
            _("After 30 days an answer leaves the list automatically."),
        ),
    ),
)

WEBINARS = Chapter(
    _("Webinars and sessions"),
    (
        ManualEntry(
            _("Make the next webinar from an earlier one"),
            ("registrations_webinar_copy",),
            _("Texts, sessions, agenda and reminders are copied; dates, people and addresses are not."),
        ),
        ManualEntry(
            _("See what is missing before people register"),
            ("registrations_webinar_readiness",),
            _("The page says what prevents opening, what is only advice, and where to change it."),
        ),
        ManualEntry(
            _("Open and close registration, now or by date"),
            ("registrations_webinar_opening",),
        ),
        ManualEntry(
            _("Move, rename or cancel a session, or take its date back"),
            (
                "registrations_webinarsession_change-time",
                "registrations_webinarsession_take-date-back",
                "registrations_webinarsession_change-title",
                "registrations_webinarsession_cancel",
            ),
            _("Until the session is over. The agenda and the close of registration can move with it."),
        ),
        ManualEntry(
            _("Write and publish the agenda"),
            ("registrations_webinarsession_change", "registrations_webinar_publish_agenda"),
            _(
                "Write its lines on the session's page. The page that publishes it shows first what has changed."
            ),
            needs=permissions.PUBLISH_AGENDA,
        ),
        ManualEntry(
            _("Set when people are reminded of a session"),
            ("registrations_webinarsession_change",),
            _("In hours before its start. A new session has reminders at 24 hours and at one hour."),
            needs=permissions.CHANGE_SESSION,
        ),
        ManualEntry(
            _("Give people meeting addresses of their own"),
            ("registrations_webinarsession_personal-addresses",),
            _("Paste or upload a list. Every line is checked before anything is taken."),
        ),
        ManualEntry(
            _("Choose and order the questions for the discussion"),
            ("registrations_webinar_questions",),
            _("Mark and number them, then print or download the list."),
        ),
        ManualEntry(
            _("Record who attended"),
            ("registrations_webinarsession_attendance",),
            _(
                "Once it has begun: upload the meeting's report, and match by hand whom it does not name clearly."
            ),
        ),
        ManualEntry(
            _("Send recording, slides and feedback links"),
            ("registrations_webinarsession_follow-up",),
            _("After the session, to everybody with a place, or only to those who attended or did not."),
        ),
        ManualEntry(
            _("Stop what goes to many people, or release it at once"),
            ("registrations_bulkjob_changelist",),
            _("For some minutes the job's page can do both. You may stop what you could start yourself."),
            needs=permissions.STOP_JOB,
        ),
    ),
)

MAILS = Chapter(
    _("Mails and texts"),
    (
        ManualEntry(
            _("Write the texts of mails"),
            ("registrations_webinar_mail_texts", "registrations_mailtext_changelist"),
            _("Look at a mail, or send it to yourself, before you save it. The list has every version."),
        ),
        ManualEntry(
            _("Change the privacy statement or the consents"),
            ("registrations_legaltext_new-version",),
            _("Open the newest version. The page shows the difference before you publish."),
        ),
        ManualEntry(
            _("Send a mail again"),
            ("registrations_outgoingmail_resend",),
            _("The page says first what goes to whom."),
        ),
        ManualEntry(
            _("See mails that failed or wait too long, and why"),
            ("registrations_outgoingmail_changelist",),
            _("The column “reply” says what the mail server answered."),
        ),
        ManualEntry(
            _("See who does not get our mail"),
            ("registrations_registration_changelist",),
            _("Filter by “address bounced”. The person's page says since when, and why."),
        ),
        ManualEntry(
            _("Let mail go again to addresses that bounced"),
            ("registrations_registration_retry_address", "retry"),
            _("Mails that were withheld can go out now, too."),
        ),
        ManualEntry(
            _("Read these pages, and our mails to you, in another language"),
            (),
            _("Choose it at the top of any page; your account remembers it for mails."),
        ),
    ),
)

LISTS_AND_RULES = Chapter(
    _("Country lists and rules"),
    (
        ManualEntry(
            _("Read lists, rules and publications"),
            (
                "eligibility_listedition_changelist",
                "eligibility_ruleversion_changelist",
                "eligibility_publication_changelist",
            ),
        ),
        ManualEntry(
            _("Draft a correction of a list, or its next edition"),
            (
                "eligibility_listedition_draft-correction",
                "eligibility_listedition_draft-next",
                "eligibility_listedition_difference",
            ),
            _("The page of the draft is where you edit it."),
        ),
        ManualEntry(_("Draft a list that is not there yet"), ("eligibility_listedition_draft-first",)),
        ManualEntry(
            _("Fill a draft from a spreadsheet"),
            ("eligibility_listedition_fill-in", "eligibility_listedition_download"),
            _("The page takes CSV or an Excel workbook, and reads what the download writes."),
        ),
        ManualEntry(
            _("Draft a new rule"),
            (
                "eligibility_ruleversion_draft-version",
                "eligibility_ruleversion_edit",
                "eligibility_ruleversion_difference",
            ),
        ),
        ManualEntry(
            _("Publish drafts"),
            (
                "eligibility_listedition_propose",
                "eligibility_ruleversion_propose",
                "eligibility_publicationproposal_answer",
            ),
            _("Tick the other drafts that belong to the same act. A second person confirms it."),
        ),
        ManualEntry(
            _("See what a publication would do to people"),
            ("eligibility_publicationproposal_changelist",),
            _("The page that proposes drafts and the page that answers link to it."),
            needs=permissions.PUBLISH_RULES,
        ),
    ),
)

RECORDS_KEPT = Chapter(
    _("History and personal data"),
    (
        ManualEntry(
            _("See why, when and by whom something was done"),
            ("registrations_webinar_happened", "registrations_historyentry_changelist"),
            _("The page of a person has the history of that person."),
        ),
        ManualEntry(
            _("Download the history of a webinar"),
            ("registrations_webinar_happened",),
            needs=permissions.EXPORT_HISTORY,
        ),
        ManualEntry(
            _("Prove that nobody altered the history"),
            ("registrations_historyanchor_changelist",),
            _(
                "Keep a line of the list elsewhere. Whoever runs the site checks it with “verify_history --anchor”."
            ),
        ),
        ManualEntry(
            _("Give somebody everything that is kept about them"),
            ("registrations_registration_export",),
            _("The history notes it. People download the same from their own page."),
        ),
        ManualEntry(
            _("Erase somebody who asks for it"),
            ("registrations_registration_erase",),
            _("Give a reason that names nobody. People can do the same from their own page."),
        ),
    ),
)

MANUAL = (DECISIONS, PLACES, PEOPLE, WEBINARS, MAILS, LISTS_AND_RULES, RECORDS_KEPT)
