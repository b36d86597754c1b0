"""What every test finds in the database: the official lists, the staff groups and the legal texts.

Planted once for each worker, when the tables are made; what a test changes is rolled back. A test with real
transactions leaves the tables empty: Django says so by the signal by which it says that they are made, and all of it
is planted again.
"""

from typing import Any

import time_machine
from django.db.models import QuerySet
from django.db.models.signals import post_migrate

from eligibility import datafiles
from eligibility.models import Audience, ListEdition, ListEntry, Publication, RuleVersion
from eligibility.services import seeding as eligibility_seeding
from registrations.models import LegalText
from registrations.models.legal_texts import text_digest
from registrations.services.webinars import seeding
from tests.registrations.factories import NOW

AUDIENCE = "cosme-eni"
TEXTS = {"privacy": "privacy statement.", "consents": "Name me in a list.\n\nWrite to me.\n"}
OFFICIAL = (ListEntry, ListEdition, RuleVersion, Publication, Audience)  # as their foreign keys let them go
LAST_APP = "registrations"  # of those that are told that the tables are there: by then every permission is


def plant() -> None:
    """Publish the dated files as on the day the factories speak of, and make the staff groups and the legal texts."""
    with time_machine.travel(NOW, tick=False):
        eligibility_seeding.load_files(datafiles.read_data_files())
        seeding.sync_groups()
        for kind, body in TEXTS.items():
            LegalText.objects.get_or_create(
                kind=kind, language="en", version=1, defaults={"body": body, "sha256": text_digest(body)}
            )


def plant_whenever_tables_are_made_or_emptied() -> None:
    """Have Django plant after `migrate` and after `flush`."""
    post_migrate.connect(_plant_after_last_app, dispatch_uid="seeds")


def _plant_after_last_app(sender: Any, **_told: object) -> None:
    if sender.label == LAST_APP:
        plant()


def remove_lists() -> None:
    """Delete the official lists, past the refusal to delete what is published."""
    for model in OFFICIAL:
        rows = QuerySet(model)
        rows._raw_delete(rows.db)
