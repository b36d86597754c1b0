"""Every form of the site says what it was drawn from: what comes back changed, or without it, acts on nothing.

A new page that acts fails here until it does, or until a line below says why it need not.
"""

import re

import pytest
from django.urls import URLPattern, get_resolver

from tests.pages import TOKEN
from tests.registrations.desk.test_roles import (
    address,
    bodies,
    everything,  # noqa: F401
    member,
    pages_that_act,
    tried,
)

OLD = "2020-04-20T07:00:00+00:00"

ONLY_ADDS = "only adds: what is there already stays"
TAKES_A_FILE = "changes nothing: a file is taken out, which the history notes"
OF_THE_SITE = "rows that the site alone writes: nothing in them is filled in by anybody"
NEEDS_NONE = {
    "axes_accessattempt_change": OF_THE_SITE,
    "axes_accessattempt_delete": OF_THE_SITE,
    "axes_accesslog_change": OF_THE_SITE,
    "axes_accesslog_delete": OF_THE_SITE,
    "axes_accessfailurelog_change": OF_THE_SITE,
    "axes_accessfailurelog_delete": OF_THE_SITE,
    "auth_user_add": ONLY_ADDS,
    "auth_user_password_change": "a new password, whatever the old one was",
    "auth_group_add": ONLY_ADDS,
    "eligibility_listedition_draft-first": ONLY_ADDS,
    "eligibility_listedition_draft-correction": "adds a draft of what is published, which never changes",
    "eligibility_listedition_draft-next": "adds a draft of what is published, which never changes",
    "eligibility_ruleversion_draft-version": "adds a draft of what is published, which never changes",
    "registrations_webinar_add": ONLY_ADDS,
    "registrations_webinar_copy": ONLY_ADDS,
    "registrations_webinar_export_history": TAKES_A_FILE,
    "registrations_webinar_questions-export": TAKES_A_FILE,
    "registrations_webinarsession_add": ONLY_ADDS,
    "registrations_legaltext_add": "the first version in a language; refused where there is one",
    "registrations_registration_invite_guest": ONLY_ADDS,
    "registrations_registration_export": TAKES_A_FILE,
    "registrations_seat_export": TAKES_A_FILE,
    "registrations_bulkjob_stop": "ends what waits, whatever else its page says; what has ended stays as it is",
    "registrations_bulkjob_release": "lets go what waits; each seat is held to what its own page showed",
}
# Pages that decide carry how each seat stood (services/standing.py), in this hidden field.
DECIDE = {
    "registrations_seat_decide": "seats",
    "registrations_seat_override": "shown",
    "registrations_seat_overrides": "seats",
    "registrations_seat_waiting-place": "shown",
    "registrations_override_answer": "shown",
    "registrations_override_answer_batch": "seats",
    "registrations_contest_answer": "shown",
}
STANDING = re.compile(r"(?<![\w-])[\w-]{16}(?![\w-])")
SHOWS = "shows only"
ON_OTHER_LISTS = ("admin:", "registrations:")  # role_matrix.py, and views/test_stale_pages.py
# Addresses outside the admin and people's pages.
ELSEWHERE = {
    "eligibility:data": SHOWS,
    "eligibility:index": SHOWS,
    "eligibility:country": SHOWS,
    "mailbox:index": SHOWS,
    "mailbox:letter": SHOWS,
    "mailbox:html": SHOWS,
    "mailbox:raw": SHOWS,
    "set_language": "changes the language of whoever presses the button",
    "webinar_site.health.alive": SHOWS,
    "webinar_site.health.ready": SHOWS,
    "webinar_site.health.metrics": SHOWS,
}


def without_what_it_was_drawn_from(body):
    return {name: value for name, value in body.items() if not TOKEN.search(name)}


def drawn_from_something_else(body):
    return {name: f"{OLD} {'0' * 20}" if TOKEN.search(name) else value for name, value in body.items()}


@pytest.mark.parametrize(
    "spoil", [without_what_it_was_drawn_from, drawn_from_something_else], ids=["missing", "another"]
)
def test_form_of_the_desk_acts_only_on_what_it_was_drawn_from(everything, spoil):  # noqa: F811
    browser, sent, wrong = member("S"), bodies(everything, pages_that_act()), []
    for page in pages_that_act():
        if page.acts in ("-", "405") or page.name in NEEDS_NONE or page.name in DECIDE:
            continue
        if not any(TOKEN.search(name) for name in sent[page]):
            wrong.append(f"{page}: says nothing of what it was drawn from")
        response = tried(browser, address(page, everything), spoil(sent[page]))
        if response.status_code != 200:
            wrong.append(f"{page}: acted on {spoil.__name__}")

    assert wrong == []


def test_page_that_decides_acts_only_on_seats_as_they_stood(everything):  # noqa: F811
    browser, sent, wrong = member("S"), bodies(everything, pages_that_act()), []
    for page in pages_that_act():
        if (field := DECIDE.get(page.name)) is None:
            continue
        found = sent[page].get(field, "")
        carried = found if isinstance(found, str) else ",".join(found)
        otherwise = {field: STANDING.sub("0" * 16, carried), "answer": "confirm"}
        response = tried(browser, address(page, everything), sent[page] | otherwise)
        if not STANDING.search(carried) or response.status_code != 200:
            wrong.append(f"{page}: {carried!r}, answered {response.status_code}")

    assert wrong == []


def test_what_needs_nothing_is_there():
    acting = {page.name for page in pages_that_act() if page.acts not in ("-", "405")}

    assert (NEEDS_NONE.keys() | DECIDE.keys()) - acting == set()


def test_every_address_outside_the_admin_and_peoples_pages_has_its_line():
    found = {name for name in addresses(get_resolver().url_patterns) if not name.startswith(ON_OTHER_LISTS)}

    assert found == ELSEWHERE.keys()


def addresses(patterns, space=""):
    """Yield the name of every address below these patterns, with its namespace."""
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            yield f"{space}{pattern.name or pattern.lookup_str}"
        else:
            yield from addresses(
                pattern.url_patterns, f"{pattern.namespace}:" if pattern.namespace else space
            )
