"""Every page of the desk: it changes nothing when it is opened or refused, and has nothing inline."""

import re

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.urls import reverse

from registrations.models import (
    BulkJob,
    Contest,
    HistoryEntry,
    MailText,
    OutgoingMail,
    Override,
    Registration,
    Reminder,
    Seat,
    WebinarSession,
)
from registrations.states import STAFF_MOVES
from tests.registrations.desk import role_matrix
from tests.registrations.desk.test_roles import address as address_in_matrix
from tests.registrations.desk.test_roles import everything, member  # noqa: F401

GROUPS = ("Approvers", "Editors", "Rule keepers", "Auditors", "Data protection")
INLINE = re.compile(
    r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")", re.IGNORECASE
)


def address(page, row, world):
    return reverse(f"admin:{page}", args=[world[row]] if row else [])


def test_pages_have_nothing_inline_that_the_strict_policy_blocks_and_change_nothing_when_opened(everything):  # noqa: F811
    browser, before = member("S"), all_rows()
    inline = {}

    for page in role_matrix.PAGES:
        answer = browser.get(address_in_matrix(page, everything))
        if answer.headers.get("Content-Type", "").startswith("text/html"):
            inline[str(page)] = INLINE.findall(answer.text)

    assert {page: found for page, found in inline.items() if found} == {}
    assert len(inline) > 100
    assert all_rows() == before


SHOW_ONLY = [page for page in role_matrix.PAGES if page.name in role_matrix.TABLE and page.acts == "."]


@pytest.mark.parametrize("page", SHOW_ONLY, ids=str)
def test_page_that_shows_only_changes_nothing_when_it_is_sent(page, world, admin_client):
    ids = [world[word.replace("past_", "webinar").replace("full_", "webinar")] for word in page.about]
    before = all_rows()

    answer = admin_client.post(reverse(f"admin:{page.name}", args=ids), {"act": "save", "reason": "No."})

    assert (answer.status_code, all_rows()) == (200, before)


def test_permission_to_look_opens_no_page_that_acts():
    acting = {page.name for page in role_matrix.PAGES if page.acts not in (".", "405", "-")}

    needed = {name: page.permission for name, page in role_matrix.TABLE.items() if name in acting}
    assert [name for name, permission in needed.items() if not permission or ".view_" in permission] == []


def all_rows():
    tables = (
        BulkJob,
        Contest,
        HistoryEntry,
        LogEntry,
        MailText,
        OutgoingMail,
        Override,
        Registration,
        Reminder,
        Seat,
        WebinarSession,
    )
    return [list(model.objects.order_by("pk").values()) for model in tables]


POSTS = [
    ("registrations_webinar_publish_agenda", "webinar", {}, {"Editors"}),
    ("registrations_webinarsession_change-time", "webinarsession", {}, {"Editors"}),
    ("registrations_webinarsession_take-date-back", "webinarsession", {}, {"Editors"}),
    ("registrations_webinarsession_change-title", "webinarsession", {}, {"Editors"}),
    ("registrations_webinarsession_cancel", "webinarsession", {"reason": "No."}, {"Editors"}),
    ("registrations_webinarsession_follow-up", "webinarsession", {}, {"Editors"}),
    ("registrations_webinarsession_personal-addresses", "webinarsession", {}, {"Editors"}),
    ("registrations_registration_invite_guest", None, {}, {"Approvers"}),
    ("registrations_registration_retry_address", "bounced", {}, {"Approvers"}),
    ("registrations_registration_retry_addresses", None, {"registrations": "1"}, {"Approvers"}),
    ("registrations_seat_override", "seat", {"reason": "Yes."}, {"Approvers"}),
    ("registrations_override_answer", "override", {"answer": "confirm"}, {"Approvers"}),
    ("registrations_contest_answer", "contest", {"answer": "No."}, {"Approvers"}),
    ("registrations_bulkjob_stop", "bulkjob", {}, {"Approvers"}),
    ("registrations_bulkjob_release", "bulkjob", {}, {"Approvers"}),
]


@pytest.mark.parametrize("group", GROUPS)
def test_posts_are_refused_to_whom_the_page_is_and_then_change_nothing(group, world, sign_in):
    client = sign_in("somebody", group)
    refused = [(page, row, answer) for page, row, answer, allowed in POSTS if group not in allowed]
    before = all_rows()

    statuses = {
        page: client.post(address(page, row, world), answer).status_code for page, row, answer in refused
    }

    assert (statuses, all_rows()) == ({page: 403 for page, _row, _answer in refused}, before)


@pytest.mark.parametrize("group", [group for group in GROUPS if group != "Approvers"])
def test_only_approvers_decide(group, world, sign_in):
    client = sign_in("somebody", group)
    urls = [reverse("admin:registrations_seat_decide", args=[move]) for move in STAFF_MOVES]
    answer = {"seats": world["seat"], "reason": "Because."}
    before = all_rows()

    statuses = [act(url, answer).status_code for url in urls for act in (client.get, client.post)]

    assert (statuses, all_rows()) == ([403] * (2 * len(STAFF_MOVES)), before)


def test_the_admin_hands_out_no_personal_link(world, admin_client):
    """Django's "view on site" follows get_absolute_url, and whoever has a personal link can act as that person."""
    content_type = ContentType.objects.get_for_model(Registration)

    answer = admin_client.get(reverse("admin:view_on_site", args=[content_type.pk, world["registration"]]))

    assert answer.status_code == 404
