"""Writing many rows at once: the same as `bulk_update` writes, for every type of column that the site has."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from django.apps import apps
from django.contrib.auth.models import Group
from django.core.serializers.json import DjangoJSONEncoder
from django.db import DataError, connection, models, transaction
from django.db.models import F, Value
from django.test.utils import isolate_apps
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from eligibility.models import ListEntry
from registrations.models import HistoryEntry, Registration, Seat
from tests.examples import examples
from webinar_site.foundation import bulk

pytestmark = pytest.mark.django_db

with isolate_apps("registrations"):

    class Every(models.Model):
        """A row with a column of every type, none with a rule of its own."""

        big = models.BigIntegerField(null=True)
        binary = models.BinaryField(null=True)
        flag = models.BooleanField(null=True)
        word = models.CharField(max_length=20)
        day = models.DateField(null=True)
        moment = models.DateTimeField(null=True)
        address = models.EmailField()
        group = models.ForeignKey(Group, models.PROTECT, null=True, db_constraint=False, related_name="+")
        only = models.OneToOneField(Group, models.PROTECT, null=True, db_constraint=False, related_name="+")
        data = models.JSONField(null=True)
        moments = models.JSONField(encoder=DjangoJSONEncoder, null=True)
        count = models.PositiveBigIntegerField(null=True)
        number = models.PositiveIntegerField(null=True, db_column="the order, in full")
        small = models.PositiveSmallIntegerField(null=True)
        slug = models.SlugField()
        text = models.TextField(null=True)  # noqa: DJ001 -- nullable texts are written too
        hour = models.TimeField(null=True)
        site = models.URLField()
        key = models.UUIDField(null=True)

        class Meta:
            app_label = "registrations"

        def __str__(self) -> str:
            return str(self.pk)

    class Further(Every):
        """A row of two tables."""

        further = models.CharField(max_length=20)

        class Meta:
            app_label = "registrations"


NAMES = [field.name for field in Every._meta.concrete_fields if not field.primary_key]
words = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20)
plain = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | words
moments = st.datetimes(
    datetime(1900, 1, 1),  # noqa: DTZ001 -- between these, in each zone
    datetime(2100, 1, 1),  # noqa: DTZ001
    timezones=st.sampled_from([UTC, ZoneInfo("Europe/Brussels")]),
)
VALUES = {
    "big": st.none() | st.integers(-(2**63), 2**63 - 1),
    "binary": st.none() | st.binary(max_size=20),
    "flag": st.none() | st.booleans(),
    "day": st.none() | st.dates(),
    "moment": st.none() | moments,
    "group_id": st.none() | st.integers(1, 2**31 - 1),
    "data": st.recursive(plain, lambda inner: st.lists(inner) | st.dictionaries(words, inner), max_leaves=5),
    "moments": st.none() | st.fixed_dictionaries({"at": moments}),
    "count": st.none() | st.integers(0, 2**63 - 1),
    "number": st.none() | st.integers(0, 2**31 - 1),
    "small": st.none() | st.integers(0, 2**15 - 1),
    "text": st.none() | words,
    "hour": st.none() | st.times(),
    "key": st.none() | st.uuids(),
    **dict.fromkeys(("word", "address", "slug", "site"), words),
}
rows_of_values = st.lists(st.fixed_dictionaries(VALUES), max_size=5)


@pytest.fixture
def table():
    statement, _parameters = connection.schema_editor(collect_sql=True).table_sql(Every)
    with connection.cursor() as cursor:
        cursor.execute(statement)


def stored():
    return [
        {**row, "binary": row["binary"] and bytes(row["binary"])}
        for row in Every.objects.order_by("pk").values()
    ]


def test_every_type_of_column_is_tried():
    used = {
        type(field)
        for app in ("eligibility", "registrations")
        for model in apps.get_app_config(app).get_models()
        for field in model._meta.concrete_fields
    }

    assert used <= {type(field) for field in Every._meta.concrete_fields}


@settings(max_examples=examples(200), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    values=rows_of_values,
    columns=st.lists(st.sampled_from(NAMES), min_size=1, unique=True),
    only=st.lists(st.none() | st.integers(1, 2**31 - 1), min_size=5, unique=True),
    at_once=st.integers(1, 6),
)
def test_rows_are_written_as_bulk_update_writes_them(table, monkeypatch, values, columns, only, at_once):
    monkeypatch.setattr(bulk, "AT_ONCE", at_once)
    with transaction.atomic():
        Every.objects.bulk_create(Every(word="before") for _one in range(6))
        rows = list(Every.objects.order_by("-pk")[: len(values)])
        for row, value, one in zip(rows, values, only + [None] * 5, strict=False):
            for name, content in (value | {"only_id": one}).items():
                setattr(row, name, content)
        with transaction.atomic():
            Every.objects.bulk_update(rows, columns)
            expected = stored()
            transaction.set_rollback(True)

        bulk.update_rows(rows, columns)

        assert stored() == expected
        transaction.set_rollback(True)


@pytest.mark.parametrize("count", [1, 3])
def test_rows_are_written_by_one_statement(table, count, django_assert_num_queries):
    rows = Every.objects.bulk_create(Every(word="before") for _one in range(count))

    with django_assert_num_queries(1):
        bulk.update_rows(rows, ["word", "data", "moment"])


def test_no_statement_has_more_variables_than_the_database_takes(table, django_assert_num_queries):
    rows = Every.objects.bulk_create(Every(word="before") for _one in range(400))
    for row in rows:
        row.word, row.number = f"{row.pk}", row.pk % 7

    with django_assert_num_queries(2 if connection.features.max_query_params else 1):
        bulk.update_rows(rows, ["word", "number"])

    assert all(row.word == str(row.pk) and row.number == row.pk % 7 for row in Every.objects.all())


def test_nothing_to_write_asks_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        bulk.update_rows([], ["state"])


@pytest.mark.parametrize(
    ("rows", "columns"),
    [
        ([Seat(pk=1)], []),
        ([Seat(pk=1)], ["id"]),
        ([Seat(pk=1)], ["pk"]),
        ([Seat(pk=1)], ["nowhere"]),
        ([Seat(pk=1)], ["mails"]),
        ([Seat(pk=1), Seat()], ["state"]),
        ([Seat(pk=1), Registration(pk=1)], ["state"]),
        ([Seat(pk=1, registration=Registration())], ["registration"]),
        ([Further(pk=1)], ["word"]),
        ([HistoryEntry(pk=1)], ["facts"]),
        ([ListEntry(pk=1)], ["name"]),
    ],
    ids=[
        "no column",
        "the key",
        "the key by its other name",
        "no such column",
        "rows of another table",
        "a row without a key",
        "rows of two models",
        "names a row without a key",
        "a column of the parent's table",
        "history, which is only added to",
        "an official list, which is permanent",
    ],
)
def test_what_cannot_be_written_so_is_refused(rows, columns):
    with pytest.raises(ValueError, match=r"Cannot write|Not all are saved|was not saved|say themselves"):
        bulk.update_rows(rows, columns)


@pytest.mark.parametrize("expression", [F("state"), Value("approved")], ids=["a column", "a value"])
def test_expression_is_refused(expression):
    with pytest.raises(TypeError, match=r"registrations\.Seat\.state cannot be written as an expression"):
        bulk.update_rows([Seat(pk=1, state=expression)], ["state"])


def test_what_is_too_long_is_refused_where_the_database_knows_the_length(table):
    row = Every.objects.create()
    row.word = "x" * 21

    if connection.vendor == "postgresql":
        with pytest.raises(DataError):
            bulk.update_rows([row], ["word"])
    else:
        bulk.update_rows([row], ["word"])
        assert Every.objects.get().word == "x" * 21
