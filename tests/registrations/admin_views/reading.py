"""What tests read off the desk's own pages."""


def messages(response):
    """Return what was said to the member of staff, after the redirect."""
    return [str(message) for message in response.context["messages"]]


def words(response):
    """Return a page's text with single blanks."""
    return " ".join(response.content.decode().split())
