"""Normalises expressions by executing them on empty copies of tables and reading them back.

Used by the plugin for many expressions at a time. Copies are created in the session's temporary
schema and in a savepoint that is rolled back.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from sqlalchemy import Index, MetaData, Table, column, inspect
from sqlalchemy.engine.reflection import ObjectScope
from sqlalchemy.exc import CompileError, SQLAlchemyError
from sqlalchemy.sql.visitors import replacement_traverse

from idiolect.ddl.percents import single_percents

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy.engine import Connection
    from sqlalchemy.schema import DDLElement

    from idiolect.hooks import Expression

_NAME = "idiolect_wording"
_TAG = "$idiolect$"
#: Any single statement may fail: a column may not exist yet.
_STATEMENT = "BEGIN EXECUTE {}; EXCEPTION WHEN OTHERS THEN NULL; END;"
#: The options of an index that determine its operator classes.
_OF_INDEX = ("postgresql_using", "postgresql_ops")
_MADE = {
    "server_default": "ALTER TABLE {table} ADD COLUMN {name} {type} DEFAULT {text}",
    "computed": "ALTER TABLE {table} ADD COLUMN {name} {type} GENERATED ALWAYS AS ({text}) STORED",
    "index": "CREATE INDEX {name} ON {table} (({text}))",
    "index_where": "CREATE INDEX {name} ON {table} ((1)) WHERE {text}",
    "check": "ALTER TABLE {table} ADD CONSTRAINT {name} CHECK ({text})",
}


def worded(connection: Connection, expressions: Sequence[Expression]) -> list[str | None]:
    """Return expressions as PostgreSQL reports them; None for those that it rejects.

    Sends four statements, and SQLAlchemy's queries for reflection, whatever the number.

    Args:
        connection: to the database; in the caller's transaction, if one is open.
        expressions: expressions of existing tables.
    """
    copies: dict[Table, str] = {}
    statements: list[str] = []
    for number, expression in enumerate(expressions):
        copy = copies.get(expression.table)
        if copy is None:
            copy = copies[expression.table] = f"{_NAME}_{len(copies)}"
            statements.append(copied(connection, expression.table, copy))
        with contextlib.suppress(CompileError):  # a column with an unknown type
            statements.append(_statement(expression, copy, f"{_NAME}_x{number}", connection))
    if not connection.in_transaction():
        return [None] * len(expressions)
    try:
        with connection.begin_nested() as savepoint:
            carry_out(connection, statements)
            found = _read(connection, {one.kind for one in expressions}, [*copies.values()])
            savepoint.rollback()
    except SQLAlchemyError:
        # No privilege to create tables, a standby, no PL/pgSQL: compare text instead.
        return [None] * len(expressions)
    return [found.get(f"{_NAME}_x{number}") for number in range(len(expressions))]


def copied(connection: Connection, table: Table, name: str) -> str:
    """Return the statement that creates an empty temporary copy of a table."""
    source = sql_of(connection, connection.dialect.identifier_preparer.format_table(table))
    return f"CREATE TEMPORARY TABLE {name} (LIKE {source})"


def index_on_copy(model: Index, copy: str, name: str) -> Index:
    """Return a model's index for a copy of its table: elements, method and operator classes.

    Args:
        model: the index.
        copy: the name of the temporary table.
        name: the name of the new index.
    """
    own = model.table

    def moved(element: Any, **_kw: Any) -> Any:
        # As a plain name, by which operator classes are looked up as well.
        is_own = own is not None and getattr(element, "table", None) is own
        return column(element.name, element.type) if is_own else None

    parts: list[Any] = [
        replacement_traverse(part, {}, moved)  # type: ignore[call-overload]  # of any kind
        for part in model.expressions
    ]
    options = {option: model.kwargs[option] for option in _OF_INDEX if option in model.kwargs}
    return Index(name, *parts, _table=Table(copy, MetaData()), **options)


def qualified_name(connection: Connection, index: Index) -> str:
    """Return the name of a reflected index as ``to_regclass()`` accepts it."""
    preparer = connection.dialect.identifier_preparer
    schema = index.table.schema if index.table is not None else None
    name = preparer.format_index(index)
    return sql_of(connection, f"{preparer.quote_schema(schema)}.{name}" if schema else name)


def sql_of(connection: Connection, given: DDLElement | str) -> str:
    """Return a statement or a quoted name as SQL for execution without parameters."""
    sql = given if isinstance(given, str) else str(given.compile(dialect=connection.dialect))
    return single_percents(sql, connection.dialect)


def carry_out(connection: Connection, statements: Iterable[str]) -> None:
    """Execute statements at once; those that fail have no effect.

    Raises:
        SQLAlchemyError: there is no PL/pgSQL, or a savepoint cannot be created.
    """
    body = "\n".join(_STATEMENT.format(_literal(statement)) for statement in statements)
    tag = _TAG
    while tag in body:
        tag = tag[:-1] + "x$"
    connection.exec_driver_sql(
        f"DO {tag} BEGIN {body} END {tag}", execution_options={"no_parameters": True}
    )


def _statement(expression: Expression, copy: str, name: str, connection: Connection) -> str:
    type_ = ""
    if expression.column:
        column = expression.table.c[expression.column]
        type_ = sql_of(connection, connection.dialect.type_compiler_instance.process(column.type))
    return _MADE[expression.kind].format(table=copy, name=name, type=type_, text=expression.text)


def _literal(sql: str) -> str:
    escaped = sql.replace("\\", "\\\\").replace("'", "''")
    return f"E'{escaped}'"


def _read(connection: Connection, kinds: set[str], copies: list[str]) -> dict[str, str]:
    """Return the reflected expression of each name."""
    inspector: Any = inspect(connection)
    of_copies = {"filter_names": copies, "scope": ObjectScope.TEMPORARY}
    found: dict[str, str] = {}
    if kinds & {"server_default", "computed"}:
        for column in _all(inspector.get_multi_columns(**of_copies)):
            computed = column.get("computed")
            text = computed["sqltext"] if computed else column["default"]
            found[column["name"]] = text
    if kinds & {"index", "index_where"}:
        for index in _all(inspector.get_multi_indexes(**of_copies)):
            where = index.get("dialect_options", {}).get("postgresql_where")
            parts = index.get("expressions") or index["column_names"]
            found[index["name"]] = where or parts[0]
    if "check" in kinds:
        for check in _all(inspector.get_multi_check_constraints(**of_copies)):
            found[check["name"]] = check["sqltext"]
    return found


def _all(tables: Any) -> list[Any]:
    return [item for items in tables.values() for item in items]
