"""Differences between SQLAlchemy 2.0 and 2.1, and access to what has no public name.

The only module that may use SQLAlchemy's private API.
"""

from __future__ import annotations

import contextlib
import time
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, TypeVar

from idiolect.util.colons import escape_colons

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from types import ModuleType

    from sqlalchemy import Constraint, Table
    from sqlalchemy.engine import Connection


AUTOINCREMENT_DEFAULT: Final = "auto"
"""SQLAlchemy's default for a column's ``autoincrement``."""


def offer_dialects() -> None:
    """Make the modules of ``sqlalchemy.dialects`` its attributes; each is imported on first use.

    Where Alembic is imported, some of them are there already: revisions and models write
    ``sa.dialects.<name>.<type>`` and import SQLAlchemy alone, which loads only the one in use.
    """
    import sqlalchemy.dialects

    vars(sqlalchemy.dialects).setdefault("__getattr__", _dialect)


def _dialect(name: str) -> ModuleType:
    if not name.startswith("_"):
        with contextlib.suppress(ModuleNotFoundError):
            return import_module(f"sqlalchemy.dialects.{name}")
    raise AttributeError(f"module 'sqlalchemy.dialects' has no attribute {name!r}")


def in_transaction_block(connection: Connection) -> bool:
    """Return whether a ``with connection.begin()`` or ``with engine.begin()`` block is open.

    Once such a block's transaction has ended, SQLAlchemy refuses further statements on the
    connection until the block is left.
    """
    owner: Any = getattr(connection, "_trans_context_manager", None)
    return owner is not None


def in_transaction(connection: Connection | None) -> bool:
    """Return whether a transaction is open; accepts a mock connection, which has none."""
    ask: Any = getattr(connection, "in_transaction", None)
    return ask is not None and bool(ask())


def is_autocommit(connection: Connection) -> bool:
    """Return whether the connection is in autocommit mode."""
    level: object = connection.get_execution_options().get("isolation_level")
    dialect: Any = connection.dialect
    if level is None:
        level = getattr(dialect, "_on_connect_isolation_level", None)
    return level == "AUTOCOMMIT"


def driver_commits(connection: Connection) -> bool:
    """Return whether the driver reports autocommit mode, whatever was requested.

    False if SQLAlchemy cannot query it, as before 2.0.43, or if the connection was lost: a query
    would connect again.
    """
    if connection.invalidated:
        return False
    ask = getattr(connection.dialect, "detect_autocommit_setting", None)
    driver = connection.connection.dbapi_connection
    try:
        return bool(ask and ask(driver))
    except NotImplementedError:
        return False


def has_no_transactions(connection: Connection) -> bool:
    """Return whether each statement commits itself, even if SQLAlchemy reports a transaction."""
    if is_autocommit(connection):
        return True
    return driver_commits(connection) and not reports_transaction(connection)


def reports_transaction(connection: Connection) -> bool:
    """Return whether the driver says that a transaction is open; few do."""
    if connection.invalidated:
        return False
    return bool(getattr(connection.connection.driver_connection, "in_transaction", False))


def may_have_committed(connection: Connection) -> bool:
    """Return whether statements of a transaction that was rolled back may have been committed."""
    if is_autocommit(connection):
        return True
    # To a driver with this attribute, BEGIN is sent where it does not begin itself.
    return driver_commits(connection) and not hasattr(
        connection.connection.driver_connection, "in_transaction"
    )


@contextlib.contextmanager
def beside(connection: Connection) -> Iterator[Connection]:
    """Open another connection to the same database in the same way, and close it at the end.

    It uses a separate pool, because the engine's may be limited to one connection. A URL would not
    be sufficient: its password may be masked, and the engine may have a ``creator``.
    """
    from sqlalchemy.engine import Engine

    engine = connection.engine
    twin = Engine(engine.pool.recreate(), engine.dialect, engine.url)
    schemas = connection.get_execution_options().get("schema_translate_map")
    try:
        with twin.connect() as other:
            if schemas:
                other = other.execution_options(schema_translate_map=schemas)  # noqa: PLW2901
            yield other
    finally:
        twin.dispose()


def is_last_listener(target: Any, name: str, listener: Callable[..., Any]) -> bool:
    """Return whether no listener to an event of ``target`` is called after this one."""
    last = None
    for last in getattr(target.dispatch, name):  # noqa: B007 - the last one is what is wanted
        pass
    return bool(last == listener)


def pause(connection: Connection, seconds: float) -> None:
    """Sleep, and let the other tasks of an event loop run meanwhile."""
    if getattr(connection.dialect, "is_async", False):
        import asyncio

        from sqlalchemy.exc import MissingGreenlet
        from sqlalchemy.util import await_only

        with contextlib.suppress(MissingGreenlet):
            await_only(asyncio.sleep(seconds))
            return
    time.sleep(seconds)


def is_unnamed(constraint: Constraint) -> bool:
    """Return whether the constraint has no name, not even one to be set by a naming convention."""
    return constraint.name is None


def constraint_name(constraint: Constraint, table: Table | None) -> str | None:
    """Return the name of the constraint in the database.

    Args:
        constraint: any constraint; if its type leaves the name open, the naming convention is used.
        table: its MetaData has the convention; None: there is none.

    Returns:
        None if it has no name, or the convention cannot create one without a name.
    """
    # Imported here because only operations need it, and most commands have none.
    from sqlalchemy.exc import InvalidRequestError

    name: object = constraint.name
    if table is not None:
        try:
            name = _named(constraint, table) or name
        except InvalidRequestError:
            return None
    return str(name) if isinstance(name, str) else None


_C = TypeVar("_C", bound="Constraint")


def _named(constraint: Constraint, table: Table) -> object:
    from sqlalchemy.sql import naming

    return naming._constraint_name_for_table(constraint, table)  # type: ignore[no-untyped-call]  # noqa: SLF001


def set_final_name(constraint: _C, name: str | None) -> _C:
    """Set a constraint's final name, to which no convention is applied."""
    from sqlalchemy.sql.elements import conv

    constraint.name = None if name is None else conv(name)
    return constraint


def name_by_convention(table: Table, convention: Mapping[str, Any]) -> None:
    """Name the unnamed constraints of a table, keeping existing names.

    Args:
        table: in a separate MetaData, whose convention is extended.
        convention: as accepted by SQLAlchemy's MetaData.
    """
    for constraint in table.constraints:
        if not is_unnamed(constraint) and not getattr(constraint, "_type_bound", False):
            set_final_name(constraint, str(constraint.name))
    metadata: Any = table.metadata
    metadata.naming_convention = {**metadata.naming_convention, **convention}
    for constraint in table.constraints:
        if is_unnamed(constraint) and not getattr(constraint, "_type_bound", False):
            set_final_name(constraint, constraint_name(constraint, table))


def table_for_constraint(constraint: Constraint) -> Table:
    """Return the table of a constraint, including one attached to a column."""
    return constraint.parent if isinstance(constraint, _foreign_key()) else constraint.table


def columns_for_constraint(constraint: Constraint) -> list[Any]:
    """Return the columns of a constraint; of a CHECK those that its expression contains."""
    if isinstance(constraint, _foreign_key()):
        return [element.parent for element in constraint.elements]
    return list(getattr(constraint, "columns", ()))


def has_table(connection: Connection, name: str, schema: str | None) -> bool:
    """Return whether the table exists in the database."""
    return connection.dialect.has_table(connection, name, schema)


def _foreign_key() -> Any:
    from sqlalchemy import ForeignKeyConstraint

    return ForeignKeyConstraint


_HOMES = {
    "_columns_for_constraint": columns_for_constraint,
    "_connectable_has_table": has_table,
    "_get_connection_in_transaction": in_transaction,
    "_table_for_constraint": table_for_constraint,
}


def __getattr__(name: str) -> Any:
    # Names that published code imports from Alembic's module of the same name.
    if name == "compiles":
        from sqlalchemy.ext.compiler import compiles

        return compiles
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return _HOMES[name]


def take_literally(table: Table, given: Iterable[object] = ()) -> None:
    """Escape colons in reflected text, so that SQLAlchemy compiles it to what the database said.

    Args:
        table: a reflected table, once.
        given: its items that were not reflected, and are left unchanged.
    """
    from sqlalchemy import CheckConstraint, Computed, DefaultClause

    kept = {id(item) for item in given}
    for column in table.c:
        default: Any = column.server_default
        if id(column) in kept or default is None:
            continue
        if isinstance(default, Computed):
            default.sqltext = _literally(default.sqltext)
        elif isinstance(default, DefaultClause):
            default.arg = _literally(default.arg)
    for constraint in table.constraints:
        if isinstance(constraint, CheckConstraint) and id(constraint) not in kept:
            constraint.sqltext = _literally(constraint.sqltext)
    for index in table.indexes:
        if id(index) not in kept:
            _take_index_literally(index)


def _take_index_literally(index: Any) -> None:
    from sqlalchemy import Column, UnaryExpression

    for options in index.dialect_options.values():
        if options.get("where") is not None:
            options["where"] = _literally(options["where"])
    for place, element in enumerate(index.expressions):
        if isinstance(element, Column):
            continue
        if not isinstance(element, UnaryExpression):
            index.expressions[place] = _literally(element)
            continue
        while isinstance(element.element, UnaryExpression):
            element = element.element  # noqa: PLW2901 - the innermost has the text
        element.element = _literally(element.element)


def _literally(clause: Any) -> Any:
    """Return text with escaped colons; anything else, and text that needs none, unchanged."""
    from sqlalchemy import TextClause, text

    if isinstance(clause, str):
        sql = clause
    elif isinstance(clause, TextClause) and all(
        parameter.required
        for parameter in clause._bindparams.values()  # noqa: SLF001 - has no public name
    ):
        sql = clause.text
    else:
        return clause
    escaped = escape_colons(sql)
    return clause if escaped == sql else text(escaped)
