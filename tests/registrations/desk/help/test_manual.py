"""The staff's manual: complete, and true to the table of pages."""

import pytest
from django.urls import reverse

from registrations.desk.help.manual import MANUAL
from registrations.desk.help.page import needed_for, permission_of
from registrations.permissions import GROUPS
from webinar_site.foundation.desk.site import the_desk

ENTRIES = [entry for chapter in MANUAL for entry in chapter.entries]
NAMED = {name for entry in ENTRIES for name in entry.where}


def pressed():
    """Return the names of all pages that a button leads to, and of all actions of lists."""
    desk = the_desk()
    pages = {name for name, page in desk.pages.items() if page.buttons}
    return pages | {action.name for action in desk.actions_of_lists}


def test_everything_that_staff_press_is_in_the_manual():
    assert pressed() - NAMED == set()


def test_manual_names_only_what_is_there():
    stock = NAMED - pressed()

    assert [name for name in stock if not name.endswith(("_changelist", "_change"))] == []
    assert all(reverse(f"admin:{name}", args=[] if name.endswith("list") else [1]) for name in stock)


def test_each_wish_is_there_once():
    wishes = [str(entry.wish) for entry in ENTRIES]

    assert sorted(set(wishes)) == sorted(wishes)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: str(entry.wish))
def test_some_group_may_do_it(entry):
    needed = needed_for(entry)

    assert not needed or any(needed in held for held in GROUPS.values())


@pytest.mark.parametrize(
    "entry", [entry for entry in ENTRIES if entry.needs and entry.where], ids=lambda entry: str(entry.wish)
)
def test_permission_that_is_stated_is_not_the_one_that_the_page_asks_for_anyway(entry):
    assert entry.needs != permission_of(entry.where[0])
