"""Every address of the admin, with what no link holds: a page or a refusal, never an error of the site."""

from itertools import count

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.urls import reverse

from tests import hostile_addresses
from tests.examples import some
from tests.registrations.desk.test_roles import (
    PAGES,
    address,
    everything,  # noqa: F401
    member,
)
from webinar_site.foundation.desk.lists import DeskAdmin

pytestmark = pytest.mark.django_db


def parameters(model_admin, request):
    """Return what narrows a list: its filters, our links, its columns and its days."""
    filters = model_admin.get_list_filter(request)
    names = [
        item[0] if isinstance(item, tuple) else getattr(item, "parameter_name", item) for item in filters
    ]
    linked = model_admin.linked_filters if isinstance(model_admin, DeskAdmin) else ()
    columns = [name for name in model_admin.get_list_display(request) if isinstance(name, str)]
    return list(dict.fromkeys([*names, *linked])), [*columns, *filter(None, [model_admin.date_hierarchy])]


def test_every_list_answers_what_no_link_holds(everything, rf):  # noqa: F811
    browser, turn, wrong = member("S"), count(), []
    request = rf.get("/")
    request.user = User.objects.get(username="member-S")
    for model, model_admin in admin.site._registry.items():
        path = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        filters, columns = parameters(model_admin, request)
        compared = [
            f"{name}__{hostile_addresses.LOOKUPS[next(turn) % len(hostile_addresses.LOOKUPS)]}"
            for name in (*filters, *columns)
        ]
        queries = [
            *hostile_addresses.each_alone(filters, path, values=2),
            *hostile_addresses.each_alone(
                [*hostile_addresses.OF_DJANGO, *columns, *compared], path, values=1
            ),
        ]
        wrong += hostile_addresses.faults(browser, path, some(queries, of=path))

    assert wrong == []


def test_every_page_answers_what_no_link_holds(everything):  # noqa: F811
    browser, read, wrong = member("S"), hostile_addresses.names_read(), []
    for page in some(PAGES, of="addresses", one_in=3):
        if page.name.endswith("_changelist"):
            continue
        path = address(page, everything)
        names = list(dict.fromkeys([*read, *sorted(hostile_addresses.fields_of(browser.get(path)))]))
        wrong += hostile_addresses.faults(
            browser, path, some(hostile_addresses.together(names, path), of=path)
        )
        wrong += [
            f"{odd}: {found}"
            for odd in some(hostile_addresses.paths(path.partition("?")[0]), of=path)
            if (found := hostile_addresses.fault(browser, odd))
        ]

    assert wrong == []


def test_autocomplete_answers_what_no_page_asks(everything):  # noqa: F811
    names = ["term", "app_label", "model_name", "field_name", "page", "p", "to_field"]

    path = reverse("admin:autocomplete")
    wrong = hostile_addresses.faults(member("S"), path, hostile_addresses.each_alone(names, path))

    assert wrong == []
