"""Staff groups and what each may do; `sync_groups` writes this table to the database."""

DECIDE = "registrations.decide_seat"
INVITE_GUEST = "registrations.invite_guest"
MOVE_SESSION = "registrations.move_session"
PUBLISH_AGENDA = "registrations.publish_agenda"
STOP_JOB = "registrations.stop_bulkjob"
PUBLISH_RULES = "eligibility.publish_rules"
VIEW_EDITIONS = "eligibility.view_listedition"
VIEW_REGISTRATIONS = "registrations.view_registration"

VIEW_LISTS = (
    "eligibility.view_audience",
    "eligibility.view_publication",
    "eligibility.view_publicationproposal",
    VIEW_EDITIONS,
    "eligibility.view_listentry",
    "eligibility.view_ruleversion",
)
VIEW_PROGRAMME = (
    "registrations.view_webinar",
    "registrations.view_webinarsession",
    "registrations.view_agendaitem",
    "registrations.view_agendaversion",
    "registrations.view_legaltext",
)
VIEW_PEOPLE = (
    VIEW_REGISTRATIONS,
    "registrations.view_seat",
    "registrations.view_override",
    "registrations.view_contest",
    "registrations.view_outgoingmail",
    "registrations.view_bulkjob",
    "registrations.view_historyentry",
)

GROUPS: dict[str, tuple[str, ...]] = {
    "Approvers": (
        *VIEW_LISTS,
        *VIEW_PROGRAMME,
        *VIEW_PEOPLE,
        "registrations.view_accessneed",
        DECIDE,
        INVITE_GUEST,
        STOP_JOB,
    ),
    "Editors": (
        *VIEW_LISTS,
        *VIEW_PROGRAMME,
        "registrations.add_webinar",
        "registrations.change_webinar",
        "registrations.add_webinarsession",
        "registrations.change_webinarsession",
        "registrations.add_agendaitem",
        "registrations.change_agendaitem",
        "registrations.delete_agendaitem",
        "registrations.add_legaltext",
        "registrations.view_bulkjob",
        MOVE_SESSION,
        PUBLISH_AGENDA,
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
        "eligibility.draft_rules",
        PUBLISH_RULES,
    ),
    "Auditors": (*VIEW_LISTS, *VIEW_PROGRAMME, *VIEW_PEOPLE),
    "Data protection": (*VIEW_PROGRAMME, *VIEW_PEOPLE),
}
