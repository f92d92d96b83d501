"""The implementations of the dialect hooks for DuckDB."""

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
    """The plugin for SQLAlchemy's dialect ``duckdb``, from the package duckdb-engine."""

    idiolect_hookspec = ">=1.0,<2"

    @hookimpl
    def get_impl_class(self) -> type[DefaultImpl]:
        """Return DuckDB's impl."""
        return DuckDBImpl

    @hookimpl
    def autocommit_level(self) -> str:
        """Return no level: duckdb-engine sends BEGIN at any level."""
        return ""

    @hookimpl
    def migration_lock(self) -> MigrationLock:
        """Return a lock that does nothing: only one process can open a database for writing."""
        return MigrationLock()

    @hookimpl
    def reflect_tables(
        self, connection: Connection, names: Mapping[str | None, Collection[str]]
    ) -> ReflectedTables:
        """Read DuckDB's table functions: duckdb-engine queries PostgreSQL's catalogue."""
        return read_tables(connection, names)

    @hookimpl
    def adjust_reflected(self, reflected: TableSide, metadata: TableSide) -> None:
        """Rename reflected constraints as in the models: DuckDB generates names."""
        take_names(reflected.uniques, metadata.uniques)
        take_names(reflected.foreign_keys, metadata.foreign_keys)


def take_names(reflected: Collection[Any], metadata: Collection[Any]) -> None:
    """Give constraints of one side the names of those of the other over the same columns."""
    names = {_columns(each): each.name for each in metadata}
    for each in reflected:
        each.name = names.get(_columns(each), each.name)


def _columns(constraint: Any) -> tuple[str, ...]:
    return tuple(column.name for column in constraint.columns)
