"""The staff's pages in a real browser, each with something on it: for whom it is made, in a wide and in a narrow window."""

import json
import re
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.running_site import PASSWORD

pytestmark = pytest.mark.browser

DESKTOP = {"viewport": {"width": 1280, "height": 900}}
PHONE = {"viewport": {"width": 320, "height": 640}, "has_touch": True, "color_scheme": "dark"}
WINDOWS = [pytest.param(DESKTOP, id="desktop, light"), pytest.param(PHONE, id="phone, dark")]
PREPARE = "import json; from tests.browser import staff_stage; print(json.dumps(staff_stage.prepare()))"
LISTS = {
    "start page": "",
    "seats": "registrations/seat/",
    "seats, narrowed": "registrations/seat/?state__exact=requested&outcome__in=not_eligible&q=person",
    "registrations": "registrations/registration/",
    "invite a guest": "registrations/registration/invite-guest/",
    "export": "registrations/seat/export/people/?state__exact=approved",
    "overrides": "registrations/override/",
    "contests": "registrations/contest/",
    "jobs": "registrations/bulkjob/",
    "mails": "registrations/outgoingmail/",
    "history": "registrations/historyentry/",
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
        "seats",
        "seats, narrowed",
        "export",
        "registrations",
        "invite a guest",
        "person",
        "person with an override",
        "retry address",
        "approve seats",
        "reject seats",
        "waiting list",
        "waiting place",
        "ask for an override",
        "overrides",
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
    "auditor": ["history", "publication"],
}
# Who sends which page without filling anything in, by the button of this name.
MISTAKES = [
    ("approver", "reject seats", "Reject: "),
    ("approver", "waiting place", "Change place"),
    ("approver", "ask for an override", "Ask for an override"),
    ("approver", "answer a contest", "Answer"),
    ("approver", "invite a guest", "Invite"),
    ("editor", "cancel", "Cancel session"),
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
            opened[key] = watched(context.new_page(), site)
            if account:
                sign_in(opened[key][0], account)
        return opened[key]

    yield window_of
    for page, _complaints in opened.values():
        page.context.close()


def watched(page, site):
    """Return a page and a list that gets the scripts that fail, what the policy blocks, and requests to other hosts."""
    complaints = []
    own = {urlsplit(site.base_url).netloc, ""}  # a frame without an address of its own is no other host

    def note(is_complaint, text):
        if is_complaint:
            complaints.append(text)

    page.on("pageerror", lambda error: note(True, str(error)))
    page.on("console", lambda message: note("Content Security Policy" in message.text, message.text))
    page.on("request", lambda request: note(urlsplit(request.url).netloc not in own, request.url))
    return page, complaints


def sign_in(page, account):
    page.goto("/admin/login/")
    page.get_by_label("Username").fill(account)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()


def faults(page):
    """Return what axe finds wrong with a page, WCAG and best practice, and whether the page scrolls sideways."""
    # Preloading would copy style sheets into the page, which the policy rightly refuses.
    found = Axe().run(page, options={"preload": False, "resultTypes": ["violations"]}).response["violations"]
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [
        f"{fault['id']}: {node['target']} {node['failureSummary']}"
        for fault in found
        for node in fault["nodes"]
    ] + ([f"{wide} px wider than the window"] if wide > 0 else [])


@pytest.mark.parametrize("window", WINDOWS)
@pytest.mark.parametrize(
    ("account", "name"),
    [
        pytest.param(account, name, id=f"{account} {name}".strip())
        for account, names in PAGES.items()
        for name in names
    ],
)
def test_page_is_accessible_and_keeps_the_policy(windows, addresses, account, name, window):
    page, complaints = windows(account, window)
    complaints.clear()

    answer = page.goto(addresses[name])

    assert answer.status == 200
    assert faults(page) == []
    assert complaints == []


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
    page, complaints = watched(context.new_page(), site)
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
