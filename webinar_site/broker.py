"""The embedded broker: Celery's messages as files in one folder, for a site without Redis.

Kombu's own filesystem transport writes a message under its final name, so that a worker can read half of it
(and end), and changes its table of queues in place. Here both are written aside and renamed, a message belongs
to whoever removes its file, and changes of the table take turns.
"""

import fcntl
import os
import uuid
from collections.abc import Callable
from pathlib import Path
from queue import Empty
from time import time_ns
from typing import Any

from kombu.transport import filesystem
from kombu.transport.filesystem import exchange_queue_t
from kombu.utils.json import dumps, loads


def _write(path: Path, content: Any) -> None:
    """Write aside and rename, so that nobody ever reads half a file."""
    aside = path.with_name(f"{uuid.uuid4()}.tmp")
    aside.write_text(dumps(content))
    aside.replace(path)


class Channel(filesystem.Channel):
    """A channel whose messages and bindings are whole or not there."""

    def _put(self, queue: str, payload: Any, **kwargs: Any) -> None:
        """Put one message on the queue."""
        _write(self._folder / f"{time_ns():020}_{uuid.uuid4()}.{queue}.msg", payload)

    def _get(self, queue: str) -> Any:
        """Take the oldest message of the queue; raise Empty where there is none."""
        for name in sorted(os.listdir(self._folder)):  # noqa: PTH208 - a Path of each would be far slower
            if name.partition(".")[2] != f"{queue}.msg":
                continue
            path = self._folder / name
            try:
                content = path.read_bytes()
                path.unlink()
            except FileNotFoundError:
                continue  # somebody else was faster
            return loads(content.decode())
        raise Empty

    def get_table(self, exchange: str) -> list[exchange_queue_t]:
        """Return the queues bound to the exchange, by any process."""
        path = self._exchange_file(exchange)
        return [exchange_queue_t(*row) for row in loads(path.read_text())] if path.exists() else []

    def _queue_bind(self, exchange: str, routing_key: str, pattern: str, queue: str) -> None:
        binding = exchange_queue_t(routing_key or "", pattern or "", queue or "")
        self._change_table(exchange, lambda table: table if binding in table else [binding, *table])

    def _delete(
        self, queue: str, exchange: str, routing_key: str, pattern: str, *args: Any, **kwargs: Any
    ) -> None:
        self._purge(queue)
        binding = exchange_queue_t(routing_key or "", pattern or "", queue or "")
        self._change_table(exchange, lambda table: [row for row in table if row != binding])

    def _change_table(
        self, exchange: str, change: Callable[[list[exchange_queue_t]], list[exchange_queue_t]]
    ) -> None:
        with (self.control_folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # let go when the file is closed, also by kill -9
            _write(self._exchange_file(exchange), change(self.get_table(exchange)))

    @property
    def _folder(self) -> Path:
        return Path(self.data_folder_in)


class Transport(filesystem.Transport):
    """The transport behind the broker address `files://`; its folders are set as transport options."""

    Channel = Channel
    polling_interval = 0.1

    def __init__(self, client: Any, **kwargs: Any) -> None:
        """Make the folders that the transport options name."""
        super().__init__(client, **kwargs)
        for option in ("data_folder_in", "control_folder"):
            Path(client.transport_options[option]).mkdir(parents=True, exist_ok=True)
