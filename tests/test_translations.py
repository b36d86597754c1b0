"""Every language of the site is complete: what the code says, the catalogues say too, in the same shape."""

import os
import re
import shutil
from importlib import import_module

import polib
import pytest
from django.conf import settings
from django.core.management import call_command

from tests.catalogues import LANGUAGES, LOCALE, PLACEHOLDERS, catalogue, path_of
from tests.running_site import ROOT

READ = ("eligibility", "registrations", "webinar_site", "templates")
TAGS = re.compile(r"<[^>]+>")
TRANSLATED = re.compile(r"\{% (blocktranslate|comment)\b.*?\{% end\1 %\}", re.DOTALL)
BRACES = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", re.DOTALL)
TEMPLATES = sorted(
    file.relative_to(ROOT / "templates") for file in (ROOT / "templates").rglob("*") if file.is_file()
)
IMPORT = re.compile(r"^from django\.utils\.translation import (.*)$", re.MULTILINE)
COUNT = re.compile(r"nplurals=(\d+)")
UPDATE = "UPDATE_TRANSLATIONS=1 python -m pytest tests/test_translations.py -k compiled"


def keys(entries):
    """Return what a translation is found by."""
    return {(entry.msgctxt, entry.msgid, entry.msgid_plural) for entry in entries}


def name(entry):
    return f"{entry.msgctxt or ''} {entry.msgid}".strip()


def pairs(language):
    """Yield each translation with the English it is of, which are two texts where it depends on a number.

    In French the first form stands for none too, so it may name the number where the English singular says “one”.
    """
    for entry in catalogue(language):
        for text in entry.msgstr_plural.values() if entry.msgid_plural else [entry.msgstr]:
            yield text, [entry.msgid, entry.msgid_plural or entry.msgid]


def test_what_marks_a_text_has_a_name_that_gettext_knows():
    """A text marked by another name is read by no extraction, so nobody would notice that it is in English."""
    files = [file for room in READ for file in (ROOT / room).rglob("*.py")]
    imports = [line for file in files for line in IMPORT.findall(file.read_text(encoding="utf-8"))]

    assert "gettext_lazy as _" in imports
    assert [line for line in imports if " as " in line and not line.endswith(" as _")] == []


def literal_words(template):
    """Return the words of a template that are there in every language: its text and its attributes for people."""
    ours = BRACES.sub(" ", TRANSLATED.sub(" ", template))
    attributes = re.findall(r'(?:alt|aria-label|placeholder|title)="([^"]*)"', ours)
    text = re.sub(r"<(style|code)\b.*?</\1>|<[^>]*>|&\w+;", " ", ours, flags=re.DOTALL)
    return [word for words in (text, *attributes) for word in re.findall(r"[^\W\d_]{2,}", words)]


def test_templates_say_nothing_in_one_language_only():
    said = {
        file: literal_words((ROOT / "templates" / file).read_text(encoding="utf-8")) for file in TEMPLATES
    }

    assert said == {file: [] for file in TEMPLATES}


@pytest.fixture(scope="module")
def extracted(tmp_path_factory):
    """Return the entries that the code and templates have now, read from a copy of them."""
    if not shutil.which("xgettext"):
        pytest.skip("no xgettext found; Debian: apt-get install gettext")
    place = tmp_path_factory.mktemp("extraction")
    for room in READ:
        shutil.copytree(ROOT / room, place / room, ignore=shutil.ignore_patterns("locale", "__pycache__"))
    before, paths = os.getcwd(), settings.LOCALE_PATHS  # noqa: PTH109
    try:
        os.chdir(place)
        settings.LOCALE_PATHS = [place / "locale"]
        call_command("makemessages", locale=["xx"], verbosity=0)
    finally:
        os.chdir(before)
        settings.LOCALE_PATHS = paths
    return polib.pofile(str(place / "locale" / "xx" / "LC_MESSAGES" / "django.po"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_catalogue_has_what_the_code_says_and_nothing_else(extracted, language):
    there = keys(entry for entry in catalogue(language) if not entry.obsolete)

    assert {"missing": keys(extracted) - there, "gone": there - keys(extracted)} == {
        "missing": set(),
        "gone": set(),
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_empty_uncertain_or_obsolete(language):
    forms = int(COUNT.search(catalogue(language).metadata["Plural-Forms"])[1])

    bad = [
        name(entry)
        for entry in catalogue(language)
        if entry.obsolete
        or entry.fuzzy
        or not entry.translated()
        or (entry.msgid_plural and len(entry.msgstr_plural) != forms)
    ]

    assert bad == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "shape",
    [
        pytest.param(lambda text: sorted(PLACEHOLDERS.findall(text)), id="placeholders"),
        pytest.param(lambda text: sorted(TAGS.findall(text)), id="tags"),
        pytest.param(lambda text: text.count("\n"), id="lines"),
        pytest.param(
            lambda text: (text[: -len(text.lstrip(" \n"))], text[len(text.rstrip(" \n")) :]), id="ends"
        ),
    ],
)
def test_translation_has_the_shape_of_the_english(language, shape):
    wrong = [(english, text) for text, english in pairs(language) if shape(text) not in map(shape, english)]

    assert wrong == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_compiled_catalogue_says_what_the_catalogue_says(language):
    """Programs read the compiled file, which is committed so that nobody needs gettext to run the site."""
    compiled = path_of(language).with_suffix(".mo")
    if os.environ.get("UPDATE_TRANSLATIONS"):
        catalogue(language).save_as_mofile(str(compiled))

    found = {
        (*key, str(entry.msgstr), str(entry.msgstr_plural))
        for key, entry in entries(polib.mofile(str(compiled)))
    }
    expected = {
        (*key, str(entry.msgstr), str(entry.msgstr_plural)) for key, entry in entries(catalogue(language))
    }

    assert found == expected, UPDATE


def entries(messages):
    return [((entry.msgctxt, entry.msgid, entry.msgid_plural), entry) for entry in messages]


def test_there_are_catalogues_for_the_languages_of_the_site_only():
    assert sorted(folder.name for folder in LOCALE.iterdir()) == sorted(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_language_has_formats_and_legal_texts(language):
    formats = import_module(f"webinar_site.formats.{language}.formats")
    data = ROOT / "registrations" / "data"

    texts = {
        kind: (data / f"{kind}.{language}.txt").read_text(encoding="utf-8")
        for kind in ("privacy", "consents")
    }

    assert {"DATE_FORMAT", "TIME_FORMAT", "DATETIME_FORMAT"} <= vars(formats).keys()
    for kind, text in texts.items():
        english = (data / f"{kind}.en.txt").read_text(encoding="utf-8")
        assert text.count("\n\n") == english.count("\n\n")
        assert text.count("## ") == english.count("## ")
