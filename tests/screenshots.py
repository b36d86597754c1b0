"""The pictures of README's tour, taken from the running site: `python -m tests.screenshots [FOLDER]`.

Starts the site in a folder of its own, registers an invented person, approves them and moves the session, and takes a
picture of each page on the way. Needs Chromium.
"""

import io
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.checks import sign_in, wait_for_gate
from tests.browser.conftest import FLAGS
from tests.programs import find_chromium
from tests.running_site import ROOT, RunningSite

TOUR = ROOT / "tests" / "tour"
DESKTOP = {"viewport": {"width": 1280, "height": 800}}
PHONE = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 1.5}
DARK = {"color_scheme": "dark"}
HERE = {"locale": "en-GB", "timezone_id": "Europe/Brussels", "reduced_motion": "reduce"}
WEBINAR = "/webinars/covid-19-industrial-cluster-response/"
REGISTER = f"{WEBINAR}register/"
EMAIL = "zoe.simkova@example.org"
NORWAY = "kari.nordmann@example.org"
PEOPLE = "12"
QUALITY = 70  # of WebP, where text is still sharp


@dataclass
class Tour:
    """Takes pictures of pages of one site into one folder."""

    browser: Browser
    site: RunningSite
    folder: Path

    @contextmanager
    def window(self, **kind: object) -> Iterator[Page]:
        """Open a window of some kind."""
        context = self.browser.new_context(base_url=self.site.base_url, **HERE, **kind)
        yield context.new_page()
        context.close()

    def picture(self, page: Page, name: str) -> None:
        """Keep what the window shows as `<name>.webp`, as soon as all of it is there."""
        page.wait_for_load_state()  # of a page that still loads, Chromium at times refuses the picture
        picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
        picture.save(self.folder / f"{name}.webp", quality=QUALITY)

    def pictures(self, address: str, name: str) -> None:
        """Keep a page as it is on a desktop, on a phone, and in the dark."""
        for look, kind in {"desktop": DESKTOP, "phone": PHONE, "dark": DESKTOP | DARK}.items():
            with self.window(**kind) as page:
                page.goto(address)
                self.picture(page, f"{name}-{look}")


def take(folder: Path) -> None:
    """Take all pictures of the tour into a folder that is there, from a site made for it."""
    with (
        tempfile.TemporaryDirectory() as data,
        RunningSite(Path(data)) as site,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        tour = Tour(browser, site, folder)
        own = register(tour)
        refuse(tour)
        site.manage("seed_registrations", PEOPLE)
        decide(tour)
        tour.pictures("/", "home")
        tour.pictures(own, "my-registration")
        show_eligibility(tour)
        browser.close()


def fill_in(page: Page, name: str, email: str, country: str) -> None:
    """Fill in the form for an invented person."""
    first, last, organisation = name.split("|")
    page.goto(REGISTER)
    page.get_by_label("First name").fill(first)
    page.get_by_label("Family name").fill(last)
    page.get_by_label("Email address").fill(email)
    page.get_by_label("Organisation", exact=True).fill(organisation)
    page.get_by_label("Type of organisation").select_option("cluster_organisation")
    page.get_by_label("Country where").select_option(country)
    page.get_by_label("Solutions for dealing with").check()
    page.get_by_label("I have read the privacy statement").check()
    wait_for_gate(page)


def register(tour: Tour) -> str:
    """Register somebody from Czechia and confirm the address; return the address of their own page."""
    tour.pictures(REGISTER, "form")
    with tour.window(**DESKTOP) as page:
        fill_in(page, "Zoë|Šimková|Klastr Sever", EMAIL, "CZ")
        page.get_by_role("button", name="Send registration").click()
        mail = tour.site.wait_for_mails(1, EMAIL)[0].get_body(("plain",)).get_content()
        page.goto(re.search(r"http\S+/confirm/\S+/", mail)[0])
        page.get_by_role("button", name="Confirm my address").click()
        page.wait_for_url("**/r/**")
        return page.url


def refuse(tour: Tour) -> None:
    """Let somebody from a country on no list send the form."""
    with tour.window(**DESKTOP) as page:
        fill_in(page, "Kari|Nordmann|Klynge Nord", NORWAY, "NO")
        page.get_by_role("button", name="Send registration").click()
        page.get_by_role("heading", name="Why you cannot take part").scroll_into_view_if_needed()
        tour.picture(page, "refusal-desktop")


def decide(tour: Tour) -> None:
    """Approve what waits, with a look at the desk before and at the invitation afterwards."""
    with tour.window(**DESKTOP) as page:
        sign_in(page, "approver")
        tour.picture(page, "desk-desktop")
        page.goto("/admin/registrations/seat/?state__exact=requested")
        tour.picture(page, "seats-desktop")
        page.get_by_label("Select all objects on this page for an action").check()
        page.get_by_label("Action:").select_option(label="Approve")
        page.get_by_role("button", name="Go").click()
        tour.picture(page, "decision-desktop")
        page.get_by_role("button", name=re.compile("^Approve: ")).click()
        page.get_by_role("button", name="Release now").click()
        tour.site.wait_for_mails(3, EMAIL)
        page.goto("/mailbox/")
        page.get_by_role("link", name=re.compile("^Invitation")).first.click()
        tour.picture(page, "invitation-desktop")


def show_eligibility(tour: Tour) -> None:
    """Show who may take part, as a list and as a map."""
    address = "/eligibility/?on=2020-04-28"
    tour.pictures(address, "eligibility")
    with tour.window(**DESKTOP) as page:
        page.goto(address)
        page.locator(".tilemap").scroll_into_view_if_needed()
        tour.picture(page, "map-desktop")


if __name__ == "__main__":
    place = Path(sys.argv[1]) if sys.argv[1:] else TOUR
    place.mkdir(parents=True, exist_ok=True)
    take(place)
