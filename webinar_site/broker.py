"""The embedded broker: Celery's messages as files in one folder, for a site without Redis.

Kombu's own filesystem transport writes a message under its final name, so that a worker can read half of it (and end),
and changes its table of queues in place. Here both are written aside and renamed, a message belongs to whoever removes
its file, and changes of the table take turns. Nothing that lies in the folders ends a worker: what is no message is
thrown away, because every message only wakes a worker, and the next sweep wakes one too.
"""

import fcntl
import logging
import os
import uuid
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from queue import Empty
from time import time_ns
from typing import Any

from kombu.transport import filesystem
from kombu.transport.filesystem import exchange_queue_t
from kombu.utils.json import dumps, loads

from webinar_site.foundation.whole_files import write_whole

logger = logging.getLogger(__name__)

LONGEST_WAIT = 0.2  # seconds; Celery would wait for two


def _write(path: Path, content: Any) -> None:
    """Write a message or a table, for every account that may read the folder."""
    write_whole(path, dumps(content).encode(), mode=0o666)


class Channel(filesystem.Channel):
    """A channel whose messages and bindings are whole or not there."""

    def _put(self, queue: str, payload: Any, **kwargs: Any) -> None:
        """Put one message on the queue."""
        _write(self._folder / f"{time_ns():020}_{uuid.uuid4()}.{queue}.msg", payload)

    def _get(self, queue: str) -> Any:
        """Take the oldest message of the queue that is still of use; raise Empty where there is none.

        What has expired goes on the way, all in one look at the folder: after a long stop there are thousands.
        """
        for name in self._names():
            if name.partition(".")[2] != f"{queue}.msg":
                continue
            path = self._folder / name
            try:
                content = path.read_bytes()
                path.unlink()
            except OSError:
                continue  # somebody else was faster, or it is no file that we may read and remove
            payload = self._read(content)
            if payload is not None:
                return payload
        raise Empty

    def _names(self) -> list[str]:
        """Return the names in the folder, oldest first; none where there is no folder."""
        with suppress(OSError):
            return sorted(os.listdir(self._folder))  # noqa: PTH208 - a Path of each would be far slower
        return []

    def _read(self, content: bytes) -> Any:
        """Return what a worker can receive; None for what is no message, and for one that has expired."""
        try:
            payload = loads(content.decode())
            expires = self.Message(payload, channel=self).headers.get("expires")
            is_over = bool(expires) and datetime.fromisoformat(expires) <= datetime.now(UTC)
        except Exception as error:  # noqa: BLE001  # whatever reading stumbles over would end the worker
            logger.warning("A broken message was thrown away: %s", type(error).__name__)
            return None
        return None if is_over else payload

    def get_table(self, exchange: str) -> list[exchange_queue_t]:
        """Return the queues bound to the exchange, by any process; none where the table cannot be read."""
        path = self._exchange_file(exchange)
        try:
            return [exchange_queue_t(*row) for row in loads(path.read_text())]
        except FileNotFoundError:
            return []
        except Exception as error:  # noqa: BLE001  # workers bind their queues again when they start
            logger.warning("The table of an exchange cannot be read: %s", type(error).__name__)
            return []

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

    def drain_events(self, connection: Any, timeout: float | None = None) -> None:
        """Wait for a message, raising TimeoutError soon: a worker asks only between two waits whether to stop."""
        super().drain_events(connection, None if timeout is None else min(timeout, LONGEST_WAIT))
