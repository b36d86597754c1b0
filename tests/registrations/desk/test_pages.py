"""Every page of the desk: who may open it, that it opens, that it changes nothing, and how it is made."""

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

GROUPS = ("Approvers", "Editors", "Rule keepers", "Auditors", "Data protection")
EVERYBODY = set(GROUPS)
SEES_PEOPLE = {"Approvers", "Auditors", "Data protection"}

# page, the row it is about, who of the staff groups may open it (superusers may, the others get 403)
PAGES = [
    ("index", None, EVERYBODY),
    ("help", None, EVERYBODY),
    ("registrations_webinar_changelist", None, EVERYBODY),
    ("registrations_webinar_change", "webinar", EVERYBODY),
    ("registrations_webinar_add", None, {"Editors"}),
    ("registrations_webinar_publish_agenda", "webinar", {"Editors"}),
    ("registrations_webinar_mail_texts", "webinar", {"Editors"}),
    ("registrations_webinar_numbers", "webinar", SEES_PEOPLE),
    ("registrations_mailtext_changelist", None, EVERYBODY),
    ("registrations_mailtext_change", "mailtext", EVERYBODY),
    ("registrations_mailtext_add", None, set()),
    ("registrations_mailtext_delete", "mailtext", set()),
    ("registrations_webinarsession_changelist", None, EVERYBODY),
    ("registrations_webinarsession_change", "webinarsession", EVERYBODY),
    ("registrations_webinarsession_add", None, {"Editors"}),
    ("registrations_webinarsession_change-time", "webinarsession", {"Editors"}),
    ("registrations_webinarsession_take-date-back", "webinarsession", {"Editors"}),
    ("registrations_webinarsession_change-title", "webinarsession", {"Editors"}),
    ("registrations_webinarsession_cancel", "webinarsession", {"Editors"}),
    ("registrations_webinarsession_follow-up", "webinarsession", {"Editors"}),
    ("registrations_webinarsession_personal-addresses", "webinarsession", {"Editors"}),
    ("registrations_agendaversion_changelist", None, EVERYBODY),
    ("registrations_agendaversion_change", "agendaversion", EVERYBODY),
    ("registrations_legaltext_changelist", None, EVERYBODY),
    ("registrations_legaltext_change", "legaltext", EVERYBODY),
    ("registrations_legaltext_add", None, {"Editors"}),
    ("registrations_registration_changelist", None, SEES_PEOPLE),
    ("registrations_registration_change", "registration", SEES_PEOPLE),
    ("registrations_registration_add", None, set()),
    ("registrations_registration_delete", "registration", set()),
    ("registrations_registration_invite_guest", None, {"Approvers"}),
    ("registrations_registration_retry_address", "bounced", {"Approvers"}),
    ("registrations_seat_changelist", None, SEES_PEOPLE),
    ("registrations_seat_add", None, set()),
    ("registrations_seat_delete", "seat", set()),
    ("registrations_seat_override", "seat", {"Approvers"}),
    ("registrations_override_changelist", None, SEES_PEOPLE),
    ("registrations_override_change", "override", SEES_PEOPLE),
    ("registrations_override_answer", "override", {"Approvers"}),
    ("registrations_override_add", None, set()),
    ("registrations_contest_changelist", None, SEES_PEOPLE),
    ("registrations_contest_change", "contest", SEES_PEOPLE),
    ("registrations_contest_answer", "contest", {"Approvers"}),
    ("registrations_contest_add", None, set()),
    ("registrations_contest_delete", "contest", set()),
    ("registrations_unplacedanswer_changelist", None, SEES_PEOPLE),
    ("registrations_unplacedanswer_add", None, set()),
    ("registrations_outgoingmail_changelist", None, SEES_PEOPLE),
    ("registrations_outgoingmail_change", "outgoingmail", SEES_PEOPLE),
    ("registrations_outgoingmail_add", None, set()),
    ("registrations_outgoingmail_resend", "outgoingmail", {"Approvers"}),
    ("registrations_bulkjob_changelist", None, SEES_PEOPLE | {"Editors"}),
    ("registrations_bulkjob_change", "bulkjob", SEES_PEOPLE | {"Editors"}),
    ("registrations_bulkjob_add", None, set()),
    ("registrations_historyentry_changelist", None, SEES_PEOPLE),
    ("registrations_historyentry_change", "historyentry", SEES_PEOPLE),
    ("registrations_historyentry_add", None, set()),
    ("registrations_historyentry_delete", "historyentry", set()),
    ("auth_user_changelist", None, set()),
    ("auth_group_changelist", None, set()),
]
CHANGES_NOTHING_HERE = (
    "registration",
    "seat",
    "override",
    "contest",
    "outgoingmail",
    "unplacedanswer",
    "bulkjob",
    "historyentry",
    "mailtext",
)
FOR_NOBODY = {f"registrations_{model}_{act}" for model in CHANGES_NOTHING_HERE for act in ("add", "delete")}
INLINE = re.compile(
    r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")", re.IGNORECASE
)


def address(page, row, world):
    return reverse(f"admin:{page}", args=[world[row]] if row else [])


def open_all(client, world):
    """Return the answer to each page, by its name."""
    return {page: client.get(address(page, row, world)) for page, row, _allowed in PAGES}


@pytest.mark.parametrize("group", GROUPS)
def test_pages_open_for_the_groups_that_may_see_them_and_for_nobody_else(group, world, sign_in):
    client = sign_in("somebody", group)

    statuses = {page: answer.status_code for page, answer in open_all(client, world).items()}

    assert statuses == {page: 200 if group in allowed else 403 for page, _row, allowed in PAGES}


def test_pages_open_for_a_superuser_unless_they_are_for_nobody(world, admin_client):
    statuses = {page: answer.status_code for page, answer in open_all(admin_client, world).items()}

    assert statuses == {page: 403 if page in FOR_NOBODY else 200 for page, _row, _allowed in PAGES}


def test_pages_send_strangers_to_the_login(world, client):
    answers = open_all(client, world)

    assert {page: answer["Location"] for page, answer in answers.items()} == {
        page: f"{reverse('admin:login')}?next={address(page, row, world)}" for page, row, _allowed in PAGES
    }


def test_pages_have_nothing_inline_that_the_strict_policy_would_block(world, admin_client):
    inline = {
        page: INLINE.findall(answer.content.decode())
        for page, answer in open_all(admin_client, world).items()
    }

    assert inline == {page: [] for page, _row, _allowed in PAGES}


def test_pages_change_nothing_when_they_are_opened(world, admin_client):
    before = everything()

    open_all(admin_client, world)

    assert everything() == before


SHOW_ONLY = [page for page in role_matrix.PAGES if page.name in role_matrix.TABLE and page.acts == "."]


@pytest.mark.parametrize("page", SHOW_ONLY, ids=str)
def test_page_that_shows_only_changes_nothing_when_it_is_sent(page, world, admin_client):
    rows = [world[word.replace("past_", "webinar").replace("full_", "webinar")] for word in page.about]
    before = everything()

    answer = admin_client.post(reverse(f"admin:{page.name}", args=rows), {"act": "save", "reason": "No."})

    assert (answer.status_code, everything()) == (200, before)


def test_permission_to_look_opens_no_page_that_acts():
    acting = {page.name for page in role_matrix.PAGES if page.acts not in (".", "405", "-")}

    needed = {name: page.permission for name, page in role_matrix.TABLE.items() if name in acting}
    assert [name for name, permission in needed.items() if not permission or ".view_" in permission] == []


def everything():
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
    before = everything()

    statuses = {
        page: client.post(address(page, row, world), answer).status_code for page, row, answer in refused
    }

    assert (statuses, everything()) == ({page: 403 for page, _row, _answer in refused}, before)


@pytest.mark.parametrize("group", [group for group in GROUPS if group != "Approvers"])
def test_only_approvers_decide(group, world, sign_in):
    client = sign_in("somebody", group)
    urls = [reverse("admin:registrations_seat_decide", args=[move]) for move in STAFF_MOVES]
    answer = {"seats": world["seat"], "reason": "Because."}
    before = everything()

    statuses = [act(url, answer).status_code for url in urls for act in (client.get, client.post)]

    assert (statuses, everything()) == ([403] * (2 * len(STAFF_MOVES)), before)


def test_the_admin_hands_out_no_personal_link(world, admin_client):
    """Django's "view on site" follows get_absolute_url, and whoever has a personal link can act as that person."""
    content_type = ContentType.objects.get_for_model(Registration)

    answer = admin_client.get(reverse("admin:view_on_site", args=[content_type.pk, world["registration"]]))

    assert answer.status_code == 404
