"""The lines of the table of desk pages."""

import pytest
from django.contrib.auth.models import Group, User
from django.http import HttpResponse

from tests.registrations.factories import NOW
from webinar_site.foundation.desk.table import About, Button, ListButton, Page, Reader, Tool

ABOUT_USER = About(User, "<int:user_id>")


def view(request):
    return HttpResponse()


@pytest.mark.parametrize(
    ("page", "name", "address"),
    [
        (ABOUT_USER.page("last_seen", view, ""), "auth_user_last_seen", "auth/user/<int:user_id>/last-seen/"),
        (ABOUT_USER.page("file", view, "", path="seen/file/"), "auth_user_file", "auth/user/<int:user_id>/seen/file/"),
        (ABOUT_USER.list_page("invite", view, ""), "auth_user_invite", "auth/user/invite/"),
        (ABOUT_USER.list_page("csv", view, "", path="as/<str:how>/"), "auth_user_csv", "auth/user/as/<str:how>/"),
    ],
    ids=["of a row", "of a row, elsewhere", "of the list", "of the list, elsewhere"],
)  # fmt: skip
def test_page_is_named_and_placed_by_what_it_is_about(page, name, address):
    assert (page.name, page.address, page.model) == (name, address, User)


def test_page_is_for_those_with_its_permission():
    user = User(username="somebody", is_active=False)

    assert [Page("a", "a/", view, permission).is_for(user) for permission in ("", "auth.view_user")] == [
        True,
        False,
    ]


def test_reader_keeps_one_object_of_a_class_for_all_buttons():
    reader, other = Reader(User(), NOW), Reader(User(), NOW)

    assert reader.kept(list) is reader.kept(list)
    assert reader.kept(list) is not other.kept(list)


def test_button_stands_on_the_page_of_the_rows_that_its_own_page_is_about():
    page = ABOUT_USER.page("history", view, "", Button("What happened"))

    assert [page.buttons[0].stands_on(page, row) for row in (User(), Group())] == [True, False]


def test_button_leads_to_what_its_address_is_about_where_it_is_offered():
    page = Page("auth_user_change", "", view, model=User)
    button = Button("Change", lambda user, reader: user.is_active, lambda user: user.username)
    reader = Reader(User(), NOW)

    tools = [button.tools(page, User(username="ada", is_active=active), reader) for active in (True, False)]

    assert tools == [[Tool("Change", "/admin/auth/user/ada/change/")], []]


@pytest.mark.parametrize(
    ("keeps", "url"),
    [(True, "/admin/auth/user/add/?q=ada&state=open"), (False, "/admin/auth/user/add/")],
    ids=["with filters", "without"],
)
def test_button_above_a_list_keeps_its_filters_where_it_is_about_what_is_listed(keeps, url, rf):
    page = Page("auth_user_add", "", view, model=User)

    tool = ListButton("Add", keeps_filters=keeps).tool(page, rf.get("/", {"q": "ada", "state": "open"}))

    assert tool == Tool("Add", url)
