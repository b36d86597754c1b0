"""The help page: for every role, what they may do first, and where."""

import re

import pytest
from django.urls import reverse

from registrations.permissions import GROUPS
from tests import valid_html
from tests.registrations.desk.reading import words

URL = "/admin/help/"
ENTRY = re.compile(r"<dt>(.*?)</dt>(.*?)(?=<dt>|</dl>)", re.DOTALL)


def entries(response):
    """Return what the page says one can do, and what others do: of each wish, all that stands below it."""
    own, _heading, others = response.text.partition("<h2>What others do</h2>")
    return [{wish: " ".join(said.split()) for wish, said in ENTRY.findall(part)} for part in (own, others)]


@pytest.mark.parametrize(
    ("group", "first", "other"),
    [
        ("Approvers", "Decide about one person", "Open and close registration, now or by date"),
        ("Editors", "Open and close registration, now or by date", "Decide about one person"),
        ("Rule keepers", "Publish drafts", "Decide about one person"),
        ("Auditors", "Download the history of a webinar", "Publish drafts"),
        ("Data protection", "Erase somebody who asks for it", "Publish drafts"),
    ],
)
def test_what_a_group_may_do_stands_first_and_the_rest_under_others(group, first, other, sign_in):
    response = sign_in("somebody", group).get(URL)

    own, others = entries(response)
    assert f'Your groups: <span lang="en">{group}</span>.' in words(response)
    assert (first in own, first in others, other in own, other in others) == (True, False, False, True)


def test_superuser_may_do_everything(admin_client):
    own, others = entries(admin_client.get(URL))

    assert (len(own) > 40, others) == (True, {})


def test_who_is_in_no_group_is_told_so(sign_in):
    response = sign_in("newcomer").get(URL)

    own, others = entries(response)
    assert "Your account is in no group yet." in words(response)
    assert list(own) == ["Read these pages, and our mails to you, in another language"]
    assert "Decide about one person" in others


def test_entry_says_who_and_the_way_there(sign_in):
    own, others = entries(sign_in("somebody", "Approvers").get(URL))

    listed = reverse("admin:registrations_override_changelist")
    report = reverse("admin:registrations_override_report")
    assert own["See every exception ever asked for, why, and what became of it"] == (
        f'<dd><a href="{listed}">Exceptions</a> &rsaquo; <a href="{report}">Report</a></dd> '
        '<dd class="quiet">Who: <span lang="en">Approvers, Auditors, Data protection</span></dd>'
    )
    sessions = reverse("admin:registrations_webinarsession_changelist")
    assert others["Move, rename or cancel a session, or take its date back"].startswith(
        f'<dd><a href="{sessions}">Sessions</a> &rsaquo; session &rsaquo; '
        "Change time, Take date back, Change title or venue, Cancel session</dd>"
    )


def test_way_leads_nowhere_where_the_reader_may_not_go(sign_in):
    _own, others = entries(sign_in("somebody", "Editors").get(URL))

    assert others["Invite a speaker or a colleague"] == (
        "<dd>Registrations &rsaquo; Invite a guest</dd> "
        '<dd class="quiet">Who: <span lang="en">Approvers</span></dd>'
    )


def test_every_page_of_the_desk_leads_to_it(sign_in):
    client = sign_in("somebody", "Editors")
    pages = [
        "admin:index",
        "admin:help",
        "admin:registrations_webinar_changelist",
        "admin:registrations_webinar_add",
    ]

    assert [page for page in pages if f'<a href="{URL}">Help</a>' not in client.get(reverse(page)).text] == []


@pytest.mark.parametrize("group", ["Approvers", "Editors"])
def test_page_takes_the_same_queries_whoever_reads_it(group, world, sign_in, django_assert_num_queries):
    client = sign_in("somebody", group)

    with django_assert_num_queries(5):  # the session, its user, their permissions twice, their groups
        client.get(URL)


@pytest.mark.java
@pytest.mark.parametrize("group", [*GROUPS, ""])
def test_page_is_valid_html_for_every_group(group, sign_in):
    response = sign_in("somebody", group).get(URL)

    assert list(valid_html.complaints({group: response.text})) == []
