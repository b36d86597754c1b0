"""The desk: pages, buttons and actions that the apps' tables say."""

import pytest
from django.contrib.auth.models import Permission, User
from django.http import HttpResponse
from django.urls import reverse

from registrations.models import Seat, Webinar
from tests.registrations.factories import NOW, make_user, make_webinar
from webinar_site.foundation.desk.site import Desk, the_desk
from webinar_site.foundation.desk.table import (
    ACTS,
    SHOWS,
    About,
    Button,
    ListAction,
    ListButton,
    Page,
    Reader,
)

OPEN = "registrations.open_registration"
WEBINAR = About(Webinar, "<int:webinar_id>")


def view(request, **about):
    return HttpResponse(f"opened {about}")


@pytest.fixture
def desk():
    """Return a desk with pages of its own."""
    desk = Desk("other")
    desk.add(
        [
            Page("help", "help/", view),
            WEBINAR.page("opening", view, OPEN, Button("Open")),
            WEBINAR.list_page("changelist", view, OPEN, ListButton("Report")),  # a name that the site has
            WEBINAR.page("shown", view, OPEN, methods=SHOWS),
            WEBINAR.page("sent", view, OPEN, methods=ACTS),
        ],
        [ListAction(Webinar, "close", view, OPEN, "Close")],
    )
    return desk


@pytest.fixture
def editor(db):
    return make_user("editor", "Editors")


@pytest.fixture
def auditor(db):
    return make_user("auditor", "Auditors")


def answer(desk, name, request, **about):
    """Return the status of a page's answer to a request, as the desk lets its view be opened."""
    pattern = next(each for each in desk.get_urls() if each.name == name)
    return pattern.callback(request, **about).status_code


def test_pages_of_the_table_go_before_those_of_stock_django(desk):
    names = [pattern.name for pattern in desk.get_urls()]

    assert names[:5] == list(desk.pages)
    assert names[5] == "index"


@pytest.mark.parametrize(
    ("name", "method", "status"),
    [
        ("registrations_webinar_shown", "get", 200),
        ("registrations_webinar_shown", "post", 405),
        ("registrations_webinar_sent", "get", 405),
        ("registrations_webinar_sent", "post", 200),
        ("registrations_webinar_opening", "get", 200),
        ("registrations_webinar_opening", "post", 200),
    ],
)
def test_page_answers_the_methods_it_names(name, method, status, desk, editor, rf):
    request = getattr(rf, method)("/")
    request.user, request._dont_enforce_csrf_checks = editor, True

    assert answer(desk, name, request, webinar_id=1) == status


def test_buttons_of_a_row_are_for_those_who_may_open_their_pages(desk, editor, auditor):
    webinar = make_webinar()

    found = [[tool.label for tool in desk.buttons(webinar, Reader(user, NOW))] for user in (editor, auditor)]

    assert found == [["Open"], []]


def test_buttons_of_one_page_can_be_asked_for_alone(desk, editor):
    webinar, reader = make_webinar(), Reader(editor, NOW)

    assert desk.buttons(webinar, reader, of="registrations_webinar_changelist") == []
    assert [tool.label for tool in desk.buttons(webinar, reader, of="registrations_webinar_opening")] == [
        "Open"
    ]


def test_buttons_and_actions_of_a_list_are_for_those_who_may(desk, editor, auditor, rf):
    found = {}
    for user in (editor, auditor):
        request = rf.get("/")
        request.user = user
        buttons = [tool.label for tool in desk.list_buttons(Webinar, request)]
        found[user.username] = buttons, [action.name for action in desk.actions_for(Webinar, user)]

    assert found == {"editor": (["Report"], ["close"]), "auditor": ([], [])}
    assert (desk.list_buttons(Seat, request), desk.actions_for(Seat, editor)) == ([], [])


@pytest.mark.parametrize(
    ("url", "needed"),
    [
        ("/eligibility/", ""),
        ("/admin/help/", ""),
        (reverse("admin:registrations_webinar_opening", args=[1]), OPEN),
        (reverse("admin:registrations_legaltext_add"), "registrations.add_legaltext"),
        (reverse("admin:registrations_webinar_change", args=[1]), "registrations.view_webinar"),
        (reverse("admin:registrations_seat_changelist") + "?state__exact=requested", "registrations.view_seat"),
    ],
)  # fmt: skip
def test_address_is_followed_with_the_permission_of_its_page_and_by_nobody_without(url, needed, db):
    newcomer, holder = make_user("newcomer"), make_user("holder")
    if needed:
        app, codename = needed.split(".")
        holder.user_permissions.add(Permission.objects.get(content_type__app_label=app, codename=codename))
        holder = User.objects.get(pk=holder.pk)  # permissions are read once

    assert [the_desk().may_follow(user, url) for user in (newcomer, holder)] == [not needed, True]
