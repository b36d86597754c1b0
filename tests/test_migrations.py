"""The migrations make the database that the models describe: the one in which all other tests run."""

import os
import re
import subprocess
import sys

import pytest
from django.conf import settings
from django.db import connection, connections

from tests import real_services

APPS = ("eligibility_", "registrations_")
# What a migration makes and no model can say: PostgreSQL's index for the search of people.
BEYOND_MODELS = {"registration_search"}
# What Django's unique columns bring on PostgreSQL, and a migration takes away: nobody searches for how a token begins.
TAKEN_AWAY = {
    "registrations_outgoingmail_dedupe_key_95a726af_like",
    "registrations_registration_confirm_token_c793ef75_like",
    "registrations_registration_manage_token_110a4232_like",
    "registrations_seat_join_token_80a7ca6a_like",
}
POSTGRES = """
SELECT 'column', table_name, column_name, concat_ws(' ', data_type, character_maximum_length, is_nullable, is_identity)
FROM information_schema.columns WHERE table_schema = 'public'
UNION SELECT 'constraint', conrelid::regclass::text, conname, pg_get_constraintdef(oid)
FROM pg_constraint WHERE connamespace = 'public'::regnamespace
UNION SELECT 'index', tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
"""
SQLITE = (
    "SELECT type, tbl_name, name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'"
)


@pytest.fixture
def migrated(tmp_path):
    """Return a connection to a new database that the migrations alone have made."""
    environment = {"PATH": os.environ["PATH"], "SECRET_KEY": "x" * 50, "DATA_DIR": str(tmp_path)}
    if connection.vendor == "postgresql":
        with real_services.new_database(os.environ["DATABASE_URL"]) as url:
            yield from _migrated(environment | {"DATABASE_URL": url}, url.rpartition("/")[2])
    else:
        yield from _migrated(environment, str(tmp_path / "db.sqlite3"))


def _migrated(environment, name):
    migrate = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
    subprocess.run(migrate, env=environment, cwd=settings.BASE_DIR, check=True)
    made = connections.create_connection("default")
    made.settings_dict = {**connection.settings_dict, "NAME": name, "OPTIONS": {}}
    yield made
    made.close()


def schema(database):
    """Return every column, constraint and index of our tables, in the database's own words."""
    with database.cursor() as cursor:
        cursor.execute(POSTGRES if database.vendor == "postgresql" else SQLITE)
        rows = cursor.fetchall()
    ours = [row for row in rows if row[1].startswith(APPS)]
    return {(kind, table, name, part) for kind, table, name, sql in ours for part in parts(kind, sql)}


def parts(kind, sql):
    """Return the lines of what made a table, whose order tells nothing; everything else as it is."""
    if kind != "table":
        return [sql]
    body = sql[sql.index("(") + 1 : sql.rindex(")")]
    return re.split(r",\s(?=\"|CONSTRAINT|UNIQUE)", body)


def test_migrations_make_the_database_that_the_models_describe(db, migrated):
    made, described = schema(migrated), schema(connection)

    missing = {
        (kind, table, name, sql) for kind, table, name, sql in described - made if name not in TAKEN_AWAY
    }
    assert missing == set()
    assert TAKEN_AWAY.isdisjoint(name for _kind, _table, name, _sql in made)
    assert {name for _kind, _table, name, _sql in made - described} <= BEYOND_MODELS
