"""Words of one language on a page in another: marked where they differ, escaped everywhere."""

import pytest
from django.utils import translation
from django.utils.html import format_html

from eligibility import datafiles
from eligibility.labels import LIST_TITLES, list_title
from eligibility.templatetags.eligibility_tags import list_title_html
from webinar_site.foundation.languages import in_language


def test_text_in_the_language_of_the_reader_comes_back_as_it_is():
    assert in_language("A & B", "en") == "A & B"


def test_text_in_another_language_says_so():
    with translation.override("fr"):
        assert in_language("A & B", "en") == '<span lang="en">A &amp; B</span>'
        assert in_language(format_html("<b>{}</b>", "A"), "en") == '<span lang="en"><b>A</b></span>'


def test_titles_of_the_lists_that_come_along_are_known():
    assert {edition.title for edition in datafiles.read_data_files().editions} == LIST_TITLES


@pytest.mark.parametrize("language", ["fr", "de"])
def test_title_of_a_list_that_comes_along_is_in_the_language_of_the_reader(language):
    with translation.override(language):
        for title in LIST_TITLES:
            assert list_title(title) != title
            assert list_title_html(title) == list_title(title)


def test_title_that_staff_gave_a_list_is_marked():
    with translation.override("de"):
        assert list_title("Mine & ours") == "Mine & ours"
        assert list_title_html("Mine & ours") == '<span lang="en">Mine &amp; ours</span>'
