"""What an error of the database is about: one statement, or the database as a whole."""

from django.db import InterfaceError, InternalError, OperationalError

READ_ONLY = "25006"  # SQLSTATE of PostgreSQL, as an InternalError; SQLite raises OperationalError
# No connection, no room, shut down, no disk. An error without a SQLSTATE is the driver's own: the connection is lost.
ENDING_STATES = ("08", "53", "57P", "58", READ_ONLY)
ENDING_NAMES = ("SQLITE_CANTOPEN", "SQLITE_FULL", "SQLITE_IOERR", "SQLITE_READONLY")


def is_out_of_reach(error: BaseException | None) -> bool:
    """Return whether the database cannot be asked just now, or takes no writes; the same may work a little later."""
    is_read_only = isinstance(error, InternalError) and _state(error) == READ_ONLY
    return is_read_only or isinstance(error, (OperationalError, InterfaceError))


def ends_everything(error: BaseException) -> bool:
    """Return whether the next row would fail in the same way; a lock that another one holds is no such error."""
    if not is_out_of_reach(error):
        return False
    name, state = getattr(error.__cause__, "sqlite_errorname", None), _state(error)
    if name is not None:
        return str(name).startswith(ENDING_NAMES)
    return state is None or state.startswith(ENDING_STATES)


def _state(error: BaseException) -> str | None:
    return getattr(error.__cause__, "sqlstate", None)
