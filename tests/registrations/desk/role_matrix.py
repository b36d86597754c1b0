"""Who may open which page of the admin, and who may act on it: what test_roles.py holds the site to.

A new page fails the tests until it has a line here. Written by hand, never taken from permissions.py.
"""

from dataclasses import dataclass

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

# about: rows of the world, or words that stand in the address as they are
# opens, acts: who may GET and POST, by the letters above; "-" nobody; "405" not allowed; "." no POST of its own
# Others are refused (403), or find nothing where it says "/missing".
MATRIX = """
page                                            about                     opens            acts
index                                           -                         AEKUDNS          .
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
eligibility_publicationproposal_answer          proposal                  KS               KS
eligibility_listedition_changelist              -                         AEKUS            .
eligibility_listedition_add                     -                         -                -
eligibility_listedition_change                  edition                   AEKUS            -
eligibility_listedition_change                  draft                     AEKUS            KS
eligibility_listedition_history                 draft                     AEKUS            .
eligibility_listedition_delete                  edition                   -                -
eligibility_listedition_delete                  draft                     KS               KS
eligibility_listedition_draft-first             -                         KS               KS
eligibility_listedition_draft-correction        edition                   KS               KS
eligibility_listedition_draft-next              edition                   KS               KS
eligibility_listedition_fill-in                 draft                     KS               KS
eligibility_listedition_download                edition                   AEKUS            405
eligibility_listedition_difference              draft                     AEKUS            405
eligibility_listedition_propose                 draft                     KS               KS
eligibility_ruleversion_changelist              -                         AEKUS            .
eligibility_ruleversion_add                     -                         -                -
eligibility_ruleversion_change                  rule                      AEKUS            -
eligibility_ruleversion_change                  draft_rule                AEKUS            -
eligibility_ruleversion_history                 rule                      AEKUS            .
eligibility_ruleversion_delete                  rule                      -                -
eligibility_ruleversion_delete                  draft_rule                KS               KS
eligibility_ruleversion_draft-version           rule                      KS               KS
eligibility_ruleversion_edit                    draft_rule                KS               KS
eligibility_ruleversion_difference              draft_rule                AEKUS            405
eligibility_ruleversion_propose                 draft_rule                KS               KS

registrations_webinar_changelist                -                         AEKUDS           .
registrations_webinar_add                       -                         ES               ES
registrations_webinar_change                    webinar                   AEKUDS           ES
registrations_webinar_history                   webinar                   AEKUDS           .
registrations_webinar_delete                    spare_webinar             S                S
registrations_webinar_publish_agenda            webinar                   ES               ES
registrations_webinar_mail_texts                webinar                   ES               .
registrations_webinar_mail_text                 webinar,=withdrawn,=en    ES               ES
registrations_webinar_happened                  webinar                   AUDS             405
registrations_webinar_export_history            webinar                   405              US
registrations_webinar_numbers                   webinar                   AUDS             405
registrations_webinar_readiness                 webinar                   AEKUDS           .
registrations_webinar_opening                   webinar                   ES               ES
registrations_webinar_auto_approve              webinar                   AS               AS
registrations_webinar_copy                      webinar                   ES               ES
registrations_webinar_import                    webinar                   AS               AS
registrations_webinar_import-template           webinar                   AS               405
registrations_webinar_questions                 webinar                   AS               AS
registrations_webinar_questions-print           webinar                   AS               .
registrations_webinar_questions-export          webinar,=csv              405              AS
registrations_webinarsession_changelist         -                         AEKUDS           .
registrations_webinarsession_add                -                         ES               ES
registrations_webinarsession_change             webinarsession            AEKUDS           ES
registrations_webinarsession_history            webinarsession            AEKUDS           .
registrations_webinarsession_delete             spare_session             S                S
registrations_webinarsession_change-time        webinarsession            ES               ES
registrations_webinarsession_take-date-back     webinarsession            ES               ES
registrations_webinarsession_change-title       webinarsession            ES               ES
registrations_webinarsession_cancel             webinarsession            ES               ES
registrations_webinarsession_follow-up          past_session              ES               ES
registrations_webinarsession_personal-addresses webinarsession            ES               ES
registrations_webinarsession_personal-addresses-template webinarsession   ES               405
registrations_webinarsession_attendance-template past_session             AS               405
registrations_webinarsession_attendance         past_session              AS               .
registrations_webinarsession_attendance-upload  past_session              AS               AS
registrations_webinarsession_attendance-match   past_session,attendance   AS               AS
registrations_webinarsession_waiting-list       full_session              AUDS             .
registrations_agendaversion_changelist          -                         AEKUDS           .
registrations_agendaversion_add                 -                         -                -
registrations_agendaversion_change              agendaversion             AEKUDS           -
registrations_agendaversion_history             agendaversion             AEKUDS           .
registrations_agendaversion_delete              agendaversion             -                -
registrations_legaltext_changelist              -                         AEKUDS           .
registrations_legaltext_add                     -                         ES               ES
registrations_legaltext_change                  legaltext                 AEKUDS           -
registrations_legaltext_new-version             legaltext                 ES               ES
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
registrations_registration_invite_guest         -                         AS               AS
registrations_registration_retry_address        bounced                   AS               AS
registrations_registration_retry_addresses      -                         AS               AS
registrations_registration_erase                registration              DS               DS
registrations_registration_export               registration              DS               DS
registrations_seat_changelist                   -                         AUDS             .
registrations_seat_add                          -                         -                -
registrations_seat_change                       seat                      AUDS             .
registrations_seat_history                      seat                      AUDS             .
registrations_seat_delete                       seat                      -                -
registrations_seat_decide                       =approve                  AS               AS
registrations_seat_decide                       =waitlist                 AS               AS
registrations_seat_decide                       =reject                   AS               AS
registrations_seat_decide                       =put_back                 AS               AS
registrations_seat_decide                       =cancel                   AS               AS
registrations_seat_override                     doubtful                  AS               AS
registrations_seat_overrides                    -                         AS               AS
registrations_seat_waiting-place                waiting                   AS               AS
registrations_seat_export                       =people                   ADS              ADS
registrations_seat_export                       =webex                    ADS              ADS
registrations_seat_export                       =speakers                 ADS              ADS
registrations_publication_impact                -                         AEKUS            405
registrations_override_changelist               -                         AUDS             .
registrations_override_add                      -                         -                -
registrations_override_change                   override                  AUDS             -
registrations_override_history                  override                  AUDS             .
registrations_override_delete                   override                  -                -
registrations_override_answer                   override                  AS               AS
registrations_override_answer_batch             batch                     AS               AS
registrations_override_report                   -                         AUDS             .
registrations_contest_changelist                -                         AUDS             .
registrations_contest_add                       -                         -                -
registrations_contest_change                    contest                   AUDS             -
registrations_contest_history                   contest                   AUDS             .
registrations_contest_delete                    contest                   -                -
registrations_contest_answer                    contest                   AS               AS
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
registrations_outgoingmail_resend               outgoingmail              AS               AS
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
ACTIONS = {
    "registrations.seat": dict.fromkeys(
        ("approve", "waitlist", "reject", "put_back", "cancel", "ask_override"), "AS"
    ),
    "registrations.registration": {"retry": "AS"},
    "registrations.unplacedanswer": {"settle": "AS"},
    "axes.accessattempt": {"cleanup_expired_attempts": "S", "delete_selected": "S"},
    "axes.accesslog": {"delete_selected": "S"},
    "axes.accessfailurelog": {"delete_selected": "S"},
}

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


def _page(line: str) -> Page:
    name, about, opens, acts = line.split()
    opens, _slash, otherwise = opens.partition("/")
    args = () if about == "-" else tuple(about.split(","))
    return Page(name, args, opens, acts, otherwise or "refused")


PAGES = [_page(line) for line in MATRIX.strip().splitlines()[1:] if line]
SEEN = {(what, page): whom for what, page, whom in map(str.split, DATA.strip().splitlines()[1:])}
