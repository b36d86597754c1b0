"""The embedded broker: whole messages, none lost, none taken twice, with many processes at it."""

import multiprocessing
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from queue import Empty

import pytest
from django.conf import settings
from kombu import Connection, Exchange, Queue
from kombu.transport import filesystem
from kombu.utils.json import dumps

from webinar_site import broker

EACH = 1_000  # messages per producer: 2 producers, 2 consumers


@pytest.fixture(autouse=True)
def forget_other_folders():
    """Make the transport forget what it bound in another test's folder; a real process has one folder."""
    broker.Transport.global_state.clear()


def connect(folder: Path) -> Connection:
    return Connection(
        "files://localhost/",
        transport=broker.Transport,
        transport_options={
            "data_folder_in": str(folder / "queue"),
            "data_folder_out": str(folder / "queue"),
            "control_folder": str(folder / "control"),
        },
    )


def produce(folder: Path, name: str, count: int) -> None:
    with connect(folder) as connection, connection.SimpleQueue("bell") as queue:
        for number in range(count):
            queue.put(f"{name} {number}")


def consume(folder: Path, taken_by_this_one: Path, done) -> None:
    with (
        connect(folder) as connection,
        connection.SimpleQueue("bell") as queue,
        taken_by_this_one.open("w") as file,
    ):
        while True:
            finished = done.is_set()
            try:
                message = queue.get(block=False)
            except Empty:
                if finished:
                    return
                continue
            file.write(f"{message.payload}\n")
            message.ack()


def test_concurrent_processes_lose_nothing_and_take_nothing_twice(tmp_path):
    processes = multiprocessing.get_context("spawn")
    done = processes.Event()
    producers = [processes.Process(target=produce, args=(tmp_path, name, EACH)) for name in ("a", "b")]
    consumers = [
        processes.Process(target=consume, args=(tmp_path, tmp_path / name, done)) for name in ("c", "d")
    ]

    for process in producers + consumers:
        process.start()
    for process in producers:
        process.join(60)
    done.set()
    for process in consumers:
        process.join(60)

    taken = [line for name in ("c", "d") for line in (tmp_path / name).read_text().splitlines()]
    assert [process.exitcode for process in producers + consumers] == [0, 0, 0, 0]
    assert sorted(taken) == sorted(f"{name} {number}" for name in ("a", "b") for number in range(EACH))


def test_get_returns_messages_oldest_first_and_then_nothing(tmp_path):
    produce(tmp_path, "a", 3)

    with connect(tmp_path) as connection, connection.SimpleQueue("bell", no_ack=True) as queue:
        assert [queue.get(block=False).payload for _number in range(3)] == ["a 0", "a 1", "a 2"]
        with pytest.raises(Empty):
            queue.get(block=False)


def test_get_never_sees_a_message_that_is_half_written(tmp_path):
    with connect(tmp_path) as connection, connection.SimpleQueue("bell") as queue:
        (tmp_path / "queue" / "0_half.tmp").write_text('{"body": "cut o')

        with pytest.raises(Empty):
            queue.get(block=False)


def test_put_on_a_full_disk_leaves_no_half_message(tmp_path, full_disk):
    with connect(tmp_path) as connection, pytest.raises(OSError, match="No space left"):
        connection.SimpleQueue("bell")  # the table of queues is written as messages are

    produced = [path.name for folder in tmp_path.iterdir() for path in folder.iterdir()]
    assert produced == ["lock"]


def test_get_leaves_other_queues_alone(tmp_path):
    produce(tmp_path, "a", 1)

    with connect(tmp_path) as connection, connection.SimpleQueue("other") as queue, pytest.raises(Empty):
        queue.get(block=False)


def test_get_passes_over_a_message_that_another_took_in_between(tmp_path):
    produce(tmp_path, "a", 1)
    (tmp_path / "queue" / "00_first-in-the-list.bell.msg").symlink_to("gone")

    with connect(tmp_path) as connection, connection.SimpleQueue("bell", no_ack=True) as queue:
        assert queue.get(block=False).payload == "a 0"


def test_concurrent_bindings_are_all_kept(tmp_path):
    def bind(number: int) -> None:
        with connect(tmp_path) as connection:
            queue = Queue(f"reply{number}", Exchange("replies", type="fanout"))
            queue(connection.channel()).declare()

    threads = [threading.Thread(target=bind, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with connect(tmp_path) as connection:
        table = connection.channel().get_table("replies")
    assert sorted(binding.queue for binding in table) == sorted(f"reply{number}" for number in range(20))


def test_deleted_queue_is_unbound_and_emptied(tmp_path):
    with connect(tmp_path) as connection:
        channel = connection.channel()
        queue = Queue("reply", Exchange("replies", type="fanout"))(channel)
        queue.declare()
        connection.Producer().publish("hello", exchange="replies")

        queue.delete()

        assert channel.get_table("replies") == []
        assert list((tmp_path / "queue").iterdir()) == []


def message(**changes: object) -> str:
    """Return a message as the broker writes it, with other values at its top."""
    properties = {"delivery_tag": "1", "delivery_info": {"exchange": "", "routing_key": "bell"}}
    whole = {"body": "", "content-type": "application/json", "headers": {}, "properties": properties}
    return dumps({**whole, **changes})


BROKEN = [
    pytest.param(b"", id="empty"),
    pytest.param(b'{"body": "cut o', id="cut off"),
    pytest.param(b"\xff\xfe\x00", id="not UTF-8"),
    pytest.param(b"null", id="nothing"),
    pytest.param(b"[1, 2]", id="a list"),
    pytest.param(b'"ring"', id="a text"),
    pytest.param(b"{}", id="no properties"),
    pytest.param(message(properties=None).encode(), id="properties of nothing"),
    pytest.param(message(properties={}).encode(), id="no delivery tag"),
    pytest.param(message(headers=[1]).encode(), id="headers in a list"),
    pytest.param(message(headers={"expires": "soon"}).encode(), id="expires at no moment"),
    pytest.param(message(headers={"expires": "2020-04-20T08:00:00"}).encode(), id="expires nowhere"),
]


@pytest.mark.parametrize("content", BROKEN)
def test_broken_message_is_thrown_away_and_the_next_one_taken(tmp_path, content, caplog):
    produce(tmp_path, "a", 1)
    (tmp_path / "queue" / "00_broken.bell.msg").write_bytes(content)

    with connect(tmp_path) as connection, connection.SimpleQueue("bell", no_ack=True) as queue:
        assert queue.get(block=False).payload == "a 0"

    assert list((tmp_path / "queue").iterdir()) == []
    assert [record.getMessage().rpartition(":")[0] for record in caplog.records] == [
        "A broken message was thrown away"
    ]


def test_get_passes_over_what_is_no_file(tmp_path):
    produce(tmp_path, "a", 1)
    (tmp_path / "queue" / "00_folder.bell.msg").mkdir()

    with connect(tmp_path) as connection, connection.SimpleQueue("bell", no_ack=True) as queue:
        assert queue.get(block=False).payload == "a 0"


def test_get_passes_over_a_message_that_it_may_not_read(tmp_path, monkeypatch):
    produce(tmp_path, "a", 1)
    locked = tmp_path / "queue" / "00_locked.bell.msg"
    locked.write_text(message())
    read = Path.read_bytes

    def refuse(path: Path) -> bytes:
        if path == locked:
            raise PermissionError
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", refuse)  # the tests may run as root, who may read everything

    with connect(tmp_path) as connection, connection.SimpleQueue("bell", no_ack=True) as queue:
        assert queue.get(block=False).payload == "a 0"


def test_get_finds_nothing_where_the_folder_is_gone(tmp_path):
    with connect(tmp_path) as connection, connection.SimpleQueue("bell") as queue:
        (tmp_path / "queue").rmdir()

        with pytest.raises(Empty):
            queue.get(block=False)


@pytest.mark.parametrize("content", ["", "[[", "null", "[1]"], ids=["empty", "cut off", "nothing", "no rows"])
def test_broken_table_is_as_none_and_written_anew(tmp_path, content):
    with connect(tmp_path) as connection:
        channel = connection.channel()
        (tmp_path / "control" / "replies.exchange").write_text(content)
        before = channel.get_table("replies")

        Queue("reply", Exchange("replies", type="fanout"))(channel).declare()

        assert (before, [row.queue for row in channel.get_table("replies")]) == ([], ["reply"])


def test_stale_rings_go_in_one_look_at_the_folder(tmp_path, monkeypatch):
    with connect(tmp_path) as connection, connection.SimpleQueue("bell", no_ack=True) as queue:
        stale = message(headers={"expires": "2020-04-20T08:00:00+00:00"})
        for number in range(10_000):
            (tmp_path / "queue" / f"00_{number:05}.bell.msg").write_text(stale)
        queue.put("fresh", headers={"expires": (datetime.now(UTC) + timedelta(hours=1)).isoformat()})
        looks, look = [], broker.os.listdir
        monkeypatch.setattr(broker.os, "listdir", lambda folder: looks.append(folder) or look(folder))

        taken = queue.get(block=False).payload

    assert (taken, len(looks)) == ("fresh", 1)
    assert list((tmp_path / "queue").iterdir()) == []


def test_every_ring_of_the_scheduler_expires():
    assert [entry["options"]["expires"] for entry in settings.CELERY_BEAT_SCHEDULE.values()] == [10.0, 3600.0]


def test_worker_hears_soon_that_it_is_to_stop(tmp_path, monkeypatch):
    """Celery asks between two waits whether to stop, and would wait two seconds."""
    waits = []
    monkeypatch.setattr(
        filesystem.Transport, "drain_events", lambda _self, _connection, timeout: waits.append(timeout)
    )

    with connect(tmp_path) as connection:
        for timeout in (2.0, 0.01, None):
            connection.transport.drain_events(None, timeout=timeout)

    assert waits == [broker.LONGEST_WAIT, 0.01, None]
