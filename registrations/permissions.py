"""Staff groups and what each may do; `sync_groups` writes this table to the database (D-70)."""

DECIDE = "registrations.decide_seat"
INVITE_GUEST = "registrations.invite_guest"
EXPORT = "registrations.export_registration"
ERASE = "registrations.erase_registration"
ADD_LEGAL_TEXT = "registrations.add_legaltext"
IMPORT = "registrations.import_registration"
RECORD_ATTENDANCE = "registrations.record_attendance"
MARK_QUESTIONS = "registrations.change_questionmark"
EDIT_MAIL_TEXT = "registrations.edit_mailtext"
MOVE_SESSION = "registrations.move_session"
PUBLISH_AGENDA = "registrations.publish_agenda"
SEND_FOLLOW_UP = "registrations.send_followup"
ADD_WEBINAR = "registrations.add_webinar"
CHANGE_WEBINAR = "registrations.change_webinar"
OPEN_REGISTRATION = "registrations.open_registration"
VIEW_OVERRIDES = "registrations.view_override"
VIEW_WEBINAR = "registrations.view_webinar"
CHANGE_SESSION = "registrations.change_webinarsession"
RETRY_ADDRESS = "registrations.retry_address"
STOP_JOB = "registrations.stop_bulkjob"
RESEND_MAIL = "registrations.resend_outgoingmail"
PUBLISH_RULES = "eligibility.publish_rules"
VIEW_EDITIONS = "eligibility.view_listedition"
VIEW_REGISTRATIONS = "registrations.view_registration"
VIEW_HISTORY = "registrations.view_historyentry"
EXPORT_HISTORY = "registrations.export_historyentry"
VIEW_SEATS = "registrations.view_seat"
VIEW_MAILS = "registrations.view_outgoingmail"
VIEW_ANSWERS = "registrations.view_unplacedanswer"
SETTLE_ANSWERS = "registrations.settle_unplacedanswer"
VIEW_CONTESTS = "registrations.view_contest"
VIEW_JOBS = "registrations.view_bulkjob"
VIEW_SESSIONS = "registrations.view_webinarsession"
VIEW_PROPOSALS = "eligibility.view_publicationproposal"
VIEW_ACCESS_NEEDS = "registrations.view_accessneed"

VIEW_LISTS = (
    "eligibility.view_audience",
    "eligibility.view_publication",
    VIEW_PROPOSALS,
    VIEW_EDITIONS,
    "eligibility.view_listentry",
    "eligibility.view_ruleversion",
)
VIEW_PROGRAMME = (
    VIEW_WEBINAR,
    VIEW_SESSIONS,
    "registrations.view_agendaitem",
    "registrations.view_agendaversion",
    "registrations.view_reminder",
    "registrations.view_legaltext",
    "registrations.view_mailtext",
)
VIEW_PEOPLE = (
    VIEW_REGISTRATIONS,
    VIEW_SEATS,
    VIEW_OVERRIDES,
    VIEW_CONTESTS,
    VIEW_MAILS,
    VIEW_ANSWERS,
    VIEW_JOBS,
    VIEW_HISTORY,
    "registrations.view_historyanchor",
)

GROUPS: dict[str, tuple[str, ...]] = {
    "Approvers": (
        *VIEW_LISTS,
        *VIEW_PROGRAMME,
        *VIEW_PEOPLE,
        VIEW_ACCESS_NEEDS,
        DECIDE,
        INVITE_GUEST,
        EXPORT,
        IMPORT,
        RECORD_ATTENDANCE,
        MARK_QUESTIONS,
        RETRY_ADDRESS,
        SETTLE_ANSWERS,
        STOP_JOB,
        RESEND_MAIL,
    ),
    "Editors": (
        *VIEW_LISTS,
        *VIEW_PROGRAMME,
        ADD_WEBINAR,
        CHANGE_WEBINAR,
        OPEN_REGISTRATION,
        "registrations.add_webinarsession",
        CHANGE_SESSION,
        "registrations.add_agendaitem",
        "registrations.change_agendaitem",
        "registrations.delete_agendaitem",
        "registrations.add_reminder",
        "registrations.change_reminder",
        "registrations.delete_reminder",
        ADD_LEGAL_TEXT,
        VIEW_JOBS,
        EDIT_MAIL_TEXT,
        MOVE_SESSION,
        PUBLISH_AGENDA,
        SEND_FOLLOW_UP,
        STOP_JOB,
    ),
    "Rule keepers": (
        *VIEW_LISTS,
        *VIEW_PROGRAMME,
        "eligibility.change_listedition",
        "eligibility.delete_listedition",
        "eligibility.add_listentry",
        "eligibility.change_listentry",
        "eligibility.delete_listentry",
        "eligibility.delete_ruleversion",
        "eligibility.draft_rules",
        PUBLISH_RULES,
    ),
    "Auditors": (*VIEW_LISTS, *VIEW_PROGRAMME, *VIEW_PEOPLE, EXPORT_HISTORY),
    "Data protection": (*VIEW_PROGRAMME, *VIEW_PEOPLE, EXPORT, ERASE),
}
