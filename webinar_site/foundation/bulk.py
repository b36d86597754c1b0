"""Writing columns of many rows in one statement, where `bulk_update` has a condition for each value of each row."""

from collections.abc import Sequence
from typing import Any

from django.db import connection, transaction
from django.db.models import Field, Model, QuerySet

AT_ONCE = 1000


def update_rows(rows: Sequence[Model], columns: Sequence[str]) -> None:
    """Write these columns of saved rows of one model, as the objects have them; all or nothing.

    One statement for a thousand rows; on SQLite for as many as it takes variables. Raises ValueError for a column that
    is the key or not of the model's own table, for rows of two models or without a key, and for rows whose queryset
    guards them in its `update`; TypeError for a value that the database would have to work out.
    """
    if not rows:
        return
    key, fields = rows[0]._meta.pk, _fields(rows, columns)
    at_once = min(AT_ONCE, connection.ops.bulk_batch_size([key, *fields], rows))
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        for start in range(0, len(rows), at_once):
            batch = rows[start : start + at_once]
            values = [_value(row, field) for row in batch for field in (key, *fields)]
            cursor.execute(_statement(key, fields, len(batch)), values)


def _fields(rows: Sequence[Model], columns: Sequence[str]) -> list[Field[Any, Any]]:
    """Return the fields of the columns; raise ValueError where there is no such column, or no such row."""
    model, options = type(rows[0]), rows[0]._meta
    own = {field.name: field for field in options.local_concrete_fields if not field.primary_key}
    if not columns or not own.keys() >= set(columns):
        raise ValueError(f"Cannot write {', '.join(columns) or 'nothing'} of {options.label}")
    if type(model._default_manager.all()).update is not QuerySet.update:
        raise ValueError(f"Rows of {options.label} say themselves what may be written")
    if any(type(row) is not model or row.pk is None for row in rows):
        raise ValueError(f"Not all are saved rows of {options.label}")
    return [own[name] for name in columns]


def _value(row: Model, field: Field[Any, Any]) -> Any:
    """Return what to write, prepared by the field."""
    value = getattr(row, field.attname)
    if hasattr(value, "resolve_expression"):
        raise TypeError(f"{field} cannot be written as an expression")
    if value is None and field.is_relation and getattr(row, field.name) is not None:
        raise ValueError(f"{field} names a row that was not saved when it was set")
    return field.get_db_prep_save(value, connection)


def _statement(key: Field[Any, Any], fields: Sequence[Field[Any, Any]], count: int) -> str:
    """Return the statement for so many rows; both databases call the columns of a list `column1`, `column2` and on."""
    quote = connection.ops.quote_name
    table, key_column = quote(key.model._meta.db_table), quote(str(key.column))
    columns = ", ".join(
        f"{quote(str(field.column))} = {_typed(field, number)}"
        for number, field in enumerate(fields, start=2)
    )
    rows = ", ".join([f"({', '.join(['%s'] * (len(fields) + 1))})"] * count)
    return (  # names are the models', and quoted; what the rows say is passed beside it
        f"UPDATE {table} SET {columns} FROM (VALUES {rows}) AS new"  # noqa: S608
        f" WHERE {table}.{key_column} = {_typed(key, 1)}"
    )


def _typed(field: Field[Any, Any], number: int) -> str:
    """Return a column of the list in its field's type, which PostgreSQL cannot tell from strings and NULLs.

    Without its length: what is too long is refused, where a cast to it would cut.
    """
    column = f"new.column{number}"
    if not connection.features.requires_casted_case_in_updates:
        return column
    return f"CAST({column} AS {str(field.db_type(connection)).partition('(')[0]})"
