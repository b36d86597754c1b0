"""Lighthouse on the pages that search engines may find: all points for what does not depend on the machine's speed.

`python -m tests.benchmarks.lighthouse` takes all of them, and measures the fourth category, performance, with the
machine to itself.
"""

import pytest

from tests.browser.conftest import FLAGS
from tests.browser.lighthouse import LAYOUTS, lighthouse, missed

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def audit(chromium, browser, tmp_path_factory):
    """Return a function that audits an address."""
    with lighthouse(chromium, FLAGS, tmp_path_factory.mktemp("audited"), browser) as running:
        yield running.audit


@pytest.mark.parametrize("address", LAYOUTS)
def test_page_gets_all_points(audit, site, address):
    report = audit(f"{site.base_url}{address}", "Mobile", without=["Performance"])

    assert missed(report) == {"accessibility": [], "best-practices": [], "seo": []}
