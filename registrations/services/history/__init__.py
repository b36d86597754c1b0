"""History: what happened, written once, sealed every night, and read as a list."""

from registrations.services.history.anchors import Fault, anchor_history, history_faults, is_anchor
from registrations.services.history.chronicle import Event, NotAPlace, Place, chronicle, export_chronicle

__all__ = [
    "NotAPlace",
    "Place",
    "Event",
    "chronicle",
    "export_chronicle",
    "Fault",
    "anchor_history",
    "is_anchor",
    "history_faults",
]
