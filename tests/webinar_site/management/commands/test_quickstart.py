"""Why quickstart may refuse to start: each time one clear sentence; what it does is in journeys/test_quickstart.py."""

import fcntl
import runpy
import socket
import stat
import sys

import pytest
from django.core.management import call_command

from webinar_site.management.commands import quickstart


def refusal(capsys, **options) -> tuple[int, str]:
    """Run quickstart, and return its exit code and what it said."""
    with pytest.raises(SystemExit) as end:
        call_command("quickstart", **options)
    return end.value.code, capsys.readouterr().err.strip()


def test_quickstart_refuses_a_taken_port(capsys, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]

        code, said = refusal(capsys, port=port, data=tmp_path)

    assert (code, said) == (
        2,
        f"Port {port} on 127.0.0.1 cannot be used (Address already in use); "
        "choose another with --port, or 0 for any free one.",
    )


@pytest.mark.parametrize("port", [-1, 65_536])
def test_quickstart_refuses_a_port_that_does_not_exist(capsys, tmp_path, port):
    code, said = refusal(capsys, port=port, data=tmp_path)

    assert (code, said) == (2, f"There is no port {port}; choose one from 1 to 65535, or 0 for any free one.")


def test_quickstart_refuses_a_folder_it_cannot_write_in(capsys, tmp_path):
    (tmp_path / "file").touch()

    code, said = refusal(capsys, port=0, data=tmp_path / "file")

    assert (code, said) == (2, f"Nothing can be written in {tmp_path}/file: Not a directory.")


def test_open_folder_closes_a_new_folder_to_others(tmp_path):
    folder = quickstart.open_folder(tmp_path / "new")

    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert [path.name for path in folder.iterdir()] == ["log"]


def test_quickstart_refuses_a_folder_where_it_runs_already(capsys, tmp_path):
    with (tmp_path / "quickstart.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)

        code, said = refusal(capsys, port=0, data=tmp_path)

    assert (code, said) == (2, f"The site is already running in {tmp_path}.")


def test_manage_refuses_an_old_python(monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 10, 9))
    monkeypatch.setattr(sys, "version", "3.10.9 (main)")

    with pytest.raises(SystemExit) as end:
        runpy.run_path("manage.py", run_name="__main__")

    assert end.value.code == "This site needs Python 3.11 or newer; this is Python 3.10.9."


def test_keep_secret_key_makes_one_that_only_its_owner_reads(tmp_path, monkeypatch):
    monkeypatch.delenv("SECRET_KEY")

    quickstart.keep_secret_key(tmp_path)
    made = (tmp_path / "secret_key").read_text()
    quickstart.keep_secret_key(tmp_path)

    assert len(made) > 50
    assert (tmp_path / "secret_key").read_text() == made
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600


def test_keep_secret_key_makes_none_where_one_is_given(tmp_path, monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "given")

    quickstart.keep_secret_key(tmp_path)

    assert list(tmp_path.iterdir()) == []
