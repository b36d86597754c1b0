"""An empty database that this code migrates: `python -m tests.registrations.migrated stops…`, for test_migrations.py.

Stops on the way are migrations, as `app.name`: one that is there is migrated to, one that is not there any more is only
noted as applied, as an older site has it. Prints the tables, the indexes and what is still to be applied, as JSON.
"""

import json
import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "webinar_site.settings")
django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.db.migrations.executor import MigrationExecutor  # noqa: E402


def main(stops: list[str]) -> None:
    """Migrate, by way of some stops."""
    for stop in stops:
        app, name = stop.split(".")
        executor = MigrationExecutor(connection)
        if (app, name) in executor.loader.disk_migrations:
            call_command("migrate", app, name, verbosity=0)
        else:
            executor.recorder.record_applied(app, name)
    call_command("migrate", verbosity=0)
    executor = MigrationExecutor(connection)
    executor.loader.check_consistent_history(connection)
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL")
        schema = dict(cursor.fetchall())
    left = executor.migration_plan(executor.loader.graph.leaf_nodes())
    print(json.dumps({"schema": schema, "left": [str(migration) for migration, _back in left]}))  # noqa: T201


main(sys.argv[1:])
