"""Creates constraints and indexes of the models temporarily, to read PostgreSQL's definition.

Used by comparators if text is not sufficient. They are created on an empty temporary copy of the
table, in a savepoint that is rolled back.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.schema import CreateIndex

from idiolect.ddl.signatures import final_name
from idiolect_postgresql.wording import index_on_copy, qualified_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlalchemy import Constraint, Index, Table
    from sqlalchemy.engine import Connection, Dialect

_COPY = "idiolect_comparison"
_CONSTRAINTS = text(
    """
    SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = to_regclass(:name)
    """
)
# Source: "System Catalogs", pg_index: indclass is about key columns only.
_CLASSES = text(
    """
    SELECT array(SELECT c.opcname::text FROM unnest(i.indclass) WITH ORDINALITY AS k(class, place)
                 JOIN pg_opclass c ON c.oid = k.class ORDER BY k.place)
    FROM pg_index i
    WHERE i.indexrelid = to_regclass(:name)
    """
)


def by_name(table: Table, kind: type[Constraint], dialect: Dialect) -> dict[str, Any]:
    """Return the named constraints of a kind, except those created by types, sorted by name."""
    of_columns = (one for column in table.c for one in column.constraints)
    named = {
        final_name(one, dialect): one
        for one in (*table.constraints, *of_columns)
        if isinstance(one, kind) and not getattr(one, "_type_bound", False)
    }
    return {name: named[name] for name in sorted(filter(None, named))}


def definitions(
    connection: Connection, table: Table, constraints: Iterable[Constraint]
) -> dict[str, str] | None:
    """Return constraints of the models as PostgreSQL defines them, by name.

    Args:
        connection: to the database.
        table: the existing table.
        constraints: those of the models, each with a name.

    Returns:
        None if unknown: the user may not create tables, or a column does not exist.
    """
    ddl: Any = connection.dialect.ddl_compiler(connection.dialect, None)  # type: ignore[arg-type] # as SQLAlchemy's own
    try:
        with _copy_of(connection, table):
            for constraint in constraints:
                connection.exec_driver_sql(f"ALTER TABLE {_COPY} ADD {ddl.process(constraint)}")
            return _definitions(connection, f"pg_temp.{_COPY}")
    except SQLAlchemyError:
        return None


def _definitions(connection: Connection, name: str) -> dict[str, str]:
    return {row[0]: row[1] for row in connection.execute(_CONSTRAINTS, {"name": name})}


def different_classes(connection: Connection, model: Index, reflected: Index) -> list[str]:
    """Describe how the operator classes of two indexes of one table differ."""
    table: Any = reflected.table
    try:
        with _copy_of(connection, table):
            before = connection.scalar(_CLASSES, {"name": qualified_name(connection, reflected)})
            connection.execute(CreateIndex(index_on_copy(model, _COPY, f"{_COPY}_i")))
            after = connection.scalar(_CLASSES, {"name": f"pg_temp.{_COPY}_i"})
    except SQLAlchemyError:
        return []
    return [f"operator classes {before!r} to {after!r}"] if before != after else []


@contextlib.contextmanager
def _copy_of(connection: Connection, table: Table) -> Iterator[None]:
    """Create an empty copy of a table for the duration of the block."""
    source = connection.dialect.identifier_preparer.format_table(table)
    with connection.begin_nested() as savepoint:
        connection.exec_driver_sql(f"CREATE TEMPORARY TABLE {_COPY} (LIKE {source})")
        yield
        savepoint.rollback()
