"""Each kind of job has one record, and who knows the records knows no kind by name."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from registrations import permissions
from registrations.models import BulkJob
from registrations.services.jobs.kinds import KINDS


def test_every_kind_has_its_record_and_the_permission_of_its_act():
    assert {kind: record.permission for kind, record in KINDS.items()} == {
        BulkJob.Kind.DECISION: permissions.DECIDE,
        BulkJob.Kind.OVERRIDE: permissions.DECIDE,
        BulkJob.Kind.REASSESSMENT: permissions.DECIDE,
        BulkJob.Kind.CLOSING: permissions.DECIDE,
        BulkJob.Kind.PROMOTION: permissions.DECIDE,
        BulkJob.Kind.SESSION_CHANGE: permissions.MOVE_SESSION,
        BulkJob.Kind.AGENDA: permissions.PUBLISH_AGENDA,
        BulkJob.Kind.REMINDER: permissions.CHANGE_SESSION,
        BulkJob.Kind.FOLLOW_UP: permissions.SEND_FOLLOW_UP,
        BulkJob.Kind.IMPORT: permissions.IMPORT,
    }
    assert set(KINDS) == set(BulkJob.Kind)


BASE = Path(settings.BASE_DIR)
KNOW_NO_KIND = [
    *BASE.glob("registrations/services/jobs/*.py"),
    *BASE.glob("registrations/desk/jobs/*.py"),
    *BASE.glob("templates/admin/registrations/bulkjob/*.html"),
]


@pytest.mark.parametrize("path", KNOW_NO_KIND, ids=lambda path: str(path.relative_to(BASE)))
def test_who_knows_the_records_knows_no_kind_by_name(path):
    assert len(KNOW_NO_KIND) > 9
    assert re.findall(r"\bKind\.[A-Z]\w+|\.kind ==.*", path.read_text()) == []


@pytest.mark.parametrize(
    ("kind", "facts", "total", "name"),
    [
        (
            "decision",
            {"move": "put_back", "reason": "", "sessions": [1, 3]},
            2,
            "Put back to requested · sessions 1, 3 · 2 places",
        ),
        ("override", {"sessions": [2]}, 1, "Exceptions confirmed · session 2 · 1 place"),
        ("session_change", {"action": "retitled"}, 0, "Title or venue changed"),
        ("session_change", {"action": "bulk_stopped"}, 3, "Session changed · 3 places"),
        ("agenda", {}, 1, "Agenda published · 1 registration"),
        ("import", {}, 2, "Registrations imported · 2 registrations"),
        ("closing", {}, 0, "Session over"),
    ],
)
def test_name_says_what_is_done_where_and_to_how_many(kind, facts, total, name):
    assert str(BulkJob(kind=kind, facts=facts, total=total)) == name
