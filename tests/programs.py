"""Programs of the machine that some tests need."""

import os
import shutil

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")
NO_CHROMIUM = (
    "browser tests were skipped: no Chromium was found. "
    "Install it (Debian: apt-get install chromium) or set CHROMIUM to its path."
)
NO_JAVA = "tests of valid HTML were skipped: no Java was found. Install it (Debian: apt-get install default-jre-headless)."


def find_chromium() -> str | None:
    """Return the path of a Chromium: the environment's CHROMIUM, else one on PATH."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)


def missing_programs() -> dict[str, str]:
    """Return the markers of tests that need a program which is not here, with what to say of them."""
    programs = {"browser": (find_chromium(), NO_CHROMIUM), "java": (shutil.which("java"), NO_JAVA)}
    return {marker: words for marker, (path, words) in programs.items() if not path}
