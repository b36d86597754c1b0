"""Files that are whole or not there."""

import errno
import stat

import pytest

from webinar_site.foundation.whole_files import write_whole


@pytest.mark.parametrize("before", [None, b"before"], ids=["new", "there before"])
def test_write_whole_writes_the_file_and_nothing_beside(tmp_path, before):
    path = tmp_path / "file"
    if before is not None:
        path.write_bytes(before)

    write_whole(path, b"after")

    assert [(each.name, each.read_bytes()) for each in tmp_path.iterdir()] == [("file", b"after")]


def test_write_whole_is_for_its_owner_alone_unless_a_mode_is_given(tmp_path):
    write_whole(tmp_path / "closed", b"")
    write_whole(tmp_path / "open", b"", mode=0o644)

    modes = [stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("closed", "open")]
    assert modes == [0o600, 0o644]


def test_write_whole_on_a_full_disk_leaves_everything_as_it_was(tmp_path, full_disk):
    path = tmp_path / "file"
    with path.open("wb") as file:
        file.write(b"before")

    with pytest.raises(OSError) as failure:  # noqa: PT011  # which one is asserted below
        write_whole(path, b"after")

    assert failure.value.errno == errno.ENOSPC
    assert [(each.name, each.read_bytes()) for each in tmp_path.iterdir()] == [("file", b"before")]
