# ruff: noqa: RUF001  (letters that look like others are what this is about)
"""What is taken out of a text because nobody sees it, and what stands around an address that was pasted."""

import sys
import unicodedata

import pytest

from webinar_site.foundation.plain_text import bare_address, one_line, visible

HIDDEN = {
    "soft hyphen": "\u00ad",
    "grapheme joiner": "\u034f",
    "Arabic letter mark": "\u061c",
    "Hangul fillers": "\u115f\u1160\u3164\uffa0",
    "Khmer vowels inherent": "\u17b4\u17b5",
    "Mongolian selectors": "\u180b\u180e",
    "zero-width space": "\u200b",
    "joiners": "\u200c\u200d",
    "direction marks": "\u200e\u200f",
    "direction overrides": "\u202a\u202e\u2066\u2069",
    "word joiner": "\u2060",
    "byte order mark": "\ufeff",
    "variation selectors": "\ufe0f\U000e0101",
    "tags": "\U000e0041\U000e007f",
    "annotations": "\ufff9\ufffb",
    "half a surrogate pair": "\ud800",
    "no characters": "\ufffe\U000e0000",
    "controls of another century": "\x80\x9f",
}


@pytest.mark.parametrize("hidden", HIDDEN.values(), ids=HIDDEN)
def test_visible_takes_out_what_nobody_sees(hidden):
    assert visible(f"{hidden}Ada{hidden}Nord{hidden}") == "AdaNord"
    assert one_line(f" {hidden} ") == ""


def test_visible_leaves_no_format_character_among_latin_letters():
    formats = [chr(code) for code in range(sys.maxunicode) if unicodedata.category(chr(code)) == "Cf"]

    left = {letter for letter in formats if letter in visible(f"a{letter}b")}

    # Marks that are seen: signs of Arabic, Syriac, Kaithi and of hieroglyphs.
    assert {unicodedata.name(letter).split()[0] for letter in left} <= {
        "ARABIC",
        "SYRIAC",
        "KAITHI",
        "EGYPTIAN",
    }


@pytest.mark.parametrize(
    "text",
    [
        "نیم\u200cفاصله",
        "क्\u200dष",
        "ශ්\u200dරී",
        "Zoë Šimková 🎉 👩\u200d🔬",
        "two\nlines\tand a tab",
        "12\u00a0%",
        "Ann\u2028Nan\x85",
        "a\x00b",
    ],
    ids=["Persian", "Devanagari", "Sinhala", "accents", "lines", "blank that holds", "separators", "NUL"],
)
def test_visible_leaves_what_writing_needs_and_what_fields_refuse(text):
    assert visible(text) == text


@pytest.mark.parametrize("text", ["نیم\u200c علی\u200d", "\u200cنیم \u200dعلی", "نیم\u200c\u200d علی"])
def test_joiner_at_either_end_of_a_word_only_hides(text):
    assert visible(text) == "نیم علی"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("  Ada \u00a0 \u3000Nord\u2028x\x85y ", "Ada Nord x y"),
        ("\u2800", ""),
        ("Ada\nNord", "Ada\nNord"),
    ],
    ids=["blanks of every kind", "Braille without dots", "a line break stays to be refused"],
)
def test_one_line_has_single_blanks(text, line):
    assert one_line(text) == line


ADDRESSES = [
    "ada@example.org",
    "\u200eada@example.org\u200f",
    "\ufeffada@exam\u200bple.org\u2060",
    "\u00a0ada@example.org\u00a0",
    "mailto:ada@example.org",
    "MAILTO:ada%40example.org?subject=Hello%20there",
    "mailto:%E2%80%8Eada@example.org",
    "Ada Nord <ada@example.org>",
    '"Nord, Ada" <ada@example.org>;',
    "'Ada @ Nord' <mailto:ada@example.org>",
    "ada@example.org <ada@example.org>",
    "<ada@example.org>",
    '"ada@example.org"',
    "(ada@example.org)",
    "ada@example.org,",
    "ada@example.org ; ",
    "ada@example.org.",
    "ada\uff20example.org",
    "\uff41da@example\uff0eorg",
    "ada@example\u3002org",
]


@pytest.mark.parametrize("text", ADDRESSES)
def test_bare_address_is_what_was_pasted_around(text):
    assert bare_address(text) == "ada@example.org"


def test_bare_address_keeps_what_belongs_to_an_address():
    assert bare_address("mailto:O'Neill+x@Bücher.example") == "O'Neill+x@Bücher.example"


@pytest.mark.parametrize(
    "text",
    [
        "ada@example.org; eve@example.org",
        "ada@example.org, Eve <eve@example.org>",
        "ada@example.org <eve@example.org>",
        "Ada <ada@example.org> Eve <eve@example.org>",
        "ada nord@example.org",
        "write to ada@example.org",
        "ada@example.org\nBcc: eve@example.org",
        "mailto:ada@example.org%0ABcc:eve@example.org",
    ],
)
def test_bare_address_never_chooses_between_two_or_drops_words(text):
    assert bare_address(text) not in {"ada@example.org", "eve@example.org", "nord@example.org"}
