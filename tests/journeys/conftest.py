"""The real site, on what it brings along and on PostgreSQL and Redis."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests import real_services
from tests.running_site import RunningSite


@pytest.fixture(
    scope="module",
    params=[
        pytest.param("embedded", marks=pytest.mark.embedded),
        pytest.param("services", marks=[pytest.mark.services, pytest.mark.long]),
    ],
)
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSite]:
    """Run the real site: on SQLite and the file broker, then on a new PostgreSQL database and Redis."""
    with ExitStack() as stack:
        environment = {}
        if request.param == "services":
            server, broker = request.getfixturevalue("postgres_url"), request.getfixturevalue("redis_url")
            environment["DATABASE_URL"] = stack.enter_context(real_services.new_database(server))
            environment["REDIS_URL"] = stack.enter_context(real_services.empty_redis(broker))
        site = RunningSite(tmp_path_factory.mktemp("site"), environment)
        stack.enter_context(site)
        yield site
