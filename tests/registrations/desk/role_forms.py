"""What is asked for and filled in where test_roles.py opens a page and acts on it; {names} are ids of its world."""

from collections.abc import Mapping
from html.parser import HTMLParser

# What stands in the query of an address.
QUERIES: Mapping[str, str] = {
    "autocomplete": "app_label=registrations&model_name=seat&field_name=registration",
    "registrations_registration_retry_addresses": "registrations={bounced}",
    "registrations_seat_decide": "seats={seat}",
    "registrations_seat_overrides": "seats={doubtful}",
    "registrations_publication_impact": "publicationproposal={proposal}",
}

SOURCE = {"source_title": "A corrigendum", "starts": "2020-04-28"}
NEW_PASSWORD = {"password1": "correct horse 4711", "password2": "correct horse 4711"}

PEOPLE = (
    "first_name,last_name,email,organisation,organisation_type,country,sessions\n"
    "Ida,New,ida@example.org,Nord,sme,BE,1"
)
REPORT = {"text": "Name,Role,Duration\nIda,Attendee,5", "name": "0", "duration": "2", "clock": "brussels"}

# What is filled in, on top of what the page itself fills in.
FILLED_IN: Mapping[str, Mapping[str, str]] = {
    "axes_accessattempt_delete": {"post": "yes"},
    "axes_accesslog_delete": {"post": "yes"},
    "axes_accessfailurelog_delete": {"post": "yes"},
    "auth_user_add": {"username": "newcomer", "usable_password": "true", **NEW_PASSWORD},
    "auth_user_password_change": {"usable_password": "true", **NEW_PASSWORD},
    "auth_group_add": {"name": "Newcomers"},
    "eligibility_publicationproposal_answer": {"answer": "decline"},
    "eligibility_listedition_draft-first": {"key": "NEW-1", "list_key": "NEW", "title": "New", **SOURCE},
    "eligibility_listedition_draft-correction": {"key": "NEW-2", **SOURCE},
    "eligibility_listedition_draft-next": {"key": "NEW-3", **SOURCE},
    "eligibility_listedition_fill-in": {"text": "code,name\nBE,Belgium\n"},
    "eligibility_listedition_propose": {"note": "A corrigendum."},
    "eligibility_ruleversion_draft-version": {
        "relation": "takes_over",
        "key": "NEW-4",
        **SOURCE,
    },
    "eligibility_ruleversion_propose": {"note": "A corrigendum."},
    "registrations_webinar_add": {
        "title": "New",
        "slug": "new",
        "purpose": "Why.",
        "organiser": "DG GROW",
        "signature": "We",
        "contact_email": "c@example.eu",
        "recording_notice": "Not recorded.",
        "audience": "{audience}",
    },
    "registrations_webinar_opening": {"act": "close"},
    "registrations_webinar_auto_approve": {"act": "on"},
    "registrations_webinar_copy": {"title": "The next", "slug": "the-next"},
    "registrations_webinarsession_add": {"webinar": "{webinar}", "number": "9", "title": "New"},
    "registrations_webinarsession_cancel": {"reason": "No."},
    "registrations_webinarsession_personal-addresses": {
        "text": "{reference},https://sample.webex.com/mine",
        "import": "yes",
        "seen": "{seen_list}",
    },
    "registrations_webinar_import": {
        "text": "{people}",
        "language": "en",
        "import": "yes",
        "seen": "{seen_people}",
    },
    "registrations_webinarsession_attendance-upload": {
        **REPORT,
        "mapped": "{mapped}",
        "seen": "{seen_report}",
        "save": "yes",
    },
    "registrations_webinarsession_attendance-match": {"act": "aside"},
    "registrations_legaltext_add": {"kind": "privacy", "language": "fr", "body": "New."},
    "registrations_legaltext_new-version": {
        "act": "publish",
        "body": "New.\n\nNewer.",
        "compared": "{compared}",
    },
    "registrations_webinar_mail_text": {"act": "save", "subject": "Goodbye"},
    "registrations_registration_invite_guest": {
        "first_name": "Grace",
        "last_name": "Guest",
        "email": "grace@example.org",
        "organisation": "Nord",
        "organisation_type": "other",
        "country": "BE",
        "language": "en",
        "sessions": "{webinarsession}",
    },
    "registrations_registration_erase": {"reason": "A letter."},
    "registrations_seat_decide": {"reason": "Because.", "seats": "{shown_seat}"},
    "registrations_seat_override": {"reason": "A partner."},
    "registrations_seat_overrides": {"reason": "A partner."},
    "registrations_seat_waiting-place": {"position": "2", "reason": "A partner."},
    "registrations_override_answer": {"answer": "decline"},
    "registrations_override_answer_batch": {"answer": "decline"},
    "registrations_contest_answer": {"answer": "No."},
}


# What is filled in first, where a page shows what would happen before its button is there.
PREVIEWED: Mapping[str, Mapping[str, str]] = {
    "registrations_webinarsession_change-time": {"starts": "11:30", "ends": "13:30"},
    "registrations_webinarsession_change-title": {"title": "New"},
    "registrations_webinarsession_follow-up": {"slides_url": "https://example.eu/slides"},
}


class Filled(HTMLParser):
    """What the forms in the content of a page would send unchanged, buttons apart."""

    def __init__(self, html):
        super().__init__()
        self.sent = {}
        self.box = ""  # the name of the textarea or select that is open
        self.feed(html[html.index('id="content"') :])

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        name, value = given.get("name", ""), given.get("value") or ""
        if tag in ("textarea", "select"):
            self.box = name
        elif tag == "option" and "selected" in given:
            self.sent.setdefault(self.box, []).append(value)
        elif tag == "input" and given.get("type") in ("checkbox", "radio"):
            if "checked" in given:
                self.sent.setdefault(name, []).append(value or "on")
        elif tag == "input" and name and given.get("type") not in ("submit", "file"):
            self.sent.setdefault(name, []).append(value)

    def handle_data(self, data):
        if self.lasttag == "textarea" and self.box:
            self.sent.setdefault(self.box, []).append(data.removeprefix("\n"))

    def handle_endtag(self, tag):
        self.box = "" if tag in ("textarea", "select") else self.box
