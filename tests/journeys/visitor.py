"""Somebody at a keyboard, without a browser: opens pages of a running site and sends its forms."""

import re
import time
from html import unescape
from http import HTTPStatus
from http.cookiejar import CookieJar
from urllib.error import HTTPError
from urllib.parse import urlencode, urljoin, urlsplit
from urllib.request import HTTPCookieProcessor, HTTPRedirectHandler, Request, build_opener

TIMEOUT = 20  # seconds
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')


class Page:
    """One answer of the site: where it came from in the end, its status, its text."""

    def __init__(self, url: str, status: int, body: bytes) -> None:
        self.url = url
        self.status = status
        self.body = body
        self.text = body.decode("utf-8", "replace")

    def link(self, pattern: str) -> str:
        """Return the first address on the page that matches a regular expression."""
        found = re.search(pattern, self.text)
        assert found, f"no {pattern} on {self.url}"
        return found.group(0)


class _Redirects(HTTPRedirectHandler):
    """Sends what was sent once more where the site says 307, as every browser does."""

    def redirect_request(self, req, fp, code, msg, headers, newurl):
        if code == HTTPStatus.TEMPORARY_REDIRECT:
            return Request(newurl, data=req.data, headers=req.headers)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


class Visitor:
    """Keeps cookies, follows redirects, fills in forms as a browser does."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url
        self._opener = build_opener(HTTPCookieProcessor(CookieJar()), _Redirects)

    def open(self, address: str) -> Page:
        """Open a page."""
        return self._send(Request(urljoin(self.base_url, address)))

    def send(self, address: str, **fields: object) -> Page:
        """Open a page and send the form on it with its hidden fields and these; a list sends a field several times."""
        form = self.open(address)
        if 'name="opened"' in form.text:
            time.sleep(2)  # as fast as the gate believes that somebody fills in a form
        hidden = {name: unescape(value) for name, value in HIDDEN.findall(form.text)}
        assert "csrfmiddlewaretoken" in hidden, f"no form on {form.url} ({form.status})"
        data = urlencode({**hidden, **fields}, doseq=True).encode()
        site = urlsplit(form.url)
        headers = {"Origin": f"{site.scheme}://{site.netloc}", "Referer": form.url}
        return self._send(Request(form.url, data=data, headers=headers))

    def press(self, page: Page, button: str) -> Page:
        """Send the form without fields that a button belongs to, as a page's Stop button; return what follows."""
        forms = re.findall(r'<form method="post" action="([^"]+)">(.*?)</form>', page.text, re.DOTALL)
        found = [(action, body) for action, body in forms if f">{button}</button>" in body]
        assert len(found) == 1, f"no button {button} on {page.url}"
        address = urljoin(page.url, found[0][0])
        site = urlsplit(address)
        headers = {"Origin": f"{site.scheme}://{site.netloc}", "Referer": page.url}
        data = urlencode(HIDDEN.findall(found[0][1])).encode()
        return self._send(Request(address, data=data, headers=headers))

    def _send(self, request: Request) -> Page:
        try:
            with self._opener.open(request, timeout=TIMEOUT) as answer:
                return Page(answer.url, answer.status, answer.read())
        except HTTPError as answer:
            with answer:
                return Page(answer.url, answer.code, answer.read())
