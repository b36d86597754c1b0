"""Indexes that are kept and never read: each costs every row that is written."""

from django.apps import apps
from django.db import models

OURS = ("eligibility", "registrations")


def our_models():
    """Return every model of the site's own apps."""
    return [model for app in OURS for model in apps.get_app_config(app).get_models()]


def beginnings(model):
    """Return the first column of every index and constraint of a model that covers all of its rows."""
    kept = [*model._meta.indexes, *model._meta.constraints]
    whole = [each for each in kept if getattr(each, "condition", None) is None]
    return {each.fields[0].removeprefix("-") for each in whole if getattr(each, "fields", None)}


def test_no_foreign_key_has_an_index_that_another_begins_with():
    twice = [
        f"{model._meta.label}.{column.name}"
        for model in our_models()
        for column in model._meta.local_fields
        if isinstance(column, models.ForeignKey) and column.db_index and not column.unique
        if column.name in beginnings(model)
    ]

    assert twice == []
