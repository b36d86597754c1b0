"""What an error of the database is about."""

import sqlite3

import psycopg
import pytest
from django.db import (
    DatabaseError,
    DataError,
    IntegrityError,
    InterfaceError,
    InternalError,
    OperationalError,
    transaction,
)

from registrations.models import Tally
from webinar_site.foundation.database_faults import ends_everything, is_out_of_reach


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (OperationalError("no connection"), True),
        (InterfaceError("the connection is closed"), True),
        (InternalError("the transaction is aborted"), False),
        (IntegrityError("a constraint"), False),
        (DataError("a value"), False),
        (ValueError("none of the database"), False),
        (None, False),
    ],
    ids=lambda value: type(value).__name__ if not isinstance(value, bool) else "",
)
def test_database_is_out_of_reach_by_the_kind_of_error(error, expected):
    assert is_out_of_reach(error) is expected


def test_read_only_database_is_out_of_reach_and_ends_everything(become_read_only):
    become_read_only()

    with pytest.raises(DatabaseError) as failure, transaction.atomic():
        Tally.objects.filter(count=0).update(count=1)

    assert (is_out_of_reach(failure.value), ends_everything(failure.value)) == (True, True)


def caused_by(cause: Exception, error: type[Exception] = OperationalError) -> Exception:
    """Return Django's error around one of the driver."""
    made = error()
    made.__cause__ = cause
    return made


def of_sqlite(name: str) -> Exception:
    """Return an error of SQLite under its name."""
    cause = sqlite3.OperationalError()
    cause.sqlite_errorname = name
    return caused_by(cause)


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (caused_by(psycopg.OperationalError("the connection is lost")), True),
        (caused_by(psycopg.errors.AdminShutdown()), True),
        (caused_by(psycopg.errors.CannotConnectNow()), True),
        (caused_by(psycopg.errors.DiskFull()), True),
        (caused_by(psycopg.InterfaceError("the connection is closed"), InterfaceError), True),
        (caused_by(psycopg.errors.DeadlockDetected()), False),
        (caused_by(psycopg.errors.LockNotAvailable()), False),
        (caused_by(psycopg.errors.QueryCanceled()), False),
        (caused_by(psycopg.errors.InFailedSqlTransaction(), InternalError), False),
        (of_sqlite("SQLITE_FULL"), True),
        (of_sqlite("SQLITE_IOERR_WRITE"), True),
        (of_sqlite("SQLITE_BUSY"), False),
        (IntegrityError("a constraint"), False),
        (ValueError("none of the database"), False),
    ],
    ids=lambda value: type(value.__cause__).__name__ if isinstance(value, Exception) else "",
)
def test_rows_go_on_unless_the_next_one_would_fail_as_well(error, expected):
    assert ends_everything(error) is expected
