"""Take Lighthouse's points of the public pages: `python -m tests.benchmarks.lighthouse [address …]`.

Runs the site as `quickstart` does, and Chromium. Leave the machine to it: whatever else runs makes pages slower. So a
page is measured up to five times until it has all points, and the best time counts; the figures go to standard output.
"""

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.browser.conftest import FLAGS
from tests.browser.lighthouse import PAGES, Lighthouse, lighthouse, missed
from tests.programs import find_chromium
from tests.running_site import RunningSite

TIMES = 5


def measure(audit: Lighthouse, url: str, device: str) -> str:
    """Return the best points of a page, how often it was measured, and what it then lacks."""
    best: dict[str, int] = {}
    for times in range(1, TIMES + 1):  # noqa: B007
        report = audit.audit(url, device)
        points = {name: round(category["score"] * 100) for name, category in report["categories"].items()}
        if sum(points.values()) > sum(best.values()):
            best, lacks = points, missed(report)
        if set(best.values()) == {100}:
            break
    words = "; ".join(what for found in lacks.values() for what in found)
    return f"{'/'.join(map(str, best.values()))} in {times}  {words}"


def main(addresses: list[str], folder: Path, browser: Browser, chromium: str) -> None:
    """Measure every page on a telephone and on a desktop."""
    profile = folder / "profile"
    profile.mkdir()
    with RunningSite(folder / "site") as site, lighthouse(chromium, FLAGS, profile, browser) as audit:
        for address in addresses:
            for device in ("Mobile", "Desktop"):
                points = measure(audit, f"{site.base_url}{address}", device)
                print(f"{device:<8} {address:<64} {points}", flush=True)  # noqa: T201


if __name__ == "__main__":
    found = find_chromium() or sys.exit("This needs Chromium (Debian: apt-get install chromium).")
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=found, args=FLAGS)
        main(sys.argv[1:] or PAGES, Path(name), running, found)
        running.close()
