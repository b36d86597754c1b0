"""What a worker does whenever it is woken."""

from datetime import timedelta

import pytest

from registrations.services import sweep
from registrations.states import RegistrationState
from tests.registrations.factories import NOW, draft_without, make_registration, publish

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_the_moment")]


@pytest.mark.parametrize("count", [1, 3])
def test_sweep_with_nothing_due_takes_a_fixed_number_of_statements(
    webinar, session, django_assert_num_queries, count
):
    for state in RegistrationState:
        if state != RegistrationState.ERASED:
            for _number in range(count):
                make_registration(webinar, [session], state=state)
    publish(draft_without("TN"))
    sweep.run(NOW)
    sweep.run(NOW + timedelta(seconds=10))

    with django_assert_num_queries(20):  # 14 questions, three of them in a transaction each
        sweep.run(NOW + timedelta(seconds=20))
