"""`manage.py verify_history`."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import QuerySet

from eligibility.models import ListEdition, ListEntry, Publication, RuleVersion
from registrations import services
from registrations.models import Action, HistoryEntry, LegalText
from registrations.services.history import log
from tests.registrations.factories import (
    NOW,
    approve,
    make_registration,
    make_session,
    make_user,
    make_webinar,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def entry():
    webinar = make_webinar()
    approver = make_user("approver", "Approvers")
    approve(make_registration(webinar, [make_session(webinar)]), approver)
    return HistoryEntry.objects.get(action="approved")


def alter(column, value, pk):
    """Change an entry past its append-only queryset, as somebody at the database could."""
    QuerySet(HistoryEntry).filter(pk=pk).update(**{column: value})


def test_verify_history_names_a_legal_text_that_was_altered(entry, capsys):
    text = LegalText.objects.get(kind=LegalText.Kind.PRIVACY)
    text.body = "Other words."
    text.save()

    with pytest.raises(CommandError):
        call_command("verify_history")

    assert capsys.readouterr().err == "Legal text privacy statement en 1 was altered.\n"


def test_verify_history_accepts_what_was_written_down(entry, capsys):
    call_command("verify_history")

    assert capsys.readouterr().out == "The history is as it was written down.\n"


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("by_id", None),
        ("actor", "system"),
        ("action", "rejected"),
        ("publication_number", 7),
        ("facts", {"reason": "another"}),
        ("salt", "another"),
        ("digest", "another"),
        ("at", NOW - timedelta(days=1)),
    ],
)
def test_verify_history_names_an_altered_entry(entry, column, value, capsys):
    alter(column, value, entry.pk)

    with pytest.raises(CommandError, match=r"^The history is not what was written down\.$"):
        call_command("verify_history")

    assert capsys.readouterr().err == f"History entry {entry.pk} was altered.\n"


def test_verify_history_names_only_the_first_ten(entry, capsys):
    for _number in range(11):
        log.record(Action.JOINED, at=NOW)
    for pk in HistoryEntry.objects.filter(action="joined").values_list("pk", flat=True):
        alter("actor", "person", pk)

    with pytest.raises(CommandError):
        call_command("verify_history")

    assert len(capsys.readouterr().err.splitlines()) == 10


def test_verify_history_names_an_altered_publication(entry, capsys):
    QuerySet(RuleVersion).update(wording="Everybody may attend.")

    with pytest.raises(CommandError):
        call_command("verify_history")

    assert capsys.readouterr().err.startswith("Publication 1: What was published has been altered.")


def test_verify_history_names_the_newest_publication_when_it_is_gone(entry, capsys):
    with connection.cursor() as cursor:
        for model in (ListEntry, ListEdition, RuleVersion, Publication):
            cursor.execute(f"DELETE FROM {model._meta.db_table}")  # noqa: S608

    with pytest.raises(CommandError):
        call_command("verify_history")

    assert capsys.readouterr().err == "Publication 1: It is gone: numbers are given without a gap.\n"


def test_verify_history_names_an_entry_that_is_gone(entry, capsys):
    services.history.anchors.anchor_history(NOW + timedelta(days=1))
    QuerySet(HistoryEntry).filter(pk=entry.pk).delete()

    with pytest.raises(CommandError):
        call_command("verify_history")

    assert capsys.readouterr().err == f"History entry {entry.pk} is missing.\n"


def test_verify_history_knows_a_digest_that_was_written_down(entry, capsys):
    anchor = services.history.anchors.anchor_history(NOW + timedelta(days=1))

    call_command("verify_history", anchor=anchor.digest.upper())

    assert capsys.readouterr().out == "The history is as it was written down.\n"


def test_verify_history_says_when_a_digest_that_was_written_down_is_gone(entry, capsys):
    with pytest.raises(CommandError):
        call_command("verify_history", anchor="0" * 64)

    assert capsys.readouterr().err == (
        "No anchor has this digest: it was removed, or made anew over other entries.\n"
    )
