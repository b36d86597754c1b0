"""Whose question has which mark."""

import pytest

from registrations.models import QuestionMark, Registration
from registrations.models.questions import has_mark
from tests.registrations.factories import make_registration

pytestmark = pytest.mark.django_db
State = QuestionMark.State


def test_question_that_nobody_has_looked_at_is_new_like_one_put_back(webinar):
    unmarked, put_back, asked = (make_registration(webinar, question="When?") for _number in range(3))
    QuestionMark.objects.create(registration=put_back, state=State.NEW)
    QuestionMark.objects.create(registration=asked, state=State.ASKED)

    found = {state: set(Registration.objects.filter(has_mark(state))) for state in State}

    assert found == {state: set() for state in State} | {
        State.NEW: {unmarked, put_back},
        State.ASKED: {asked},
    }
