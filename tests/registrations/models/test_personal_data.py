"""Every column of every table is either erased with a person or known to name nobody."""

import pytest
from django.apps import apps

from registrations.models import Registration
from registrations.models.personal_data import ABOUT_NOBODY, ERASURES

MODELS = list(apps.get_app_config("registrations").get_models())


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_table_is_in_the_list_of_erasures_or_about_nobody(model):
    assert (model in ERASURES, model in ABOUT_NOBODY) in [(True, False), (False, True)]


@pytest.mark.parametrize("model", ERASURES, ids=lambda model: model.__name__)
def test_every_column_is_classified_once(model):
    erasure = ERASURES[model]
    columns = sorted(column.name for column in model._meta.concrete_fields)

    said = sorted([*erasure.becomes, *erasure.renewed, *erasure.kept, *erasure.sealed])

    assert said == ([] if erasure.goes else columns)


@pytest.mark.parametrize(
    "model", sorted(ABOUT_NOBODY, key=lambda model: model.__name__), ids=lambda model: model.__name__
)
def test_a_table_about_nobody_leads_to_no_registration(model):
    led_to = {column.related_model for column in model._meta.concrete_fields if column.is_relation}

    assert not led_to & {Registration, *ERASURES}
