"""What tests read off the desk's own pages."""

import re


def messages(response):
    """Return what was said to the member of staff, after the redirect."""
    return [str(message) for message in response.context["messages"]]


def words(response):
    """Return a page's text with single blanks."""
    return " ".join(response.content.decode().split())


def hidden_in(response):
    """Return the hidden fields of a page's own form, by name."""
    content = response.text.partition('id="content"')[2]
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', content))


def fill_in(client, url, typed, **how):
    """Open a page, fill it in and send it, as somebody does whom nobody gets in between."""
    return client.post(url, hidden_in(client.get(url)) | typed, **how)
