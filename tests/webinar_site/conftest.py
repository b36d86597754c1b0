"""What the tests of the platform share: a disk that is full, a database that takes no writes."""

import errno
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import connection


@pytest.fixture
def full_disk(monkeypatch) -> None:
    """Let the disk be full after half of whatever is written."""
    write_bytes = Path.write_bytes

    def write(path: Path, data: bytes) -> int:
        write_bytes(path, data[: len(data) // 2])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, "write_bytes", write)


@pytest.fixture
def become_read_only(db) -> Iterator[Callable[[], None]]:
    """Return what lets the database of the test take no writes any more, as a standby or a read-only file does."""
    is_sqlite = connection.vendor == "sqlite"

    def become() -> None:
        connection.check_constraints()  # PostgreSQL looks at the rows that the test has made
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA query_only = ON" if is_sqlite else "SET TRANSACTION READ ONLY")

    yield become
    if is_sqlite:
        connection.connection.execute("PRAGMA query_only = OFF")  # whatever became of the transaction
