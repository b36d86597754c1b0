"""README's tour: the command takes the pictures that README shows, in the size of those that are kept."""

import re

import pytest
from PIL import Image

from tests import screenshots
from tests.running_site import ROOT

MOST_BYTES = 1_500_000


def sizes(folder):
    """Return the size in pixels of each picture in a folder, by its name."""
    found = {}
    for file in folder.iterdir():
        with Image.open(file) as picture:
            found[file.name] = picture.size
    return found


@pytest.mark.browser
def test_command_takes_the_pictures_of_the_tour(tmp_path):
    screenshots.take(tmp_path)

    assert sizes(tmp_path) == sizes(screenshots.TOUR)


def test_readme_shows_each_picture_once_and_says_what_it_shows():
    shown = re.findall(r"!\[([^]]+)\]\(tests/tour/([^)]+)\)", (ROOT / "README.md").read_text())

    assert sorted(name for _words, name in shown) == sorted(sizes(screenshots.TOUR))
    assert len({words for words, _name in shown}) == len(shown)


def test_pictures_are_small():
    assert sum(file.stat().st_size for file in screenshots.TOUR.iterdir()) <= MOST_BYTES
