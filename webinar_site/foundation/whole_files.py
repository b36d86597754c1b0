"""Files that are whole or not there, whoever looks and whenever the disk is full."""

import uuid
from pathlib import Path


def write_whole(path: Path, data: bytes, *, mode: int = 0o600) -> None:
    """Write aside and rename, so that nobody ever reads half a file; `mode` is that of the new one, less the umask.

    Raises OSError where it cannot be written, and leaves nothing behind.
    """
    aside = path.with_name(f"{uuid.uuid4()}.tmp")
    try:
        aside.touch(mode=mode, exist_ok=False)
        aside.write_bytes(data)
        aside.replace(path)
    except BaseException:
        aside.unlink(missing_ok=True)
        raise
