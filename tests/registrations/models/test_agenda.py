"""What changed between two agendas."""

import pytest

from registrations.models import AgendaChanges, AgendaLine, agenda_changes


def line(title, *, session=1, time="", speakers="", session_title="Supply chains"):
    return AgendaLine(session=session, session_title=session_title, time=time, title=title, speakers=speakers)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ([], [], AgendaChanges((), (), ())),
        ([line("A")], [line("A")], AgendaChanges((), (), ())),
        ([line("A")], [line("A", session_title="Renamed")], AgendaChanges((), (), ())),
        ([], [line("A")], AgendaChanges((line("A"),), (), ())),
        ([line("A")], [], AgendaChanges((), (line("A"),), ())),
        (
            [line("A", time="10:30")],
            [line("A", time="10:45")],
            AgendaChanges((), (), ((line("A", time="10:30"), line("A", time="10:45")),)),
        ),
        (
            [line("A", time="10:30")],
            [line("B", time="10:30")],
            AgendaChanges((), (), ((line("A", time="10:30"), line("B", time="10:30")),)),
        ),
        ([line("A")], [line("B")], AgendaChanges((line("B"),), (line("A"),), ())),
        ([line("A")], [line("A", session=2)], AgendaChanges((line("A", session=2),), (line("A"),), ())),
    ],
    ids=[
        "both empty",
        "nothing changed",
        "the session was renamed",
        "a line was added",
        "a line was removed",
        "a line moved",
        "a line at one time was renamed",
        "lines without a time are different lines",
        "a line went to another session",
    ],
)
def test_agenda_changes_tells(old, new, expected):
    changes = agenda_changes(old, new)

    assert changes == expected
    assert bool(changes) is (expected != AgendaChanges((), (), ()))
