"""Who may open which page of the admin, and who may act on it: what test_roles.py holds the site to.

Which permission a page of ours asks for is in the desk's tables (`pages.PAGES` of each app); who holds it is written
here by hand, never taken from permissions.py. A page that is in no table has all of its line here. A new page fails the
tests until it has a line, which says on which rows it is tried.
"""

from dataclasses import dataclass

from eligibility.desk.pages import PAGES as RULE_PAGES
from registrations.desk import pages
from webinar_site.foundation.desk import table

MEMBERS = {
    "A": "Approvers",
    "E": "Editors",
    "K": "Rule keepers",
    "U": "Auditors",
    "D": "Data protection",
    "N": "",  # a member of staff without a group
    "S": "superuser",
    "-": "nobody",
}

# Who holds the permissions that our own pages and actions ask for, by the letters above.
HOLDERS = {
    "": "AEKUDNS",
    "eligibility.draft_rules": "KS",
    "eligibility.publish_rules": "KS",
    "eligibility.view_listedition": "AEKUS",
    "eligibility.view_ruleversion": "AEKUS",
    "registrations.add_legaltext": "ES",
    "registrations.add_webinar": "ES",
    "registrations.change_questionmark": "AS",
    "registrations.change_webinarsession": "ES",
    "registrations.decide_seat": "AS",
    "registrations.edit_mailtext": "ES",
    "registrations.erase_registration": "DS",
    "registrations.export_historyentry": "US",
    "registrations.export_registration": "ADS",
    "registrations.import_registration": "AS",
    "registrations.invite_guest": "AS",
    "registrations.move_session": "ES",
    "registrations.open_registration": "ES",
    "registrations.publish_agenda": "ES",
    "registrations.record_attendance": "AS",
    "registrations.resend_outgoingmail": "AS",
    "registrations.retry_address": "AS",
    "registrations.send_followup": "ES",
    "registrations.settle_unplacedanswer": "AS",
    "registrations.view_historyentry": "AUDS",
    "registrations.view_override": "AUDS",
    "registrations.view_registration": "AUDS",
    "registrations.view_webinar": "AEKUDS",
}

# about: rows of the world, or words that stand in the address as they are
# opens, acts: who may GET and POST, by the letters above; "-" nobody; "405" not allowed; "." no POST of its own
# Others are refused (403), or find nothing where it says "/missing".
# Of a page in a table: nothing more, or "shows" if it has no POST of its own; all, if its permission is not enough.
MATRIX = """
page                                            about                     opens            acts
index                                           -                         AEKUDNS          .
help                                            -
login                                           -                         AEKUDNS          .
logout                                          -                         405              .
password_change                                 -                         AEKUDNS          .
password_change_done                            -                         AEKUDNS          .
autocomplete                                    -                         AUDS             405
jsi18n                                          -                         AEKUDNS          .
view_on_site                                    webinar_type,webinar      AEKUDNS          .
view_on_site                                    person_type,registration  -/missing        .
app_list                                        =axes                     S/missing        .
app_list                                        =auth                     S/missing        .
app_list                                        =eligibility              AEKUS/missing    .
app_list                                        =registrations            AEKUDS/missing   .

axes_accessattempt_changelist                   -                         S                .
axes_accessattempt_add                          -                         -                -
axes_accessattempt_change                       accessattempt             S                S
axes_accessattempt_history                      accessattempt             S                .
axes_accessattempt_delete                       accessattempt             S                S
axes_accesslog_changelist                       -                         S                .
axes_accesslog_add                              -                         -                -
axes_accesslog_change                           accesslog                 S                S
axes_accesslog_history                          accesslog                 S                .
axes_accesslog_delete                           accesslog                 S                S
axes_accessfailurelog_changelist                -                         S                .
axes_accessfailurelog_add                       -                         -                -
axes_accessfailurelog_change                    accessfailurelog          S                S
axes_accessfailurelog_history                   accessfailurelog          S                .
axes_accessfailurelog_delete                    accessfailurelog          S                S

auth_user_changelist                            -                         S                .
auth_user_add                                   -                         S                S
auth_user_change                                user                      S                S
auth_user_password_change                       user                      S                S
auth_user_history                               user                      S                .
auth_user_delete                                user                      S                S
auth_group_changelist                           -                         S                .
auth_group_add                                  -                         S                S
auth_group_change                               group                     S                S
auth_group_history                              group                     S                .
auth_group_delete                               group                     S                S

eligibility_audience_changelist                 -                         AEKUS            .
eligibility_audience_add                        -                         -                -
eligibility_audience_change                     audience                  AEKUS            -
eligibility_audience_history                    audience                  AEKUS            .
eligibility_audience_delete                     audience                  -                -
eligibility_publication_changelist              -                         AEKUS            .
eligibility_publication_add                     -                         -                -
eligibility_publication_change                  publication               AEKUS            -
eligibility_publication_history                 publication               AEKUS            .
eligibility_publication_delete                  publication               -                -
eligibility_publicationproposal_changelist      -                         AEKUS            .
eligibility_publicationproposal_add             -                         -                -
eligibility_publicationproposal_change          proposal                  AEKUS            -
eligibility_publicationproposal_history         proposal                  AEKUS            .
eligibility_publicationproposal_delete          proposal                  -                -
eligibility_publicationproposal_answer          proposal
eligibility_listedition_changelist              -                         AEKUS            .
eligibility_listedition_add                     -                         -                -
eligibility_listedition_change                  edition                   AEKUS            -
eligibility_listedition_change                  draft                     AEKUS            KS
eligibility_listedition_history                 draft                     AEKUS            .
eligibility_listedition_delete                  edition                   -                -
eligibility_listedition_delete                  draft                     KS               KS
eligibility_listedition_draft-first             -
eligibility_listedition_draft-correction        edition
eligibility_listedition_draft-next              edition
eligibility_listedition_fill-in                 draft
eligibility_listedition_download                edition
eligibility_listedition_difference              draft
eligibility_listedition_propose                 draft
eligibility_ruleversion_changelist              -                         AEKUS            .
eligibility_ruleversion_add                     -                         -                -
eligibility_ruleversion_change                  rule                      AEKUS            -
eligibility_ruleversion_change                  draft_rule                AEKUS            -
eligibility_ruleversion_history                 rule                      AEKUS            .
eligibility_ruleversion_delete                  rule                      -                -
eligibility_ruleversion_delete                  draft_rule                KS               KS
eligibility_ruleversion_draft-version           rule
eligibility_ruleversion_edit                    draft_rule
eligibility_ruleversion_difference              draft_rule
eligibility_ruleversion_propose                 draft_rule

registrations_webinar_changelist                -                         AEKUDS           .
registrations_webinar_add                       -                         ES               ES
registrations_webinar_change                    webinar                   AEKUDS           ES
registrations_webinar_history                   webinar                   AEKUDS           .
registrations_webinar_delete                    spare_webinar             S                S
registrations_webinar_publish_agenda            webinar
registrations_webinar_mail_texts                webinar                   shows
registrations_webinar_mail_text                 webinar,=withdrawn,=en
registrations_webinar_happened                  webinar
registrations_webinar_export_history            webinar
registrations_webinar_numbers                   webinar
registrations_webinar_readiness                 webinar                   shows
registrations_webinar_opening                   webinar
registrations_webinar_auto_approve              webinar
registrations_webinar_copy                      webinar
registrations_webinar_import                    webinar
registrations_webinar_import-template           webinar
registrations_webinar_questions                 webinar
registrations_webinar_questions-print           webinar                   shows
registrations_webinar_questions-export          webinar,=csv
registrations_webinarsession_changelist         -                         AEKUDS           .
registrations_webinarsession_add                -                         ES               ES
registrations_webinarsession_change             webinarsession            AEKUDS           ES
registrations_webinarsession_history            webinarsession            AEKUDS           .
registrations_webinarsession_delete             spare_session             S                S
registrations_webinarsession_change-time        webinarsession
registrations_webinarsession_take-date-back     webinarsession
registrations_webinarsession_change-title       webinarsession
registrations_webinarsession_cancel             webinarsession
registrations_webinarsession_follow-up          past_session
registrations_webinarsession_personal-addresses webinarsession
registrations_webinarsession_personal-addresses-template webinarsession
registrations_webinarsession_attendance-template past_session
registrations_webinarsession_attendance         past_session              shows
registrations_webinarsession_attendance-upload  past_session
registrations_webinarsession_attendance-match   past_session,attendance
registrations_webinarsession_waiting-list       full_session              shows
registrations_agendaversion_changelist          -                         AEKUDS           .
registrations_agendaversion_add                 -                         -                -
registrations_agendaversion_change              agendaversion             AEKUDS           -
registrations_agendaversion_history             agendaversion             AEKUDS           .
registrations_agendaversion_delete              agendaversion             -                -
registrations_legaltext_changelist              -                         AEKUDS           .
registrations_legaltext_add                     -                         ES               ES
registrations_legaltext_change                  legaltext                 AEKUDS           -
registrations_legaltext_new-version             legaltext
registrations_legaltext_history                 legaltext                 AEKUDS           .
registrations_legaltext_delete                  legaltext                 -                -
registrations_mailtext_changelist               -                         AEKUDS           .
registrations_mailtext_add                      -                         -                -
registrations_mailtext_change                   mailtext                  AEKUDS           -
registrations_mailtext_history                  mailtext                  AEKUDS           .
registrations_mailtext_delete                   mailtext                  -                -

registrations_registration_changelist           -                         AUDS             .
registrations_registration_add                  -                         -                -
registrations_registration_change               registration              AUDS             -
registrations_registration_change               bounced                   AUDS             .
registrations_registration_history              registration              AUDS             .
registrations_registration_delete               registration              -                -
registrations_registration_invite_guest         -
registrations_registration_retry_address        bounced
registrations_registration_retry_addresses      -
registrations_registration_erase                registration
registrations_registration_export               registration
registrations_seat_changelist                   -                         AUDS             .
registrations_seat_add                          -                         -                -
registrations_seat_change                       seat                      AUDS             .
registrations_seat_history                      seat                      AUDS             .
registrations_seat_delete                       seat                      -                -
registrations_seat_decide                       =approve
registrations_seat_decide                       =waitlist
registrations_seat_decide                       =reject
registrations_seat_decide                       =put_back
registrations_seat_decide                       =cancel
registrations_seat_override                     doubtful
registrations_seat_overrides                    -
registrations_seat_waiting-place                waiting
registrations_seat_export                       =people
registrations_seat_export                       =webex
registrations_seat_export                       =speakers
registrations_publication_impact                -
registrations_override_changelist               -                         AUDS             .
registrations_override_add                      -                         -                -
registrations_override_change                   override                  AUDS             -
registrations_override_history                  override                  AUDS             .
registrations_override_delete                   override                  -                -
registrations_override_answer                   override
registrations_override_answer_batch             batch
registrations_override_report                   -                         shows
registrations_contest_changelist                -                         AUDS             .
registrations_contest_add                       -                         -                -
registrations_contest_change                    contest                   AUDS             -
registrations_contest_history                   contest                   AUDS             .
registrations_contest_delete                    contest                   -                -
registrations_contest_answer                    contest
registrations_unplacedanswer_changelist         -                         AUDS             .
registrations_unplacedanswer_add                -                         -                -
registrations_unplacedanswer_change             unplaced                  AUDS             -
registrations_unplacedanswer_history            unplaced                  AUDS             .
registrations_unplacedanswer_delete             unplaced                  -                -
registrations_outgoingmail_changelist           -                         AUDS             .
registrations_outgoingmail_add                  -                         -                -
registrations_outgoingmail_change               outgoingmail              AUDS             -
registrations_outgoingmail_history              outgoingmail              AUDS             .
registrations_outgoingmail_delete               outgoingmail              -                -
registrations_outgoingmail_resend               outgoingmail
registrations_historyentry_changelist           -                         AUDS             .
registrations_historyentry_add                  -                         -                -
registrations_historyentry_change               historyentry              AUDS             -
registrations_historyentry_history              historyentry              AUDS             .
registrations_historyentry_delete               historyentry              -                -
registrations_historyanchor_changelist          -                         AUDS             .
registrations_historyanchor_add                 -                         -                -
registrations_historyanchor_change              historyanchor             AUDS             -
registrations_historyanchor_history             historyanchor             AUDS             .
registrations_historyanchor_delete              historyanchor             -                -

registrations_bulkjob_changelist                -                         AEUDS            .
registrations_bulkjob_add                       -                         -                -
registrations_bulkjob_change                    decision_job              AEUDS            -
registrations_bulkjob_change                    session_job               AEUDS            -
registrations_bulkjob_change                    agenda_job                AEUDS            -
registrations_bulkjob_history                   decision_job              AEUDS            .
registrations_bulkjob_delete                    decision_job              -                -
registrations_bulkjob_stop                      decision_job              405              AS
registrations_bulkjob_stop                      override_job              405              AS
registrations_bulkjob_stop                      reassessment_job          405              AS
registrations_bulkjob_stop                      closing_job               405              AS
registrations_bulkjob_stop                      import_job                405              AS
registrations_bulkjob_stop                      session_job               405              ES
registrations_bulkjob_stop                      agenda_job                405              ES
registrations_bulkjob_stop                      reminder_job              405              ES
registrations_bulkjob_stop                      follow_up_job             405              ES
registrations_bulkjob_release                   decision_job              405              AS
registrations_bulkjob_release                   override_job              405              AS
registrations_bulkjob_release                   reassessment_job          405              AS
registrations_bulkjob_release                   closing_job               405              AS
registrations_bulkjob_release                   import_job                405              AS
registrations_bulkjob_release                   session_job               405              ES
registrations_bulkjob_release                   agenda_job                405              ES
registrations_bulkjob_release                   reminder_job              405              ES
registrations_bulkjob_release                   follow_up_job             405              ES
"""

# The actions of each list that has any, and who sees them; the others have none for anybody.
ACTIONS: dict[str, dict[str, str]] = {
    "axes.accessattempt": {"cleanup_expired_attempts": "S", "delete_selected": "S"},
    "axes.accesslog": {"delete_selected": "S"},
    "axes.accessfailurelog": {"delete_selected": "S"},
}
for action in pages.ACTIONS:
    ACTIONS.setdefault(action.model._meta.label_lower, {})[action.name] = HOLDERS[action.permission]

# What stands on which pages, and for whom; it stands nowhere else. Tokens of personal links stand nowhere at all.
DATA = """
what              page                                        whom
access-need       registrations_registration_change           AS
address           registrations_outgoingmail_change           AUDS
address           registrations_outgoingmail_resend           AS
address           registrations_registration_change           AUDS
address           registrations_registration_retry_address    AS
address           registrations_unplacedanswer_change         AUDS
address           registrations_unplacedanswer_changelist     AUDS
address           registrations_webinarsession_attendance     AS
address           registrations_webinarsession_attendance-match AS
bounce            registrations_outgoingmail_change           AUDS
bounce            registrations_outgoingmail_changelist       AUDS
bounce            registrations_registration_change           AUDS
bounce            registrations_registration_retry_address    AS
bounce            registrations_registration_retry_addresses  AS
contest           registrations_contest_answer                AS
contest           registrations_contest_change                AUDS
meeting           registrations_webinarsession_change         ES
name              autocomplete                                AUDS
name              registrations_bulkjob_change                AUDS
name              registrations_contest_answer                AS
name              registrations_contest_change                AUDS
name              registrations_contest_changelist            AUDS
name              registrations_outgoingmail_change           AUDS
name              registrations_outgoingmail_changelist       AUDS
name              registrations_override_answer               AS
name              registrations_override_answer_batch         AS
name              registrations_override_change               AUDS
name              registrations_override_changelist           AUDS
name              registrations_publication_impact            AUS
name              registrations_registration_change           AUDS
name              registrations_registration_changelist       AUDS
name              registrations_registration_erase            DS
name              registrations_registration_export           DS
name              registrations_registration_history          AUDS
name              registrations_registration_retry_address    AS
name              registrations_seat_changelist               AUDS
name              registrations_seat_decide                   AS
name              registrations_seat_override                 AS
name              registrations_seat_overrides                AS
name              registrations_unplacedanswer_change         AUDS
name              registrations_unplacedanswer_changelist     AUDS
name              registrations_webinar_questions             AS
name              registrations_webinar_questions-print       AS
name              registrations_webinarsession_attendance     AS
name              registrations_webinarsession_attendance-match AS
name              registrations_seat_waiting-place            AS
name              registrations_webinarsession_waiting-list   AUDS
organisation      registrations_bulkjob_change                AUDS
organisation      registrations_contest_answer                AS
organisation      registrations_override_answer               AS
organisation      registrations_override_answer_batch         AS
organisation      registrations_publication_impact            AUS
organisation      registrations_registration_change           AUDS
organisation      registrations_registration_changelist       AUDS
organisation      registrations_seat_changelist               AUDS
organisation      registrations_seat_decide                   AS
organisation      registrations_seat_override                 AS
organisation      registrations_seat_overrides                AS
organisation      registrations_webinar_questions             AS
organisation      registrations_webinar_questions-print       AS
organisation      registrations_webinarsession_attendance     AS
organisation      registrations_webinarsession_attendance-match AS
organisation      registrations_seat_waiting-place            AS
organisation      registrations_webinarsession_waiting-list   AUDS
position          registrations_registration_change           AUDS
question          registrations_registration_change           ADS
question          registrations_webinar_questions             AS
question          registrations_webinar_questions-print       AS
reason            registrations_bulkjob_change                AUDS
reason            registrations_contest_answer                AS
reason            registrations_override_answer               AS
reason            registrations_override_answer_batch         AS
reason            registrations_override_change               AUDS
reason            registrations_registration_change           AUDS
reference         autocomplete                                AUDS
reference         registrations_bulkjob_change                AUDS
reference         registrations_contest_answer                AS
reference         registrations_contest_change                AUDS
reference         registrations_contest_changelist            AUDS
reference         registrations_contest_history               AUDS
reference         registrations_historyentry_change           AUDS
reference         registrations_historyentry_changelist       AUDS
reference         registrations_outgoingmail_change           AUDS
reference         registrations_outgoingmail_changelist       AUDS
reference         registrations_override_answer               AS
reference         registrations_override_change               AUDS
reference         registrations_override_changelist           AUDS
reference         registrations_override_history              AUDS
reference         registrations_override_report               AUDS
reference         registrations_registration_change           AUDS
reference         registrations_registration_changelist       AUDS
reference         registrations_registration_erase            DS
reference         registrations_registration_export           DS
reference         registrations_registration_history          AUDS
reference         registrations_registration_retry_address    AS
reference         registrations_seat_changelist               AS
reference         registrations_seat_decide                   AS
reference         registrations_unplacedanswer_change         AUDS
reference         registrations_unplacedanswer_changelist     AUDS
reference         registrations_seat_history                  AUDS
reference         registrations_seat_override                 AS
reference         registrations_webinar_happened              AUDS
reference         registrations_seat_waiting-place            AS
"""


@dataclass(frozen=True)
class Page:
    """One line of the matrix."""

    name: str
    about: tuple[str, ...]
    opens: str
    acts: str
    otherwise: str = "refused"

    def __str__(self) -> str:
        return " ".join((self.name, *self.about))

    def answer(self, member: str, may: str) -> str:
        """Return what somebody, by their letter, is answered where these may."""
        if may == "405":
            return "not allowed"
        return "opened" if member in may else self.otherwise


TABLE = {page.name: page for page in (*RULE_PAGES, *pages.PAGES)}


def _page(line: str) -> Page:
    name, about, *rest = line.split()
    opens, acts = rest if len(rest) == 2 else _of_table(TABLE[name], *rest)
    opens, _slash, otherwise = opens.partition("/")
    args = () if about == "-" else tuple(about.split(","))
    return Page(name, args, opens, acts, otherwise or "refused")


def _of_table(page: table.Page, shows: str = "") -> tuple[str, str]:
    """Return who may open a page of a table, and who may act on it: those who hold its permission."""
    holders = HOLDERS[page.permission]
    acts = "." if shows else holders
    return "405" if page.methods == table.ACTS else holders, "405" if page.methods == table.SHOWS else acts


PAGES = [_page(line) for line in MATRIX.strip().splitlines()[1:] if line]
SEEN = {(what, page): whom for what, page, whom in map(str.split, DATA.strip().splitlines()[1:])}
