"""Know the countries: codes, the names the EU uses, official footnotes, and what else people call them.

Codes are stored as ISO 3166-1 alpha-2, plus XK for Kosovo, which ISO does not list and the Commission uses.
EU codes (EL, UK) are for display and exports only. Names that differ from the library's follow the usage of the EU
institutions in each language (Interinstitutional Style Guide, annex A5). The lists of 2020 write "Turkey"; the site
shows "Türkiye", EU usage since 2022, and finds both.
"""

import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cache

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_countries import Countries
from django_countries.data import ALT_CODES
from django_countries.data import COUNTRIES as ISO_NAMES

from eligibility.rules import UnknownCountry

CODES = frozenset(ISO_NAMES) | {"XK"}

EU_CODES = {"GR": "EL", "GB": "UK"}

# Where the library differs from the EU's usage, in English or in another language of the site: what the catalogues say
# of these names goes before what the library's say.
EU_NAMES = {
    "AX": _("Åland Islands"),
    "BL": _("Saint Barthélemy"),
    "BQ": _("Bonaire, Sint Eustatius and Saba"),
    "BS": _("The Bahamas"),
    "BZ": _("Belize"),
    "CC": _("Cocos (Keeling) Islands"),
    "CD": _("Democratic Republic of the Congo"),
    "CV": _("Cabo Verde"),
    "CZ": _("Czechia"),
    "FK": _("Falkland Islands"),
    "FM": _("Micronesia"),
    "FO": _("Faroe Islands"),
    "GD": _("Grenada"),
    "GM": _("The Gambia"),
    "GS": _("South Georgia and the South Sandwich Islands"),
    "GT": _("Guatemala"),
    "GY": _("Guyana"),
    "HM": _("Heard Island and McDonald Islands"),
    "IM": _("Isle of Man"),
    "KG": _("Kyrgyzstan"),
    "KI": _("Kiribati"),
    "LR": _("Liberia"),
    "MD": _("Moldova"),
    "MH": _("Marshall Islands"),
    "MK": _("North Macedonia"),
    "MM": _("Myanmar/Burma"),
    "MP": _("Northern Mariana Islands"),
    "NR": _("Nauru"),
    "PG": _("Papua New Guinea"),
    "PM": _("Saint Pierre and Miquelon"),
    "PN": _("Pitcairn"),
    "PS": _("Palestine*"),
    "RE": _("Réunion"),
    "SA": _("Saudi Arabia"),
    "SB": _("Solomon Islands"),
    "SH": _("Saint Helena, Ascension and Tristan da Cunha"),
    "SJ": _("Svalbard and Jan Mayen"),
    "SR": _("Suriname"),
    "ST": _("São Tomé and Príncipe"),
    "SZ": _("Eswatini"),
    "TC": _("Turks and Caicos Islands"),
    "TL": _("Timor-Leste"),
    "TR": _("Türkiye"),
    "TT": _("Trinidad and Tobago"),
    "UM": _("United States Minor Outlying Islands"),
    "US": _("United States"),
    "VA": _("Holy See"),
    "VG": _("British Virgin Islands"),
    "VI": _("US Virgin Islands"),
    "WF": _("Wallis and Futuna"),
    "XK": _("Kosovo*"),
}

FOOTNOTES = {
    "XK": _(
        "* This designation is without prejudice to positions on status, and is in line with UNSCR 1244/1999 and "
        "the ICJ Opinion on the Kosovo declaration of independence."
    ),
    "PS": _(
        "* This designation shall not be construed as recognition of a State of Palestine and is without prejudice "
        "to the individual positions of the Member States on this issue."
    ),
}

ALIASES = {
    "BO": ("Plurinational State of Bolivia",),
    "BQ": ("Bonaire, Saba, Sint Eustatius",),
    "BY": ("Weißrussland",),
    "CD": ("DR Congo", "Congo, Democratic Republic"),
    "CI": ("Ivory Coast",),
    "CV": ("Cape Verde",),
    "CZ": ("Czech Republic", "The Czech Republic", "République tchèque", "Tschechische Republik"),
    "GB": ("UK", "Great Britain", "The United Kingdom", "Grande-Bretagne", "Großbritannien"),
    "GR": ("EL", "Hellas"),
    "KR": ("Republic of Korea",),
    "MD": (
        "Republic of Moldova",
        "The Republic of Moldova",
        "Moldova, Republic of",
        "Moldau",
        "Moldawien",
        "République de Moldavie",
    ),
    "MK": (
        "Macedonia",
        "Republic of North Macedonia",
        "FYROM",
        "The former Yugoslav Republic of Macedonia",
        "former Yugoslav Republic of Macedonia",
        "Macédoine",
        "Mazedonien",
    ),
    "NL": ("Holland", "The Netherlands"),
    "PS": (
        "Palestine, State of",
        "State of Palestine",
        "Occupied Palestinian Territory",
        "occupied Palestinian territory (oPt)",
    ),
    "RU": ("Russian Federation", "Fédération de Russie", "Russische Föderation"),
    "SH": ("Saint Helena, Ascension, Tristan da Cunha",),
    "SY": ("Syrian Arab Republic",),
    "SZ": ("Swaziland",),
    "TL": ("East Timor",),
    "TR": ("Turkey", "Republic of Türkiye", "Turquie", "Türkei"),
    "US": ("USA", "United States of America", "États-Unis d'Amérique", "Vereinigte Staaten von Amerika"),
    "VA": ("Vatican", "Vatican City State", "Cité du Vatican"),
    "XK": ("XKX", "KO", "KOS", "KO(S)", "Kosovo"),
}


class EUCountries(Countries):
    """List the countries of a form: ISO's and Kosovo*, under the names the EU uses, in the reader's language."""

    override = EU_NAMES


COUNTRIES = EUCountries()


@dataclass(frozen=True, slots=True)
class Footnote:
    """Hold the official formula that goes with a country's name, word for word."""

    code: str
    name: str
    text: str

    def __str__(self) -> str:
        """Return the formula behind the name it belongs to, whose asterisk then serves both."""
        return gettext(": ").join((self.name, self.text.removeprefix("* ")))


def display_name(code: str) -> str:
    """Return the EU's name of a country in the active language; raise `UnknownCountry` for all but a stored code."""
    if code not in CODES:
        raise UnknownCountry(code)
    return COUNTRIES.name(code)


def in_order(codes: Collection[str]) -> list[str]:
    """Return the codes in the order of their names in the active language."""
    return [country.code for country in COUNTRIES if country.code in codes]


def eu_code(code: str) -> str:
    """Return the code the EU institutions show for a stored code: EL for GR, UK for GB, else the same."""
    return EU_CODES.get(code, code)


def footnotes(codes: Iterable[str]) -> tuple[Footnote, ...]:
    """Return the footnotes that must be wherever these countries are named, each once."""
    named = set(codes)
    return tuple(
        Footnote(code, display_name(code), str(text)) for code, text in FOOTNOTES.items() if code in named
    )


def normalise(text: str) -> str:
    """Return the stored code for what somebody wrote: an ISO, EU or three-letter code, or a name in our languages.

    Case, accents, the asterisk and surplus blanks do not matter. Raises `UnknownCountry`, for empty text too.
    """
    code = _known_spellings().get(_fold(text))
    if code is None:
        raise UnknownCountry(text)
    return code


def _fold(text: str) -> str:
    plain = (letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))
    return " ".join(
        "".join(plain).replace("*", "").replace("\N{RIGHT SINGLE QUOTATION MARK}", "'").casefold().split()
    )


@cache
def _known_spellings() -> dict[str, str]:
    names: dict[str, str] = {}
    for language, _name in reversed(settings.LANGUAGES):  # the first language goes before the others
        with translation.override(language):
            names |= {_fold(COUNTRIES.name(code)): code for code in CODES}
    with translation.override("en"):
        names |= {_fold(str(name)): code for code, name in ISO_NAMES.items()}
    aliases = {_fold(alias): code for code, spellings in ALIASES.items() for alias in spellings}
    three_letters = {_fold(three): code for code, (three, _number) in ALT_CODES.items() if code in CODES}
    return names | three_letters | aliases | {_fold(code): code for code in CODES}
