# ruff: noqa: RUF001  (letters that look like others are what this is about)
"""How names are compared: for searching, and for what makes two people likely one."""

from pathlib import Path

import pytest

from registrations.models import fold_search, person_key, search_key, searched_words

CASES = Path(__file__).parents[2] / "cases" / "names-one.txt"
HANDED = [
    tuple(line.split("\t"))
    for line in CASES.read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
]
ONE_NAME = [
    *HANDED,
    ("O'Neill", "O`Neill"),
    ("O'Neill", "O\u00b4Neill"),
    ("O'Neill", "O\u2032Neill"),
    ("Anne-Marie", "Anne\u2010Marie"),
    ("Anne-Marie", "Anne\u2013Marie"),
    ("Anne-Marie", "Anne\u2212Marie"),
    ("Anne-Marie", "Anne\u00ad-Marie"),
    ("Müller", "Mueller"),
    ("Müller", "Muller"),
    ("Mueller", "Muller"),
    ("MÜLLER-LÜDENSCHEIDT", "Mueller-Luedenscheidt"),
    ("Groß", "Gross"),
    ("GROẞ", "groß"),
    ("Sørensen", "Soerensen"),
    ("Sørensen", "Sörensen"),
    ("Ångström", "Aangstroem"),
    ("Ærø", "Aero"),
    ("Łukasz Đorđević", "Lukasz Dordevic"),
    ("Œuvrard", "Oeuvrard"),
    ("Семёнов", "Семенов"),
    ("İbrahim Işık", "Ibrahim Isik"),
    ("Əliyev", "Aliyev"),
    ("Νίκος", "ΝΙΚΟΣ"),
    ("\uff2d\uff55\uff52\uff41\uff4b\uff41\uff4d\uff49", "Murakami"),
    ("مُحَمَّد", "محمد"),
    ("محـــمد", "محمد"),
    ("أحمد", "احمد"),
    ("فاطمة", "فاطمه"),
    ("علی", "علي"),
    ("مصطفى", "مصطفي"),
    ("نیم\u200cفاصله", "نيمفاصله"),
    ("Zoe\u0308", "Zoë"),
    ("Kovács ; Anna", "Anna Kovács"),
]
NOT_ONE_NAME = [("Anna", "Anne"), ("Zoe", "Zo"), ("Sue", "Su"), ("Иван", "Ivan"), ("", "Ada")]


def finds(looked_for, entered):
    """Return whether somebody entered under one name is found by another."""
    key = search_key(entered, address="somebody@example.net")
    return all(
        any(spelling in key for spelling in spellings)
        for word in searched_words(looked_for)
        for spellings in word.spellings()
    )


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Łódź  Šimková Ørsted", "lodz simkova orsted"),
        ("STRASSE Straße", "strasse strasse"),
        ("\uff21da\n", "ada"),
    ],
    ids=["accents", "case", "full width and line break"],
)
def test_fold_search_drops_accents_and_case(text, folded):
    assert fold_search(text) == folded


@pytest.mark.parametrize(
    ("names", "key"),
    [
        (("Ada", "Müller-Lüdenscheidt"), "ada ludenscheidt muller"),
        (("MULLER LUDENSCHEIDT,", "Ada"), "ada ludenscheidt muller"),
        (("Łukasz", "O'Neill"), "lukasz neill o"),
        (("Ада", "Иванова"), "ада иванова"),
        (("", ""), ""),
        (("-", " . "), ""),
        (("a " * 80, "b " * 80), ("a " * 80 + "b " * 80)[:200]),
    ],
    ids=[
        "accents and hyphen",
        "other order",
        "letters and apostrophe",
        "Cyrillic",
        "erased",
        "no letters",
        "long",
    ],
)
def test_person_key_is_the_words_of_a_name_in_any_order(names, key):
    assert person_key(*names) == key


@pytest.mark.parametrize(("one", "other"), ONE_NAME)
def test_spellings_of_one_name_have_one_key_and_find_each_other(one, other):
    assert person_key(one) == person_key(other) != ""
    assert (finds(one, other), finds(other, one)) == (True, True)


@pytest.mark.parametrize(("one", "other"), NOT_ONE_NAME)
def test_names_that_differ_have_two_keys(one, other):
    assert person_key(one) != person_key(other)


@pytest.mark.parametrize(
    ("looked_for", "entered"),
    [
        ("ONeill", "O'Neill"),
        ("o neill", "O\u2019Neill"),
        ("O'Neill", "ONeill"),
        ("O'Neill", "O Neill"),
        ("Annemarie", "Anne-Marie"),
        ("muell", "Müller"),
        ("üller", "Mueller"),
        ("“Ada”", "Ada"),
        ("Ada -", "Ada"),
    ],
)
def test_search_finds_more_than_it_takes_for_one(looked_for, entered):
    assert finds(looked_for, entered)


def test_search_key_holds_the_address_last_and_fits_its_column():
    key = search_key("Zoë", "O'Neill", "Cluster Süd", address="Zoe.O@Example.org")

    assert key == "zoe o'neill cluster sud oneill zoe.o@example.org"
    assert len(search_key("ü-" * 200, "ß " * 200, address="x" * 254)) <= 1000


def test_searched_words_keep_an_address_and_a_reference_whole():
    found = [(word.reference, word.parts) for word in searched_words("Zoe.O@Example.org; K7QM\u20112VXA,")]

    assert found == [
        ("ZOE.O@EXAMPLE.ORG", ("zoe.o@example.org",)),
        ("K7QM-2VXA", ("k7qm", "2vxa")),
    ]
