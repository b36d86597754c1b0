"""What tests of pages read: addresses, the words of an answer, its messages and buttons."""

import re

from django.urls import reverse


def url(page: str, row) -> str:
    """Return the address of a page about a row."""
    return reverse(f"admin:eligibility_{page}", args=[row.pk])


def words(response) -> str:
    """Return what a page says, without its tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def messages(response) -> list[str]:
    """Return the messages a page shows."""
    return [str(message) for message in response.context["messages"]]


def tools(client, row) -> list[str]:
    """Return the buttons on the page of a row."""
    response = client.get(url(f"{row._meta.model_name}_change", row))
    return [str(tool.label) for tool in response.context["tools"]]
