"""The staff's pages in a real browser, each with something on it: for its readers, in a wide and a narrow window."""

import json
import re

import pytest
from playwright.sync_api import expect

from tests.browser.checks import (
    DESKTOP,
    PHONE,
    WINDOWS,
    faults,
    faults_in_other_modes,
    faults_of_spacing,
    sign_in,
    turn_into,
    watch,
)
from tests.browser.focus import faults_of_focus
from tests.running_site import PASSWORD

pytestmark = pytest.mark.browser

PREPARE = "import json; from tests.browser import staff_stage; print(json.dumps(staff_stage.prepare()))"
LISTS = {
    "start page": "",
    "help": "help/",
    "seats": "registrations/seat/",
    "seats, narrowed": "registrations/seat/?state__exact=requested&outcome__in=not_eligible&q=person",
    "registrations": "registrations/registration/",
    "invite a guest": "registrations/registration/invite-guest/",
    "export": "registrations/seat/export/people/?state__exact=approved",
    "overrides": "registrations/override/",
    "report of overrides": "registrations/override/report/",
    "contests": "registrations/contest/",
    "jobs": "registrations/bulkjob/",
    "mails": "registrations/outgoingmail/",
    "legal texts": "registrations/legaltext/",
    "new version of a legal text": "registrations/legaltext/1/new-version/",
    "history": "registrations/historyentry/",
    "history anchors": "registrations/historyanchor/",
    "sessions": "registrations/webinarsession/",
    "add a session": "registrations/webinarsession/add/",
    "webinars": "registrations/webinar/",
    "editions": "eligibility/listedition/",
    "draft-first": "eligibility/listedition/draft-first/",
    "rules": "eligibility/ruleversion/",
    "proposals": "eligibility/publicationproposal/",
    "publication": "eligibility/publication/1/change/",
    "log in": "login/",
}
PAGES = {
    "": ["log in"],
    "approver": [
        "start page",
        "help",
        "seats",
        "seats, narrowed",
        "export",
        "registrations",
        "invite a guest",
        "person",
        "person with an override",
        "person with a namesake",
        "numbers",
        "retry address",
        "approve seats",
        "reject seats",
        "waiting list",
        "waiting place",
        "ask for an override",
        "overrides",
        "report of overrides",
        "approve automatically",
        "override",
        "answer an override",
        "answer a batch",
        "contests",
        "contest",
        "answer a contest",
        "jobs",
        "a job that is done",
        "a decision that can be stopped",
        "mails",
        "mail",
        "resend",
        "import registrations",
        "questions",
        "questions to print",
        "session that is over",
        "attendance",
        "attendance report",
        "match attendance",
    ],
    "editor": [
        "a change that can be stopped",
        "sessions",
        "add a session",
        "session",
        "change-time, shown",
        "change-time, refused",
        "change-title, shown",
        "take-date-back",
        "cancel",
        "personal-addresses",
        "follow-up, shown",
        "follow-up, refused",
        "webinars",
        "webinar",
        "publish agenda",
        "mail texts",
        "mail text",
        "legal texts",
        "new version of a legal text",
        "mail text to staff",
        "ready to open?",
        "open or close registration",
        "opening of a webinar that is not ready",
        "copy a webinar",
    ],
    "rulekeeper": [
        "editions",
        "edition",
        "draft edition",
        "draft-correction",
        "draft-next",
        "draft-first",
        "fill-in",
        "difference",
        "propose",
        "impact",
        "rules",
        "rule",
        "draft rule",
        "draft-version",
        "edit rule",
        "proposals",
        "proposal",
    ],
    "rulekeeper2": ["answer a proposal"],
    "auditor": ["history", "history anchors", "what happened", "publication"],
    "dataprotection": ["erase a person", "export a person"],
}
# What staff use every day, of these pages.
DAILY = {
    "": ["log in"],
    "approver": [
        "start page",
        "seats, narrowed",
        "registrations",
        "person",
        "approve seats",
        "answer a batch",
        "answer a contest",
        "mail",
        "a decision that can be stopped",
    ],
    "editor": ["session", "change-time, shown", "webinar", "mail text"],
    "rulekeeper": ["draft edition", "propose"],
}
# Who sends which page without filling anything in, by the button of this name.
MISTAKES = [
    ("approver", "reject seats", "Reject: "),
    ("approver", "waiting place", "Change position"),
    ("approver", "ask for an override", "Ask for an exception"),
    ("approver", "answer a contest", "Answer"),
    ("approver", "invite a guest", "Invite"),
    ("dataprotection", "erase a person", "Erase this person"),
    ("approver", "import registrations", "Check the list"),
    ("approver", "attendance report", "Read the report"),
    ("approver", "match attendance", "Match"),
    ("editor", "cancel", "Cancel session"),
    ("editor", "copy a webinar", "Make the copy"),
    ("editor", "personal-addresses", "Check the list"),
    ("rulekeeper", "fill-in", "Fill in from a table"),
    ("rulekeeper", "draft-first", "Draft a new list"),
    ("rulekeeper", "draft-version", "Save the draft"),
    ("rulekeeper", "propose", "Propose for publication"),
]


@pytest.fixture(scope="module")
def addresses(site):
    """Put something on every page, and return the addresses by a name."""
    lists = {name: f"/admin/{address}" for name, address in LISTS.items()}
    return {**lists, **json.loads(site.python(PREPARE))}


@pytest.fixture(scope="module")
def windows(browser, site):
    """Return a function that returns somebody's window of some kind, signed in once, and what it complained of."""
    opened = {}

    def window_of(account, kind):
        key = (account, json.dumps(kind))
        if key not in opened:
            context = browser.new_context(base_url=site.base_url, **kind)
            page = context.new_page()
            opened[key] = page, watch(page, site)
            if account:
                sign_in(opened[key][0], account)
        return opened[key]

    yield window_of
    for page, _complaints in opened.values():
        page.context.close()


@pytest.mark.parametrize(
    ("account", "name"),
    [
        pytest.param(account, name, id=f"{account} {name}".strip())
        for account, names in PAGES.items()
        for name in names
    ],
)
def test_page_is_accessible_and_keeps_the_policy(windows, addresses, account, name):
    page, complaints = windows(account, DESKTOP)
    complaints.clear()

    answer = page.goto(addresses[name])

    assert answer.status == 200
    assert faults(page) == []
    assert faults_in_other_modes(page) == []
    turn_into(page, PHONE)
    assert faults(page) == []
    assert faults_of_spacing(page) == []
    turn_into(page, DESKTOP)
    assert complaints == []


@pytest.mark.parametrize("window", WINDOWS)
@pytest.mark.parametrize(
    ("account", "name"), [(account, name) for account, names in DAILY.items() for name in names]
)
def test_daily_page_is_gone_through_with_the_keyboard(windows, addresses, account, name, window, proven):
    page, _complaints = windows(account, window)
    page.emulate_media(reduced_motion="reduce")  # a colour that fades would be half-way
    page.goto(addresses[name])

    assert faults_of_focus(page, proven[str(window)]) == []


@pytest.mark.parametrize("window", WINDOWS)
@pytest.mark.parametrize(("account", "name", "button"), MISTAKES, ids=[name for _, name, _ in MISTAKES])
def test_error_state_is_accessible(windows, addresses, account, name, button, window):
    page, complaints = windows(account, window)
    complaints.clear()
    page.goto(addresses[name])

    page.locator("#content").get_by_role("button", name=button).click()

    expect(page).to_have_title(re.compile("^Error: "))
    expect(page.locator(".errorlist").first).to_be_visible()
    assert faults(page) == []
    assert complaints == []


def test_buttons_of_a_job_are_of_one_size(windows, addresses):
    page, _complaints = windows("editor", DESKTOP)
    page.goto(addresses["a change that can be stopped"])

    buttons = page.locator(".actions-here .button")

    assert buttons.all_inner_texts() == ["Stop", "Release now", "Show the newest numbers"]
    assert len({button.bounding_box()["height"] for button in buttons.all()}) == 1


@pytest.mark.parametrize("window", WINDOWS)
def test_list_that_can_be_taken_is_shown_line_by_line(windows, addresses, window):
    page, _complaints = windows("editor", window)
    page.goto(addresses["personal-addresses"])
    page.locator("#content textarea").fill("Person,Address\nnobody@example.org,https://own.webex.com/m1\n")

    page.get_by_role("button", name="Check the list").click()

    expect(page.get_by_text("1 line cannot be taken, so nothing is imported.")).to_be_visible()
    assert faults(page) == []


PEOPLE = (
    "first_name,last_name,email,organisation,organisation_type,country,sessions,Fax\n"
    "Ida,New,ida@example.org,Nord,sme,BE,1,2\nEve,Ost,eve@example.org,Ost,sme,US,1,2\n"
)
REPORT = (
    "Name,Role,Join Time,Duration\nIda,Attendee,2020-04-28 10:30,50\nAnn,Host,2020-04-28 10:30,120\n"
    "Tom,Attendee,never 1:99,5\n"
)


@pytest.mark.parametrize("window", WINDOWS)
def test_list_of_people_is_shown_line_by_line(windows, addresses, window):
    page, complaints = windows("approver", window)
    complaints.clear()
    page.goto(addresses["import registrations"])
    page.locator("#content textarea").fill(PEOPLE)

    page.get_by_role("button", name="Check the list").click()

    expect(page.get_by_text("1 line cannot be taken.")).to_be_visible()
    assert faults(page) == []
    assert complaints == []


@pytest.mark.parametrize("window", WINDOWS)
def test_report_is_mapped_and_shown(windows, addresses, window):
    page, complaints = windows("approver", window)
    complaints.clear()
    page.goto(addresses["attendance report"])
    page.locator("#content textarea").fill(REPORT)

    page.get_by_role("button", name="Read the report").click()
    expect(page.get_by_role("heading", name="Which column says what")).to_be_visible()
    mapped = faults(page)
    page.get_by_role("button", name="Show what would happen").click()

    expect(page.get_by_role("button", name="Save the attendance")).to_be_visible()
    assert (mapped, faults(page), complaints) == ([], [], [])


@pytest.mark.parametrize("window", WINDOWS)
def test_difference_of_a_legal_text_is_accessible(windows, addresses, window):
    page, complaints = windows("editor", window)
    complaints.clear()
    page.goto(addresses["new version of a legal text"])
    page.locator("#content textarea").fill("Entirely new.\n\nIn two paragraphs.")

    page.get_by_role("button", name="Show the difference").click()

    expect(page.get_by_role("button", name="Publish as version 2")).to_be_visible()
    assert faults(page) == []
    assert complaints == []


@pytest.mark.parametrize("window", WINDOWS)
def test_mail_with_the_reason_is_shown_before_the_decision(windows, addresses, window):
    page, complaints = windows("approver", window)
    complaints.clear()
    page.goto(addresses["reject seats"])
    page.get_by_label("Reason:").select_option("full")

    page.get_by_role("button", name="Preview the mail with this reason").click()
    page.locator("details.example-mail:not([open]) summary").first.click()

    expect(page.get_by_text("All places in this session are taken.").first).to_be_visible()
    assert faults(page) == []
    assert complaints == []


@pytest.mark.parametrize("window", WINDOWS)
def test_decision_sent_while_signed_out_is_kept(browser, site, addresses, window):
    context = browser.new_context(base_url=site.base_url, **window)
    page = context.new_page()
    complaints = watch(page, site)
    sign_in(page, "approver")
    page.goto(addresses["reject seats"])
    page.get_by_label("In your own words").fill("We have to say no.")
    context.clear_cookies(name="sessionid")

    page.get_by_role("button", name="Preview the mail with this reason").click()
    expect(page.get_by_role("heading", name="You were signed out")).to_be_visible()
    signed_out = faults(page)
    page.get_by_label("Username").fill("approver")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    signed_in = faults(page)
    page.get_by_role("button", name="Go on").click()

    expect(page.get_by_label("In your own words")).to_have_value("We have to say no.")
    assert (signed_out, signed_in, complaints) == ([], [], [])
    context.close()


@pytest.mark.parametrize("window", WINDOWS)
def test_preview_of_a_mail_is_accessible(windows, addresses, window):
    page, complaints = windows("editor", window)
    complaints.clear()
    page.goto(addresses["mail text"])

    page.get_by_role("button", name="Preview").click()

    expect(page.get_by_role("heading", name="Preview")).to_be_visible()
    assert faults(page) == []
    assert complaints == []


def tab_to(page, element, key="Tab"):
    """Press a key until an element has the focus, and see that it shows."""
    for _press in range(150):
        page.keyboard.press(key)
        if element.evaluate("element => element === document.activeElement"):
            shown = "element => { const s = getComputedStyle(element); return s.outlineStyle + s.boxShadow }"
            assert element.evaluate(shown) != "nonenone"
            return
    raise AssertionError(f"{element} is not reached by the keyboard")


def test_seat_is_approved_by_the_keyboard_alone(windows, addresses):
    page, _complaints = windows("approver", DESKTOP)
    page.goto(addresses["start page"])

    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to main content"
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_role("link", name="places to decide"))
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/seat/"))
    row = page.locator("#result_list tbody tr").filter(has_text="WOLKENSTEIN")
    tab_to(page, row.locator("input[type=checkbox]"))
    page.keyboard.press("Space")
    tab_to(page, page.get_by_label("Action:"), "Shift+Tab")
    page.keyboard.type("Approve")
    tab_to(page, page.get_by_role("button", name="Go"))
    page.keyboard.press("Enter")
    tab_to(page, page.locator("#content").get_by_role("button", name="Approve"))
    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile("/registration/"))
    expect(page.locator(".panel h3")).to_contain_text("approved")
