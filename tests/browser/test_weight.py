"""What the pages weigh on the wire, served as in production: gunicorn, WhiteNoise, compression."""

import re

import pytest

pytestmark = pytest.mark.browser

REGISTER = "/webinars/covid-19-industrial-cluster-response/register/"
MOST_BYTES = 15 * 1024
NEW_VISITOR = {"viewport": {"width": 390, "height": 844}}


@pytest.fixture
def transfers(browser, site):
    """Open the form with an empty cache, and return address, size on the wire and headers of each answer.

    The icon is the browser's own wish, for the tab, after the page is there.
    """
    context = browser.new_context(base_url=site.base_url, **NEW_VISITOR)
    page = context.new_page()
    network = context.new_cdp_session(page)
    network.send("Network.enable")
    received, sizes = {}, {}
    network.on(
        "Network.responseReceived", lambda event: received.update({event["requestId"]: event["response"]})
    )
    network.on(
        "Network.loadingFinished",
        lambda event: sizes.update({event["requestId"]: event["encodedDataLength"]}),
    )
    page.goto(REGISTER, wait_until="networkidle")
    answers = [
        (received[request]["url"], size, received[request]["headers"]) for request, size in sizes.items()
    ]
    yield [answer for answer in answers if "/flag." not in answer[0]]
    context.close()


def test_form_with_everything_it_needs_is_light(transfers):
    names = [re.sub(r"\.[0-9a-f]{12}\.", ".", url.rsplit("/", 1)[1]) for url, _size, _headers in transfers]

    assert sorted(names) == ["", "site.css", "site.js"]
    assert sum(size for _url, size, _headers in transfers) <= MOST_BYTES


def test_page_and_static_files_are_compressed_and_files_kept_for_ever(transfers):
    (page,) = (headers for url, _size, headers in transfers if url.endswith("/"))
    files = [answer for answer in transfers if not answer[0].endswith("/")]

    assert [headers["Content-Encoding"] for _url, _size, headers in transfers] == ["gzip"] * len(transfers)
    assert "Accept-Encoding" in page["Vary"]
    assert all(re.search(r"/static/\w+\.[0-9a-f]{12}\.(css|js)$", url) for url, _size, _headers in files)
    assert {headers["Cache-Control"] for _url, _size, headers in files} == {
        "max-age=315360000, public, immutable"
    }
