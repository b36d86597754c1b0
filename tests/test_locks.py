"""Rows are locked so that others may go on referring to them."""

import re
from pathlib import Path

import pytest
from django.conf import settings

APPS = [Path(settings.BASE_DIR, app) for app in ("eligibility", "registrations")]
FILES = {str(path.relative_to(settings.BASE_DIR)): path for app in APPS for path in app.rglob("*.py")}


@pytest.mark.parametrize(
    "name", sorted(name for name, path in FILES.items() if "select_for_update" in path.read_text())
)
def test_every_lock_leaves_the_key_free_so_that_writing_a_mail_about_the_row_never_waits_in_a_circle(name):
    calls = re.findall(r"select_for_update\(([^()]*(?:\([^()]*\))?[^()]*)\)", FILES[name].read_text())

    assert calls
    assert [call for call in calls if "no_key=True" not in call] == []
