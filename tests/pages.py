"""What a page says that it was drawn from, and a browser that opens a page before it sends it."""

import re
from typing import Any

from django.http import HttpResponse
from django.test import Client

HIDDEN = re.compile(r'<input type="hidden" name="((?:[\w-]+-)?(?:drawn|seen))" value="([^"]*)"')
TOKEN = re.compile(r"(?:^|-)(?:seen|drawn)$")


def drawn_in(html: str) -> dict[str, str]:
    """Return the hidden fields of a page that say what it was drawn from."""
    return dict(HIDDEN.findall(html))


def drawn_on(client: Client, address: str, given: Any = None) -> dict[str, str]:
    """Open a page, filled in so far as its address says, and return the same."""
    told_before = client.cookies.get("messages")
    response = client.get(address, given)
    if response.status_code == 302 and not (told_before and told_before.value):
        client.cookies.pop("messages", None)  # what the page before was told is nothing to this one
    return {} if response.streaming else drawn_in(response.content.decode())


class Browser(Client):
    """Opens a page before it sends it, as people do, unless what is sent says what it was drawn from."""

    def post(self, path: str, data: Any = None, *args: Any, **extra: Any) -> HttpResponse:
        """Send a page with the hidden fields that it has now, or has once it shows what would happen."""
        sent = {} if data is None else data
        if isinstance(sent, dict) and not any(TOKEN.search(name) for name in sent):
            tokens = drawn_on(self, path)
            if set(tokens) == {"drawn"}:
                tokens |= drawn_on(self, path, sent | tokens)
            sent = tokens | sent
        return super().post(path, sent, *args, **extra)


def was_changed(who: str = "", what: str = "", when: str = "20 April 2020, 10:00") -> str:
    """Return what a page says that was changed while it was open: by whom and how, where that is on record."""
    if not who:
        return (
            "What this page shows was changed while it was open, so nothing was done. What you filled in is still here: "
            "look at the page again, then send it."
        )
    return (
        f"While this page was open, {who} changed what it shows ({what} {when}), so nothing was done. What you filled in "
        "is still here: look at the page again, then send it."
    )
