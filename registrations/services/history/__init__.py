"""History: what happened, written once, sealed every night, and read as a list."""

from registrations.services.history.anchors import history_faults, is_anchor
from registrations.services.history.timeline import (
    NotAPlace,
    Place,
    chronicle,
    export_chronicle,
    what_happened,
)

__all__ = [
    # Where in a webinar's history a page starts.
    "Place",
    # Raised where an address names no such start.
    "NotAPlace",
    # Return a page of a webinar's history, newest first.
    "chronicle",
    # Return in words what an entry says.
    "what_happened",
    # Export a webinar's history as rows.
    "export_chronicle",
    # Find the entries that were changed or removed after they were sealed.
    "history_faults",
    # Say whether a hash is the seal of one of our days.
    "is_anchor",
]
