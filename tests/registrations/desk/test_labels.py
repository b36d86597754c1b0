"""Every column and field of the desk has a name that is translated, not one made of what it is called in the code."""

import pytest
from django.contrib import admin
from django.contrib.admin.utils import flatten, flatten_fieldsets
from django.utils.functional import Promise

from registrations.models import Registration

DESKS = [
    desk for desk in admin.site._registry.values() if desk.opts.app_label in {"registrations", "eligibility"}
]


def shown(desk):
    """Return the names of all columns and fields that pages of a model show, but for the number of a row."""
    fields = flatten_fieldsets(desk.fieldsets) if desk.fieldsets else flatten(desk.fields or ())
    return {*desk.list_display, *desk.readonly_fields, *fields} - {"id"}


def label(desk, name):
    """Return how a column or field is called: what a method says of itself, or else the model's column."""
    for place in (desk, desk.model):
        if said := getattr(getattr(place, name, None), "short_description", None):
            return said
    return desk.opts.get_field(name).verbose_name


@pytest.mark.parametrize("desk", DESKS, ids=str)
def test_what_the_desk_shows_has_a_name_in_every_language(desk):
    assert {
        name: label(desk, name) for name in shown(desk) if not isinstance(label(desk, name), Promise)
    } == {}


def test_column_without_a_name_of_its_own_is_noticed():
    desk = admin.site._registry[Registration]

    assert {"created_at", "full_name"} <= shown(desk)
    assert not isinstance(label(desk, "manage_token"), Promise)
