"""What stands in the facts of history: rows as they were written before there were records for them, and older ones."""

import json
from pathlib import Path

import pytest

from registrations.models import Action, HistoryEntry
from registrations.models.history_facts import (
    RECORDS,
    AgendaNoted,
    DecisionNoted,
    ErasureNoted,
    HistoryFacts,
    JobNoted,
    JobStopNoted,
    OverrideNoted,
    SessionChangeNoted,
    read_facts,
)
from registrations.services.history.log import entry
from registrations.services.history.timeline import what_happened
from tests.registrations.factories import NOW

# One row of each shape, as a run of the tests wrote them into the database.
ROWS = [json.loads(line) for line in Path(__file__).with_name("history_rows.jsonl").read_text().splitlines()]


def test_every_action_has_a_record_and_a_row_to_prove_it():
    assert set(RECORDS) == set(Action)
    assert {row["action"] for row in ROWS} == set(Action)


@pytest.mark.parametrize("row", ROWS, ids=[f"{row['action']}: {', '.join(row['facts'])}" for row in ROWS])
def test_row_is_read_and_written_as_it_is_in_the_database(row):
    facts = read_facts(row["action"], row["facts"])

    assert type(facts) in RECORDS[row["action"]]
    assert json.dumps(facts.to_json()) == json.dumps(row["facts"])


@pytest.mark.parametrize(
    ("action", "facts", "said"),
    [
        pytest.param(
            Action.AGENDA_PUBLISHED, {"version": 2}, AgendaNoted(2), id="before agendas were silent"
        ),
        pytest.param(
            Action.BULK_STARTED,
            {"job": 1, "move": "reject", "seats": 2, "reason": "Full."},
            JobNoted(1, seats=2, about={"move": "reject", "reason": "Full."}),
            id="decision, before there were reasons to choose",
        ),
        pytest.param(
            Action.BULK_STARTED,
            {"job": 1, "batch": "b9849b1f", "seats": 2, "reason": "Partners."},
            JobNoted(1, seats=2, about={"batch": "b9849b1f", "reason": "Partners."}),
            id="overrides, before jobs had names",
        ),
        pytest.param(Action.BULK_RELEASED, {"job": 1}, JobNoted(1), id="released, before jobs had names"),
        pytest.param(
            Action.BULK_STOPPED,
            {"job": 1, "done": 3},
            JobStopNoted(1, done=3),
            id="stopped, before jobs had names",
        ),
        pytest.param(
            Action.SESSION_CANCELLED,
            {"reason": "A strike."},
            SessionChangeNoted(reason="A strike."),
            id="cancelled, before what was stood in it",
        ),
        pytest.param(
            Action.REJECTED,
            {"outcome": "eligible", "reason_sha256": "0" * 64},
            DecisionNoted(outcome="eligible", reason_sha256="0" * 64),
            id="decision about somebody who is erased",
        ),
        pytest.param(
            Action.OVERRIDE_DECLINED,
            {"outcome": "review", "requested_by": 1, "reason_sha256": "0" * 64},
            OverrideNoted(outcome="review", requested_by=1, reason_sha256="0" * 64),
            id="override for somebody who is erased",
        ),
        pytest.param(
            Action.ERASED,
            {"reason_sha256": "0" * 64},
            ErasureNoted(reason_sha256="0" * 64),
            id="erasure, once its reason is sealed",
        ),
        pytest.param("kept", {"reason": "A partner."}, HistoryFacts(), id="an action of earlier releases"),
    ],
)
def test_row_of_an_earlier_release_is_read(action, facts, said):
    assert read_facts(action, facts) == said


# All but those that say something only now and then.
NEEDY = [row for row in ROWS if not any(record.fits({}) for record in RECORDS[row["action"]])]


@pytest.mark.parametrize("row", NEEDY, ids=[f"{row['action']}: {', '.join(row['facts'])}" for row in NEEDY])
def test_row_without_what_its_action_has_always_had_is_refused(row):
    with pytest.raises(KeyError):
        read_facts(row["action"], {})


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"job": 1, "kind": "decision", "seats": 2, "move": "reject", "reason": "", "sessions": [1]}, True),
        ({"job": 1, "move": "reject", "seats": 2, "reason": ""}, False),
    ],
    ids=["a job", "a job from before they had names"],
)
def test_what_happened_names_a_job_where_the_row_does(facts, words):
    row = HistoryEntry(action=Action.BULK_STARTED, facts=facts)

    assert isinstance(row.said, JobNoted)
    assert what_happened(row) == "bulk job started" + (": Reject · session 1 · 2 places" if words else "")


def test_entry_refuses_facts_of_another_action():
    with pytest.raises(TypeError, match="AgendaNoted is not what joined says"):
        entry(Action.JOINED, at=NOW, facts=AgendaNoted(1))
