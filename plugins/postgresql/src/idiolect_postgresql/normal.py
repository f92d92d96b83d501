"""Indexes as PostgreSQL itself words them: the model's is made for a moment, and read.

The comparison of indexes comes in where text cannot decide. What is made stands in the session's
temporary schema and in a savepoint that is rolled back; nothing stays.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Index, MetaData, Table, column, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.schema import CreateIndex
from sqlalchemy.sql.visitors import replacement_traverse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.engine import Connection

    #: Of each indexed part: its expression, its order, its operator class.
    Parts = Sequence[tuple[str, int, str]]

_NAME = "idiolect_comparison"
# Keys only: columns of INCLUDE are compared by their names. Source: pg_index, pg_opclass.
_PARTS = text(
    """
    SELECT pg_get_indexdef(i.indexrelid, key, false), i.indoption[key - 1], c.opcname
    FROM pg_index i
    JOIN pg_class r ON r.oid = i.indexrelid
    CROSS JOIN generate_series(1, i.indnkeyatts) AS key
    JOIN pg_opclass c ON c.oid = i.indclass[key - 1]
    WHERE i.indexrelid = to_regclass(:name)
    ORDER BY key
    """
)


def parts_differ(connection: Connection, model: Index, reflected: Index) -> bool | None:
    """Tell whether two indexes of one table have other parts; None: it cannot be found out.

    Args:
        connection: to the database; in a transaction of whoever compares, if one is open.
        model: the index as the model has it.
        reflected: the index as it stands.
    """
    table = reflected.table
    if table is None or model.name is None or not connection.in_transaction():
        return None
    quote = connection.dialect.identifier_preparer
    try:
        with connection.begin_nested() as savepoint:
            there = _parts(connection, quote.format_index(reflected), table.schema)
            source = quote.format_table(table)
            connection.exec_driver_sql(f"CREATE TEMPORARY TABLE {_NAME} (LIKE {source})")
            connection.execute(CreateIndex(_copy(model)))
            wanted = _parts(connection, f"{_NAME}_i", "pg_temp")
            savepoint.rollback()
    except SQLAlchemyError:
        # No right to make it, or a column that the table does not have yet: text has to do.
        return None
    return list(there) != list(wanted) if there and wanted else None


def _parts(connection: Connection, index: str, schema: str | None) -> Parts:
    qualified = f"{schema}.{index}" if schema else index
    found: Any = connection.execute(_PARTS, {"name": qualified})
    return [tuple(row) for row in found]


def _copy(model: Index) -> Index:
    """Return the index on the temporary table, made at once, whatever else the model asks."""
    stand_in = Table(_NAME, MetaData())
    own = model.table

    def moved(element: Any, **_kw: Any) -> Any:
        # A bare name, by which operator classes find their column too.
        is_own = own is not None and getattr(element, "table", None) is own
        return column(element.name, element.type) if is_own else None

    options = {
        name: value
        for name, value in model.kwargs.items()
        if name in {"postgresql_using", "postgresql_ops"}
    }
    parts: list[Any] = [
        replacement_traverse(part, {}, moved)  # type: ignore[call-overload]  # of any kind
        for part in model.expressions
    ]
    return Index(f"{_NAME}_i", *parts, _table=stand_in, **options)
