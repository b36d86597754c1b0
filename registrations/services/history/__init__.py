"""History: what happened, written once, sealed every night, and read as a list."""

from registrations.services.history.anchors import altered_rows, is_anchor
from registrations.services.history.timeline import (
    NotAPosition,
    Position,
    export_webinar_history,
    webinar_history,
    what_happened,
)

__all__ = [
    # Where in a webinar's history a page starts.
    "Position",
    # Raised where an address names no such start.
    "NotAPosition",
    # Return a page of a webinar's history, newest first.
    "webinar_history",
    # Return in words what an entry says.
    "what_happened",
    # Export a webinar's history as rows.
    "export_webinar_history",
    # Find the entries that were changed or removed after they were sealed.
    "altered_rows",
    # Say whether a hash is the seal of one of our days.
    "is_anchor",
]
