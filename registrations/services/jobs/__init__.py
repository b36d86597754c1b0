"""Jobs: one row per act that touches many people, held for some minutes, then done in chunks.

Each kind has one record (`kinds.py`) in a file beside its subject; a new kind is one more, and its value in the model.
"""

from registrations.services.jobs.kinds import kind_of, left_of
from registrations.services.jobs.notes import note_of
from registrations.services.jobs.stopping import release_job, stop_job, waits_for

__all__ = [
    # Return the record of a job's kind.
    "kind_of",
    # Count the rows that a job has still to look at.
    "left_of",
    # Return why a job left a row alone.
    "note_of",
    # Return the later job that a held one leaves its window with.
    "waits_for",
    # Let a job that waits in its window go now.
    "release_job",
    # Stop a job before its next chunk.
    "stop_job",
]
