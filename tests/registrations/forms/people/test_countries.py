"""The countries a form offers, grouped as the rule names them."""

from datetime import date

import pytest

from eligibility import register as eligibility_register
from eligibility.records import Register
from eligibility.rules import assess
from registrations.forms import country_groups
from tests.registrations.factories import make_webinar

pytestmark = pytest.mark.django_db


def groups_on(day):
    make_webinar()
    return country_groups(eligibility_register.current("cosme-eni"), day)


def test_country_groups_stand_in_the_order_of_the_rule():
    groups = groups_on(date(2020, 4, 28))

    assert [(title, len(members)) for title, members in groups] == [
        ("Member States of the European Union (27)", 27),
        ("United Kingdom in the transition period, treated as a Member State", 1),
        ("Third countries participating in COSME", 11),
        ("Partner countries of the European Neighbourhood Instrument", 13),
        ("Territories and the states they follow", 38),
        ("Other countries, on none of these lists", 160),
    ]


def test_country_groups_name_every_country_once_from_a_to_z():
    groups = groups_on(date(2020, 4, 28))
    codes = [code for _title, members in groups for code, _name in members]

    assert len(codes) == len(set(codes)) == 250
    assert [name for _code, name in groups[0][1]][:4] == ["Austria", "Belgium", "Bulgaria", "Croatia"]
    assert ("XK", "Kosovo*") in groups[2][1]
    assert ("PS", "Palestine*") in groups[3][1]


def test_country_groups_agree_with_the_rules():
    day = date(2020, 4, 28)
    register = eligibility_register.current(make_webinar().audience.key)
    groups = country_groups(register, day)

    outcomes = [
        {assess(code, day, register).outcome.value for code, _name in members} for _title, members in groups
    ]

    assert outcomes[:4] == [{"eligible"}] * 4
    assert outcomes[5] == {"not_eligible"}


def test_country_groups_without_a_rule_are_one_list():
    groups = country_groups(Register(0, (), (), frozenset({"DE", "AT"})), date(2020, 4, 28))

    assert groups == [("Countries", [("AT", "Austria"), ("DE", "Germany")])]
