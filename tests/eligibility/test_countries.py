"""Codes, names, footnotes and what else people call a country."""

import pytest
from django.conf import settings
from django.utils import translation

from eligibility import countries
from eligibility.countries import CODES, EUCountries, Footnote
from eligibility.rules import UnknownCountry


def test_codes_are_isos_and_kosovo():
    assert len(CODES) == 250
    assert CODES & {"XK", "EL", "UK"} == {"XK"}


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("GR", "GR"),
        ("EL", "GR"),
        ("el", "GR"),
        ("GB", "GB"),
        ("UK", "GB"),
        ("Great Britain", "GB"),
        ("XK", "XK"),
        ("XKX", "XK"),
        ("KO(S)", "XK"),
        ("KOS", "XK"),
        ("Kosovo", "XK"),
        ("Kosovo*", "XK"),
        ("Turkey", "TR"),
        ("Türkiye", "TR"),
        ("turkiye", "TR"),
        ("Czechia", "CZ"),
        ("Czech Republic", "CZ"),
        ("North Macedonia", "MK"),
        ("Macedonia", "MK"),
        ("FYROM", "MK"),
        ("the former Yugoslav Republic of Macedonia", "MK"),
        ("Republic of Moldova", "MD"),
        ("Moldova", "MD"),
        ("Palestine", "PS"),
        ("occupied Palestinian territory (oPt)", "PS"),
        ("Syrian Arab Republic", "SY"),
        ("BEL", "BE"),
        ("  belgium ", "BE"),
        ("Cote d\N{RIGHT SINGLE QUOTATION MARK}Ivoire", "CI"),
    ],
)
def test_normalise_knows_what_people_write(written, code):
    assert countries.normalise(written) == code


@pytest.mark.parametrize("written", ["", " ", "*", "ZZ", "QQQ", "Atlantis", "Czechoslovakia", "B E"])
def test_normalise_refuses_what_is_no_country(written):
    with pytest.raises(UnknownCountry):
        countries.normalise(written)


def test_normalise_finds_every_country_by_its_code_and_its_shown_name():
    written = {
        code: (code, code.lower(), countries.display_name(code), countries.eu_code(code)) for code in CODES
    }

    found = {code: {countries.normalise(text) for text in texts} for code, texts in written.items()}

    assert found == {code: {code} for code in CODES}


def test_normalise_does_not_depend_on_the_language_of_the_first_reader():
    countries._known_spellings.cache_clear()

    with translation.override("de"):
        found = countries.normalise("Belgium")

    assert found == "BE"


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("XK", "Kosovo*"),
        ("PS", "Palestine*"),
        ("MD", "Moldova"),
        ("SY", "Syria"),
        ("TR", "Türkiye"),
        ("MK", "North Macedonia"),
        ("CZ", "Czechia"),
        ("RU", "Russia"),
        ("GB", "United Kingdom"),
    ],
)
def test_display_name_is_the_eus(code, name):
    assert countries.display_name(code) == name


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("CZ", ("Czechia", "Tchéquie", "Tschechien")),
        ("MK", ("North Macedonia", "Macédoine du Nord", "Nordmazedonien")),
        ("MD", ("Moldova", "Moldavie", "Republik Moldau")),
        ("XK", ("Kosovo*", "Kosovo*", "Kosovo*")),
        ("PS", ("Palestine*", "Palestine*", "Palästina*")),
        ("TR", ("Türkiye", "Turquie", "Türkei")),
        ("MM", ("Myanmar/Burma", "Myanmar/Birmanie", "Myanmar/Birma")),
        ("GY", ("Guyana", "Guyana", "Guyana")),
        ("GD", ("Grenada", "Grenade", "Grenada")),
        ("US", ("United States", "États-Unis", "Vereinigte Staaten")),
    ],
)
def test_display_name_is_the_eus_in_each_language(code, names):
    found = []
    for language in ("en", "fr", "de"):
        with translation.override(language):
            found.append(countries.display_name(code))

    assert tuple(found) == names


@pytest.mark.parametrize("language", [code for code, _name in settings.LANGUAGES])
def test_normalise_finds_every_country_by_its_name_in_each_language(language):
    with translation.override(language):
        shown = {code: countries.display_name(code) for code in CODES}

    assert {code: countries.normalise(name) for code, name in shown.items()} == {code: code for code in CODES}


@pytest.mark.parametrize(
    ("language", "names"),
    [
        ("fr", ["Égypte", "Espagne", "Estonie", "États-Unis"]),
        ("de", ["Ägypten", "Estland", "Österreich", "Vereinigte Staaten"]),
    ],
)
def test_in_order_puts_letters_with_accents_where_people_look(language, names):
    with translation.override(language):
        found = [
            countries.display_name(code)
            for code in countries.in_order(
                {"EG", "EE", "US", "ES"} if language == "fr" else {"EG", "EE", "US", "AT"}
            )
        ]

    assert found == names


@pytest.mark.parametrize("code", ["", "be", "EL", "BEL"])
def test_display_name_refuses_what_is_no_stored_code(code):
    with pytest.raises(UnknownCountry):
        countries.display_name(code)


def test_eu_code_differs_for_greece_and_the_united_kingdom_only():
    different = {code: countries.eu_code(code) for code in CODES if countries.eu_code(code) != code}

    assert different == {"GR": "EL", "GB": "UK"}


def test_footnotes_are_the_official_formulas_word_for_word():
    assert countries.footnotes(["PS", "BE", "XK", "XK"]) == (
        Footnote(
            "XK",
            "Kosovo*",
            "* This designation is without prejudice to positions on status, and is in line with UNSCR 1244/1999 "
            "and the ICJ Opinion on the Kosovo declaration of independence.",
        ),
        Footnote(
            "PS",
            "Palestine*",
            "* This designation shall not be construed as recognition of a State of Palestine and is without "
            "prejudice to the individual positions of the Member States on this issue.",
        ),
    )


def test_footnote_reads_as_a_line_with_one_asterisk():
    (footnote,) = countries.footnotes(["XK"])

    assert str(footnote).startswith("Kosovo*: This designation is without prejudice")


def test_footnotes_are_absent_where_nobody_is_named_who_needs_one():
    assert countries.footnotes(["BE", "FR"]) == ()


def test_eu_countries_offers_every_code_once_in_the_order_of_names():
    offered = [country.code for country in EUCountries()]

    assert sorted(offered) == sorted(CODES)
    assert offered == countries.in_order(CODES)
    assert offered[:3] == ["AF", "AX", "AL"]
