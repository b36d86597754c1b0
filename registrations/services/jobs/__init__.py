"""Jobs: one row per act that touches many people, held for some minutes, then done in chunks."""

from registrations.services.jobs.notes import note_of

__all__ = [
    # Return why a job left a row alone.
    "note_of",
]
