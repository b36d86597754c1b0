"""Questions for the discussion: who sees which, in what order, and what becomes of a mark when its question changes."""

import pytest

from registrations import services
from registrations.models import HistoryEntry, QuestionMark, Registration
from registrations.services.questions.marks import Mark, Questions
from tests.registrations.factories import NOW, approve, make_registration
from tests.registrations.services.people.test_registration import answers_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(webinar, session, later_session, approver):
    """Return three who asked something, two of them with a place in the first session."""
    made = [
        make_registration(webinar, [session], first_name=name, question=f"{name}'s question?")
        for name in ("Ada", "Bob", "Eve")
    ]
    for person in made[:2]:
        approve(person, approver)
    approve(make_registration(webinar, [session], first_name="Zoë"), approver)  # who asked nothing
    return made


def names(wanted):
    return [person.first_name for person in services.questions.find_questions(wanted)]


def mark(webinar, approver, **marks):
    by_id = {Registration.objects.get(first_name=name).pk: value for name, value in marks.items()}
    return services.questions.mark_questions(webinar.pk, marks=by_id, by=approver, now=NOW)


def test_questions_are_those_of_people_with_a_place(webinar, people):
    assert names(Questions(webinar.pk)) == ["Ada", "Bob"]
    assert names(Questions(webinar.pk, everybody=True)) == ["Ada", "Bob", "Eve"]


def test_questions_of_a_session_are_those_of_its_people(webinar, session, later_session, people, approver):
    approve(make_registration(webinar, [later_session], first_name="Zoë", question="When?"), approver)

    assert names(Questions(webinar.pk, session_id=later_session.pk)) == ["Zoë"]
    assert names(Questions(webinar.pk, session_id=session.pk)) == ["Ada", "Bob"]


def test_question_of_who_withdrew_or_was_cancelled_is_not_listed(webinar, people):
    ada, bob, _eve = people
    services.people.withdraw(ada.pk, now=NOW)
    bob.seats.update(state="cancelled")

    assert names(Questions(webinar.pk, everybody=True)) == ["Eve"]


def test_order_is_by_number_then_by_asking(webinar, people, approver):
    mark(webinar, approver, Bob=Mark("to_ask", 1), Eve=Mark("to_ask", 2))

    assert names(Questions(webinar.pk, everybody=True)) == ["Bob", "Eve", "Ada"]


@pytest.mark.parametrize(
    ("state", "expected"), [("new", ["Ada"]), ("to_ask", ["Bob"]), ("asked", []), ("", ["Bob", "Ada"])]
)
def test_list_is_narrowed_by_mark(webinar, people, approver, state, expected):
    mark(webinar, approver, Bob=Mark("to_ask", 1))

    assert names(Questions(webinar.pk, state=state)) == expected


def test_marking_is_noted_by_ids_and_only_what_changed(webinar, people, approver):
    first = mark(webinar, approver, Ada=Mark("to_ask", 1), Bob=Mark("left_out"))
    second = mark(webinar, approver, Ada=Mark("to_ask", 1), Bob=Mark("asked"))

    assert (first, second, mark(webinar, approver, Ada=Mark("to_ask", 1))) == (2, 1, 0)
    entries = HistoryEntry.objects.filter(action="questions_marked").order_by("pk")
    assert [(entry.by, entry.webinar, entry.facts) for entry in entries] == [
        (approver, webinar, {"marks": [[people[0].pk, "to_ask", 1], [people[1].pk, "left_out", None]]}),
        (approver, webinar, {"marks": [[people[1].pk, "asked", None]]}),
    ]


def test_question_of_another_webinar_is_left_alone(webinar, people, approver):
    services.questions.mark_questions(
        webinar.pk + 1, marks={people[0].pk: Mark("asked")}, by=approver, now=NOW
    )

    assert QuestionMark.objects.count() == 0


def test_changed_question_loses_its_mark_and_says_so_until_it_is_marked_again(
    webinar, session, people, approver
):
    ada = people[0]
    mark(webinar, approver, Ada=Mark("asked", 3))

    services.people.edit(ada.pk, submission=answers_of(ada, session, question="Another?"), now=NOW)
    after_edit = QuestionMark.objects.values_list("state", "position", "changed_at").get()
    marked = mark(webinar, approver, Ada=Mark("new", 3))

    assert after_edit == ("new", 3, NOW)
    assert (marked, QuestionMark.objects.get().changed_at) == (1, None)


def test_other_edits_leave_the_mark(webinar, session, people, approver):
    mark(webinar, approver, Ada=Mark("asked", 3))

    answers = answers_of(people[0], session, question=people[0].question, position="Manager")
    services.people.edit(people[0].pk, submission=answers, now=NOW)

    assert QuestionMark.objects.values_list("state", "position", "changed_at").get() == ("asked", 3, None)


def test_export_is_noted_and_names_who_asked_what(webinar, people, approver):
    mark(webinar, approver, Bob=Mark("to_ask", 1))

    rows = list(services.questions.export_questions(Questions(webinar.pk), by=approver, now=NOW))

    assert rows == [
        ["Order", "Mark", "Question", "Name", "Organisation", "Country", "Sessions"],
        ["1", "to be asked", "Bob's question?", people[1].full_name, "Cluster Nord", "Belgium", "1"],
        ["", "not looked at", "Ada's question?", people[0].full_name, "Cluster Nord", "Belgium", "1"],
    ]
    entry = HistoryEntry.objects.get(action="exported")
    assert (entry.by, entry.webinar, entry.facts) == (
        approver,
        webinar,
        {"questions": 2, "state": "", "everybody": False},
    )


@pytest.mark.parametrize("count", [1, 3])
def test_finding_and_marking_take_a_fixed_number_of_queries(
    webinar, session, approver, count, django_assert_num_queries
):
    made = [
        approve(make_registration(webinar, [session], question="?"), approver) for _number in range(count)
    ]

    with django_assert_num_queries(3):
        assert (
            len(
                [
                    services.questions.numbers_of(person)
                    for person in services.questions.find_questions(Questions(webinar.pk))
                ]
            )
            == count
        )
    with django_assert_num_queries(7):
        services.questions.mark_questions(
            webinar.pk, marks={person.pk: Mark("asked") for person in made}, by=approver, now=NOW
        )
