"""The web side: a broker that is gone or says nothing must not hold a request."""

import socket
import time

import pytest
from celery import Celery
from kombu.exceptions import OperationalError

from webinar_site.wsgi import IMPATIENCE


@pytest.fixture(params=["refuses", "says nothing"])
def dead_redis(request):
    """Yield the address of a Redis that refuses connections, or accepts them and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        if request.param == "refuses":
            server.close()
        yield f"redis://127.0.0.1:{port}/0"


def test_nudge_to_a_dead_redis_is_given_up_soon(dead_redis):
    app = Celery(broker=dead_redis, set_as_current=False)
    app.conf.update(broker_transport_options=IMPATIENCE, task_publish_retry=False)
    started = time.monotonic()

    with pytest.raises(OperationalError):
        app.send_task("registrations.deliver_mail")

    assert time.monotonic() - started < 2
