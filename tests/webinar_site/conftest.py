"""What the tests of the platform share: a disk that is full."""

import errno
import os
from pathlib import Path

import pytest


@pytest.fixture
def full_disk(monkeypatch) -> None:
    """Let the disk be full after half of whatever is written."""
    write_bytes = Path.write_bytes

    def write(path: Path, data: bytes) -> int:
        write_bytes(path, data[: len(data) // 2])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, "write_bytes", write)
