"""What a worker does whenever it is woken, apart from delivering mail: a table of what may be due, then all jobs."""

from collections.abc import Callable
from datetime import datetime

from registrations.services.decisions.undecided import close_ended_sessions
from registrations.services.history.anchors import anchor_history
from registrations.services.jobs.runner import work_one_chunk
from registrations.services.overrides.expiry import lapse_overrides
from registrations.services.people.confirmation import expire_unconfirmed
from registrations.services.people.limits import forget_attempts
from registrations.services.privacy.erasure import wipe_finished_mails
from registrations.services.reports.daily_summary import warn_of_undecided, write_daily_summary
from registrations.services.sessions.reminder_job import start_due_reminders
from registrations.services.verdicts.reassessment import start_reassessment
from registrations.services.waiting_list.promotion import start_promotions

# Each looks for itself whether anything is due at this moment (aware), in this order.
DUE: tuple[Callable[[datetime], object], ...] = (
    expire_unconfirmed,
    forget_attempts,
    lambda _now: wipe_finished_mails(),
    close_ended_sessions,
    start_reassessment,
    start_due_reminders,
    start_promotions,
    lapse_overrides,
    warn_of_undecided,
    write_daily_summary,
    anchor_history,
)


def run(now: datetime, *, stop: Callable[[], bool] = lambda: False) -> None:
    """Do everything that is due: expiry, closings, promotions, words to staff, all jobs.

    Harmless to run twice, or in many workers at once. `stop` is asked between chunks.
    """
    for act in DUE:
        act(now)
    while not stop() and work_one_chunk(now):
        pass
