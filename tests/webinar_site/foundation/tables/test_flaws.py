"""Cells that are not what somebody wrote, and those that only look so."""

import pytest

from webinar_site.foundation.tables.flaws import flaw, is_garbled


@pytest.mark.parametrize(
    "cell",
    [
        "#REF!", "#N/A", "#NAME?", "#VALUE!", "#DIV/0!", "#NULL!", "#NUM!", "#SPILL!", "#GETTING_DATA", "#BEZUG!", "#NV",
        "#WERT!", "#NOM?", "#VALEUR!", "#ÜBERLAUF!", "Err:502", "########",
    ],
)  # fmt: skip
def test_error_of_a_spreadsheet_is_no_value(cell):
    assert flaw(["", "Ada", cell]) == f"“{cell}” is an error that the spreadsheet shows, and no value."


@pytest.mark.parametrize("cell", ["#1", "#team", "# 12", "#", "N/A", "Err", "##", "C#", "#REF! Ltd"])
def test_number_sign_is_not_always_an_error(cell):
    assert flaw([cell]) == ""


TEXTS = [
    "Müller",
    "Łódź",
    "Søren",
    "François",
    "naïveté",
    "d\u2019Or",
    "Київ",
    "ნინო",
    "Ελλάδα",
    "القاهرة",
    "Malmö \u2013 Ost",
]


@pytest.mark.parametrize("text", TEXTS)
def test_text_in_utf_8_read_as_windows_1252_is_garbled(text):
    misread = "".join(bytes([byte]).decode("cp1252", errors="replace") for byte in text.encode())

    assert flaw([misread])


@pytest.mark.parametrize(("text", "encoding"), [("Łódź", "cp1250"), ("Łódź", "iso-8859-2"), ("Київ", "cp1251"), ("Αθήνα", "cp1253")])  # fmt: skip
def test_text_of_another_alphabet_read_as_windows_1252_is_garbled(text, encoding):
    assert is_garbled(text.encode(encoding).decode("cp1252"))


@pytest.mark.parametrize(
    "text",
    [
        *TEXTS, "ÉCLAIR", "ANDRÉ\u2019S", "L\u2019ÉTÉ", "Hôtel de l\u2019Île", "São João", "ÇELİK", "Ærøskøbing", "Þórður", "«Müller»",
        "„Öl“", "50 £", "£50", "n° 5", "Mª José", "Acme®", "Col·legi", "créées", "Straße", "MÜLLER & SÖHNE", "Ñandú", "m²",
    ],
)  # fmt: skip
def test_accents_are_not_garbled(text):
    assert flaw([text]) == ""


def test_character_that_is_none_is_named():
    assert flaw(["Ann\ufffd Nord"]) == "“Ann\ufffd Nord” has a character that cannot be read."
