"""Roles: every page, action and address of the site, against every group, and what personal data each may see."""

import itertools
import re
from copy import copy
from dataclasses import dataclass, field

import pytest
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.models import Group, Permission, User
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, reverse

from eligibility.labels import LIST_TITLES
from eligibility.models import Audience, ListEdition, Publication, RuleVersion
from registrations import services
from registrations.desk.columns import page_of
from registrations.models import (
    BulkJob,
    HistoryEntry,
    OutgoingMail,
    Registration,
    Seat,
    UnplacedAnswer,
    Webinar,
)
from registrations.models.legal_texts import text_digest
from tests.catalogues import LANGUAGES, english_in
from tests.eligibility.factories import later_rule
from tests.examples import some
from tests.registrations import at_sight
from tests.registrations.desk.role_forms import FILLED_IN, PEOPLE, PREVIEWED, QUERIES, REPORT, Filled
from tests.registrations.desk.role_marks import marks_in, plant, tokens
from tests.registrations.desk.role_matrix import ACTIONS, MEMBERS, PAGES, SEEN, Page
from tests.registrations.factories import (
    ENDS,
    NOW,
    STARTS,
    draft_without,
    make_agenda_item,
    make_attendance,
    make_registration,
    make_session,
    make_user,
    make_webinar,
    propose_without,
)
from webinar_site.foundation.tables.uploads import read_file

LETTERS = "AEKUDNS"
STRANGERS = {
    "login": "opened",
    "logout": "opened",
}  # what they are answered where it is neither the login nor 405
MAILS_SHOWN = {  # a mail stands there in the language of whoever gets it
    "registrations_outgoingmail_change",
    "registrations_outgoingmail_resend",
    "registrations_webinar_mail_text",
}
EXAMPLE = re.compile(r'<details class="example-mail".*?</details>', re.DOTALL)  # and here
MADE_BY_SERVICES = {BulkJob.Kind.DECISION, BulkJob.Kind.SESSION_CHANGE, BulkJob.Kind.AGENDA}
FACTS = {  # what jobs of all kinds speak of, together
    "links": {},
    "again": False,
    "reason": "",
    "batch": "00000000-0000-4000-8000-000000000000",
    "publication": 0,
}
LINK = re.compile(r'href="(/admin/[^"?#]*)')
REDIRECTS = (
    "<path:object_id>/"  # the one name-less address of each model: Django's own redirect to a row's page
)


def named(patterns):
    """Yield the addresses below these patterns."""
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            yield pattern
        else:
            yield from named(pattern.url_patterns)


def signed_in():
    """Return a browser in which somebody is signed in, for each letter."""
    return {letter: member(letter) for letter in LETTERS}


def member(letter):
    """Return a browser in which somebody is signed in, by their letter."""
    browser = Client()
    user, _made = User.objects.get_or_create(
        username=f"member-{letter}", is_staff=True, is_superuser=letter == "S", email="somebody@example.eu"
    )
    user.groups.set(Group.objects.filter(name=MEMBERS[letter]))
    browser.force_login(user)
    return browser


def tried(browser, url, sent):
    """Return the answer to a POST, after which everything is as it was before."""
    cookies = copy(browser.cookies)
    with transaction.atomic():
        response = browser.post(url, sent)
        transaction.set_rollback(True)
    browser.cookies = cookies
    return response


def address(page: Page, everything):
    args = [word[1:] if word.startswith("=") else everything[word] for word in page.about]
    query = QUERIES.get(page.name, "").format(**everything)
    return f"{reverse(f'admin:{page.name}', args=args)}?{query}".removesuffix("?")


def why_not(response):
    """Return what a form that is shown again complains of."""
    forms = [(response.context or {}).get(name) for name in ("form", "adminform")]
    return [dict(form.errors) for form in forms if form is not None]


def outcome(response):
    """Return in a word what somebody was answered; what was posted is only "opened" where the page acted."""
    if response.status_code == 302 and response["Location"].startswith(f"{reverse('admin:login')}?"):
        return "login"
    if any(template.name == "admin/sign_in_again.html" for template in response.templates):
        return "login"
    acted = response.status_code == 302 or response.get("Content-Disposition")
    if response.request["REQUEST_METHOD"] == "POST" and response.status_code == 200 and not acted:
        return f"shown again: {why_not(response)}"
    return {
        200: "opened",
        302: "opened",
        400: "bad request",
        403: "refused",
        404: "missing",
        405: "not allowed",
    }[response.status_code]


@pytest.fixture
def everything(world, webinar, session, approver, editor, at_the_moment):
    """Return the ids of one row of everything there is to open or act on, by the words of the matrix."""
    keeper = make_user("keeper", "Rule keepers")
    proposal = propose_without("TN", by=keeper)
    doubtful = [make_registration(webinar, [session], country="US").seats.get().pk for _number in range(3)]
    batch = at_sight.request_overrides(doubtful[1:], by=approver, reason="Partners.", now=NOW)
    moved = make_session(webinar, title="Moved")
    services.sessions.reschedule_session(
        moved.pk, starts_at=STARTS, ends_at=ENDS + (ENDS - STARTS), by=editor, now=NOW
    )
    make_agenda_item(session, title="Discussion")
    past = make_session(make_webinar(slug="past"), starts_at=NOW - 2 * (ENDS - STARTS), ends_at=NOW)
    jobs = {
        f"{kind}_job": BulkJob.objects.create(
            kind=kind, created_at=NOW, due_at=STARTS, session=past, facts=FACTS
        ).pk
        for kind in set(BulkJob.Kind) - MADE_BY_SERVICES
    }
    make_registration(webinar, [session], country="TN")
    full = make_session(make_webinar(slug="full"), capacity=0)
    waiting = [make_registration(full.webinar, [full]).seats.get().pk for _number in range(2)]
    Seat.objects.filter(pk__in=waiting).update(state="waitlisted")
    services.people.send_links(
        webinar.pk, email=Registration.objects.get(pk=world["registration"]).email, now=NOW
    )
    plant(world)
    reference = Registration.objects.get(pk=world["registration"]).reference
    attended = make_attendance(
        past, by=approver, name="Qname", email="qaddress@example.org", organisation="Qhouse"
    )
    made_by_services = BulkJob.objects.filter(session=moved)
    attempt = {
        "user_agent": "x",
        "ip_address": "192.0.2.1",
        "username": "x",
        "http_accept": "x",
        "path_info": "/",
    }
    return world | jobs | {
        "decision_job": world["bulkjob"],
        "session_job": made_by_services.get().pk,
        "agenda_job": BulkJob.objects.get(kind=BulkJob.Kind.AGENDA, webinar=webinar).pk,
        "webinar_type": ContentType.objects.get_for_model(Webinar).pk,
        "person_type": ContentType.objects.get_for_model(Registration).pk,
        "accessattempt": AccessAttempt.objects.create(failures_since_start=1, **attempt).pk,
        "accesslog": AccessLog.objects.create(**attempt).pk,
        "accessfailurelog": AccessFailureLog.objects.create(**attempt).pk,
        "user": make_user("colleague").pk,
        "group": Group.objects.create(name="Spare").pk,
        "audience": Audience.objects.get().pk,
        "publication": Publication.objects.earliest("pk").pk,
        "proposal": proposal.pk,
        "edition": ListEdition.objects.published().filter(list_key="ENI").latest("pk").pk,
        "draft": draft_without("MA").pk,
        "rule": RuleVersion.objects.published().latest("pk").pk,
        "draft_rule": later_rule().pk,
        "doubtful": doubtful[0],
        "shown_seat": at_sight.sent(world["seat"]),
        "batch": batch,
        "spare_webinar": make_webinar(slug="spare").pk,
        "spare_session": make_session(make_webinar(slug="other")).pk,
        "past_session": past.pk,
        "attendance": attended.pk,
        "people": PEOPLE,
        "seen_people": _seen_people(webinar),
        **_seen_report(past),
        "unplaced": UnplacedAnswer.objects.create(
            session=past,
            registration_id=world["registration"],
            attendee="qaddress@example.org",
            sender="qaddress@example.org",
            answer="accepted",
            answered_at=NOW,
            received_at=NOW,
        ).pk,
        "full_session": full.pk,
        "waiting": waiting[0],
        "reference": reference,
        "compared": text_digest("New.\n\nNewer.\n"),
        "seen_list": _seen_list(session, reference),
    }  # fmt: skip


def _seen_people(webinar):
    """Return what the page that imports people says of a list it has checked."""
    address = reverse("admin:registrations_webinar_import", args=[webinar.pk])
    return member("S").post(address, {"text": PEOPLE, "language": "en"}).context["seen"]


def _seen_list(session, reference):
    """Return the same of a list of personal addresses."""
    address = reverse("admin:registrations_webinarsession_personal-addresses", args=[session.pk])
    return member("S").post(address, {"text": f"{reference},https://sample.webex.com/mine"}).context["seen"]


def _seen_report(session):
    """Return what the page that saves a report says of one it has shown."""
    address = reverse("admin:registrations_webinarsession_attendance-upload", args=[session.pk])
    mapped = member("S").post(address, REPORT).context["mapped"]
    response = member("S").post(address, REPORT | {"mapped": mapped})
    return {"mapped": mapped, "seen_report": response.context["token"]}


def wrong(found, expected):
    """Return what was found otherwise than expected, with both: a whole matrix is too long to read."""
    assert found.keys() == expected.keys()
    return {key: (found[key], expected[key]) for key in found if found[key] != expected[key]}


def pages_that_act():
    return [page for page in PAGES if page.acts != "."]


def bodies(everything, pages):
    """Return what to post to pages that act: what each fills in itself for a superuser, and what the matrix says."""
    browser = member("S")
    sent = {}
    for page in pages:
        response = browser.get(address(page, everything))
        own = Filled(said(response)).sent if response.status_code == 200 and "405" not in page.acts else {}
        if page.name in PREVIEWED:
            own = Filled(browser.get(address(page, everything), own | PREVIEWED[page.name]).text).sent
        sent[page] = own | {
            name: value.format(**everything) for name, value in FILLED_IN.get(page.name, {}).items()
        }
    return sent


def test_every_page_of_the_admin_has_its_line():
    patterns = list(named(admin.site.get_urls()))

    assert {pattern.name for pattern in patterns if pattern.name} == {page.name for page in PAGES}
    nameless = [str(pattern.pattern) for pattern in patterns if not pattern.name]
    assert set(nameless) == {REDIRECTS, r"(?P<url>.*)$"}


def said(response):
    """Return the text of an answer, be it a page or a workbook."""
    is_workbook = response.headers.get("Content-Type", "").endswith("spreadsheetml.sheet")
    return read_file(response.content).text if is_workbook else response.text


def walk(everything):
    """Return what each member was answered on each page, who saw what where, and on which pages there were tokens."""
    found, secrets, root = Walk(), tokens(), member("S")
    for (letter, browser), page in itertools.product(signed_in().items(), PAGES):
        response = browser.get(address(page, everything))
        found.answers[letter, str(page)] = outcome(response)
        found.opened[letter, response.request["PATH_INFO"]] = outcome(response)
        text = said(response)
        for path in LINK.findall(text):
            found.links.setdefault((letter, path), str(page))
        for what in marks_in(text):
            found.seen.setdefault((what, page.name), {})[letter] = None
        if any(token in text for token in secrets):
            found.with_tokens.add(page.name)
    follow_links(found)
    for row in (*OutgoingMail.objects.all(), *HistoryEntry.objects.all()):
        if any(token in root.get(page_of(row)).text for token in secrets):
            found.with_tokens.add(str(row))
    return found


def follow_links(found):
    """Note which links of the pages lead their readers to a refusal; those that differ in a row's id are one."""
    browsers, tried = signed_in(), set()
    for (letter, path), page in found.links.items():
        pattern = letter, re.sub(r"\d+", "", path)
        if pattern in tried:
            continue
        tried.add(pattern)
        answer = found.opened.get((letter, path)) or outcome(browsers[letter].get(path))
        if answer == "refused":
            found.dead_ends[letter, path] = page


@dataclass
class Walk:
    """What came of opening every page as every member."""

    answers: dict = field(default_factory=dict)
    opened: dict = field(default_factory=dict)  # what a member was answered at an address
    links: dict = field(default_factory=dict)  # by member and address, a page on which it stood
    dead_ends: dict = field(
        default_factory=dict
    )  # those of the links that are refused to whom they were shown
    seen: dict = field(default_factory=dict)
    with_tokens: set = field(default_factory=set)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_speaks_the_language_of_whoever_reads_it(everything, language):
    browser = member("S")
    browser.cookies[settings.LANGUAGE_COOKIE_NAME] = language

    # Workbooks to fill in have the names of columns as programs read them.
    ours = [page for page in PAGES if page.name not in MAILS_SHOWN and not page.name.endswith("-template")]
    ours = some(ours, of=language, one_in=2)
    texts = {str(page): EXAMPLE.sub("", browser.get(address(page, everything)).text) for page in ours}
    # The desk shows lists as they are kept, and their titles there in no other words.
    left = {page: set(english_in(text, language)) - LIST_TITLES for page, text in texts.items()}

    assert {page: found for page, found in left.items() if found} == {}


@pytest.fixture(scope="module")
def kept():
    """Return what one test leaves for the next."""
    return {}


@pytest.fixture
def walked(db, kept, request):
    """Return what came of opening every page as every member; done once, because it takes long."""
    if not kept:
        kept["walk"] = walk(request.getfixturevalue("everything"))
    return kept["walk"]


def test_page_opens_for_whom_it_is_and_refuses_all_others(walked):
    found = walked.answers

    expected = {(letter, str(page)): page.answer(letter, page.opens) for letter in LETTERS for page in PAGES}
    assert wrong(found, expected) == {}


def test_no_link_leads_its_reader_to_a_refusal(walked):
    assert walked.dead_ends == {}


def test_strangers_are_sent_to_the_login(everything):
    stranger = Client()

    answers = {str(page): outcome(stranger.get(address(page, everything))) for page in PAGES}

    expected = {
        str(page): STRANGERS.get(page.name, "not allowed" if page.opens == "405" else "login")
        for page in PAGES
    }
    assert wrong(answers, expected) == {}


def test_post_acts_for_whom_it_is_and_refuses_all_others(everything):
    sent = bodies(everything, pages_that_act())

    found = {
        (letter, str(page)): outcome(tried(browser, address(page, everything), sent[page]))
        for letter, browser in signed_in().items()
        for page in pages_that_act()
    }

    expected = {
        (letter, str(page)): page.answer(letter, page.acts) for letter in LETTERS for page in pages_that_act()
    }
    assert wrong(found, expected) == {}


def test_post_of_a_stranger_is_sent_to_the_login(everything):
    stranger = Client()

    answers = {
        str(page): outcome(stranger.post(address(page, everything), FILLED_IN.get(page.name, {})))
        for page in pages_that_act()
    }

    expected = {
        str(page): "not allowed" if page.acts == "405" and page.name != "autocomplete" else "login"
        for page in pages_that_act()
    }
    assert wrong(answers, expected) == {}


def test_personal_data_is_seen_where_it_is_needed_and_nowhere_else(walked):
    seen = {where: "".join(letters) for where, letters in walked.seen.items()}

    assert seen == SEEN


def test_no_page_of_the_admin_shows_the_token_of_a_personal_link(walked):
    assert walked.with_tokens == set()


HIDDEN = [
    "registration/?manage_token__startswith=a",
    "registration/?confirm_token__startswith=a",
    "registration/?access_needs__isnull=False",
    "registration/?question__icontains=a",
    "registration/?seats__join_token__startswith=a",
    "registration/?address_changes__token__startswith=a",
    "seat/?join_token__startswith=a",
    "seat/?meeting_url__startswith=https",
    "seat/?session__meeting_password__startswith=a",
    "seat/?registration__access_needs__isnull=False",
    "seat/export/people/?join_token__startswith=a",
    "webinarsession/?meeting_password__startswith=a",
    "webinarsession/?meeting_url__startswith=https",
    "bulkjob/?facts__reason__startswith=a",
    "outgoingmail/?facts__icontains=a",
    "historyentry/?session__meeting_password__startswith=a",
    "contest/?seat__join_token__startswith=a",
]


@pytest.mark.parametrize("query", HIDDEN)
def test_list_is_not_narrowed_by_what_it_does_not_show(query, db):
    """A list that is empty or not would tell a token character by character."""
    response = member("S").get(reverse("admin:app_list", args=["registrations"]) + query)

    assert outcome(response) == "bad request"


def test_export_is_a_permission_of_its_own(everything):
    page = next(page for page in PAGES if page.name == "registrations_seat_export")
    export = Permission.objects.get(codename="export_registration")
    sent = {"columns": ["reference"], "format": "csv"}
    found = []

    for mine in (Permission.objects.exclude(pk=export.pk), [export]):
        user = make_user(f"somebody{len(found)}")
        user.user_permissions.set(mine)
        browser = Client()
        browser.force_login(user)
        found.append(outcome(browser.post(address(page, everything), sent)))

    assert found == ["refused", "opened"]


def test_actions_are_those_of_the_matrix(rf, editor):
    found = {}
    for letter in LETTERS:
        member(letter)
        request = rf.get("/")
        request.user = User.objects.get(username=f"member-{letter}")
        for model, rows in admin.site._registry.items():
            for name in rows.get_actions(request) if rows.has_view_permission(request) else ():
                names = found.setdefault(model._meta.label_lower, {})
                names[name] = names.get(name, "") + letter

    assert found == ACTIONS


def test_action_posted_by_hand_acts_for_whom_it_is_only(everything):
    rows = {"seat": everything["seat"]}
    found = {}
    for (letter, browser), (model, name) in itertools.product(signed_in().items(), actions_of(rows)):
        url = reverse(f"admin:registrations_{model}_changelist")
        response = browser.post(url, {"action": name, "_selected_action": rows[model], "index": 0})
        if response.status_code == 200 and "cl" not in response.context:
            found[model, name] = found.get((model, name), "") + letter

    assert found == {
        (model, name): ACTIONS[f"registrations.{model}"][name] for model, name in actions_of(rows)
    }


def actions_of(models):
    return [(model, name) for model in models for name in ACTIONS[f"registrations.{model}"]]
