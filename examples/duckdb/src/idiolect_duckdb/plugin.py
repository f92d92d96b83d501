"""DuckDB's rules, one method each: what the core asks, and what DuckDB answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from idiolect.hooks import MigrationLock, hookimpl
from idiolect_duckdb.impl import DuckDBImpl
from idiolect_duckdb.reflect import read_tables

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from typing import Any

    from sqlalchemy import Connection

    from idiolect.ddl.impl import DefaultImpl
    from idiolect.hooks import ReflectedTables, TableSide


class DuckDBPlugin:
    """The plugin for SQLAlchemy's dialect ``duckdb``, which the package duckdb-engine brings."""

    idiolect_hookspec = ">=1.0,<2"

    @hookimpl
    def get_impl_class(self) -> type[DefaultImpl]:
        """DuckDB's own."""
        return DuckDBImpl

    @hookimpl
    def autocommit_level(self) -> str:
        """None: duckdb-engine sends BEGIN whatever the level."""
        return ""

    @hookimpl
    def migration_lock(self) -> MigrationLock:
        """None is needed: one process alone can open a database to write."""
        return MigrationLock()

    @hookimpl
    def reflect_tables(
        self, connection: Connection, names: Mapping[str | None, Collection[str]]
    ) -> ReflectedTables:
        """From DuckDB's table functions: duckdb-engine asks a catalogue that is PostgreSQL's."""
        return read_tables(connection, names)

    @hookimpl
    def adjust_reflected(self, reflected: TableSide, metadata: TableSide) -> None:
        """Give constraints of the database the models' names: DuckDB makes up its own."""
        take_names(reflected.uniques, metadata.uniques)
        take_names(reflected.foreign_keys, metadata.foreign_keys)


def take_names(reflected: Collection[Any], metadata: Collection[Any]) -> None:
    """Name the constraints of one side like those of the other over the same columns."""
    names = {_columns(each): each.name for each in metadata}
    for each in reflected:
        each.name = names.get(_columns(each), each.name)


def _columns(constraint: Any) -> tuple[str, ...]:
    return tuple(column.name for column in constraint.columns)
