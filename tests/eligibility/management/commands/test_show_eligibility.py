"""The command that explains one country's verdict."""

from datetime import UTC, date, datetime
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command

from eligibility.explain import explain
from eligibility.rules import assess

pytestmark = pytest.mark.django_db


def printed(*arguments: str) -> list[str]:
    out = StringIO()
    call_command("show_eligibility", *arguments, stdout=out)
    return out.getvalue().splitlines()


@pytest.mark.parametrize("written", ["XK", "xkx", "Kosovo", "KO(S)"])
def test_show_eligibility_prints_the_verdict_step_by_step(seeded, written):
    assert printed(written, "--on", "2020-04-28") == explain(assess("XK", date(2020, 4, 28), seeded))


def test_show_eligibility_judges_by_today_in_brussels(seeded):
    with time_machine.travel(datetime(2020, 4, 26, 22, 0, tzinfo=UTC), tick=False):
        assert printed("EL")[-1] == "Result for Greece on 27 April 2020: may take part."


@pytest.mark.parametrize("written", ["", "ZZ", "Atlantis"])
def test_show_eligibility_refuses_an_unknown_country(written):
    with pytest.raises(CommandError, match=f"No country is known as “{written}”"):
        printed(written)


@pytest.mark.parametrize("written", ["tomorrow", "2020-02-30", "28/04/2020"])
def test_show_eligibility_refuses_what_is_no_day(written):
    with pytest.raises(CommandError, match=f"“{written}” is no day"):
        printed("BE", "--on", written)
