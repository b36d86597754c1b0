"""Lighthouse as it comes with every Chromium: one browser shows the page, another drives the tools."""

import json
import subprocess
import urllib.request
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser

from tests.running_site import wait_until

WEBINAR = "/webinars/covid-19-industrial-cluster-response/"
# What search engines may find: every public page that is about nobody.
PAGES = [
    "/",
    f"{WEBINAR}agenda/",
    f"{WEBINAR}register/",
    f"{WEBINAR}my-link/",
    "/eligibility/?on=2020-04-28",
    "/eligibility/XK/?on=2020-04-28",
    "/privacy/",
    "/cookies/",
    "/accessibility/",
]
# A webinar, the form, the map, a text: the others are made like these, and axe and the checker of HTML see all of them.
LAYOUTS = ["/", f"{WEBINAR}register/", "/eligibility/?on=2020-04-28", "/privacy/"]
START_TIME = 60  # seconds; the machine may be busy
AUDIT_TIME = 180
MOST_TRIES = 3
# The tools keep their report to themselves: it comes from a worker, on whose messages we listen in.
LISTEN_IN = """
window.reports = [];
window.Worker = class extends Worker {
  constructor(...options) {
    super(...options);
    this.addEventListener("message", ({ data }) => { if (data.result?.lhr) window.reports.push(data.result.lhr); });
  }
};
"""


@contextmanager
def lighthouse(chromium: str, flags: list[str], profile: Path, browser: Browser) -> Iterator["Lighthouse"]:
    """Run a Chromium that shows what is audited; `browser` opens the developer tools, `profile` is an empty folder."""
    options = [
        *flags,
        "--headless=new",
        "--remote-debugging-port=0",
        "--remote-allow-origins=*",
        f"--user-data-dir={profile}",
    ]
    port_file = profile / "DevToolsActivePort"
    with (profile / "said.log").open("w") as said:
        process = subprocess.Popen([chromium, *options, "about:blank"], stdout=said, stderr=said)
    try:
        wait_until(
            lambda: port_file.exists() and "\n" in port_file.read_text(),
            START_TIME,
            (profile / "said.log").read_text,
        )
        yield Lighthouse(f"127.0.0.1:{port_file.read_text().split()[0]}", browser)
    finally:
        process.terminate()
        process.wait(30)


class Lighthouse:
    """Audits pages as the panel of the developer tools does."""

    def __init__(self, host: str, browser: Browser) -> None:
        self.host = host
        self.browser = browser

    def audit(self, url: str, device: str, without: Iterable[str] = ()) -> dict[str, Any]:
        """Return Lighthouse's report on a page that is loaded for it; `device` is Mobile or Desktop.

        `without` names categories that are left out, as the panel writes them. Lighthouse may say that its recording
        failed and that it wants to be run again: it is, and where that does not help, this raises RuntimeError.
        """
        for _try in range(MOST_TRIES):
            report = self._audit(url, device, without)
            if report["runtimeError"] is None:
                return report
        raise RuntimeError(report["runtimeError"]["message"])

    def _audit(self, url: str, device: str, without: Iterable[str]) -> dict[str, Any]:
        target = json.loads(self._ask("PUT", f"new?{url}"))["id"]
        tools = self.browser.new_page(bypass_csp=True)
        tools.add_init_script(LISTEN_IN)
        try:
            tools.goto(
                f"http://{self.host}/devtools/devtools_app.html?ws={self.host}/devtools/page/{target}&panel=lighthouse"
            )
            tools.get_by_role("radio", name=device).check()
            for category in without:
                tools.get_by_role("checkbox", name=category).uncheck()
            tools.get_by_role("button", name="Analyze page load").click()
            tools.wait_for_function("window.reports.length", timeout=AUDIT_TIME * 1000)
            return tools.evaluate("window.reports[0]")
        finally:
            tools.close()
            self._ask("GET", f"close/{target}")

    def _ask(self, method: str, what: str) -> bytes:
        request = urllib.request.Request(f"http://{self.host}/json/{what}", method=method)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.read()


def missed(report: dict[str, Any]) -> dict[str, list[str]]:
    """Return by category what costs a page points, in Lighthouse's words; nothing where it gets all of them."""
    return {
        name: [
            f"{audit['title']}: {audit.get('displayValue', audit['score'])}"
            for audit in (report["audits"][part["id"]] for part in category["auditRefs"] if part["weight"])
            if category["score"] != 1 and audit["score"] not in (None, 1)
        ]
        for name, category in report["categories"].items()
    }
