"""The place where a schema of the corpus is created: empty before, and emptied for the next one."""

from __future__ import annotations

import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from idiolect.autogenerate import compare_metadata
from idiolect.migration import MigrationContext

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.engine import Connection, Engine

    from tests.quiet.schema import Schema

#: Also what is compared only where it is asked for.
EVERYTHING = ["alembic.autogenerate.*", "idiolect.*"]
#: The sets by default, and checks.
USUAL_AND_CHECKS = ["alembic.*", "idiolect.autogenerate.*"]


@contextmanager
def made(engine: Engine, schema: Schema) -> Iterator[tuple[Connection, list[str]]]:
    """Make a schema's tables in the block.

    Returns:
        the connection, in a transaction, and the names of the further schemas.
    """
    with place(engine, schema) as (connection, others):
        metadata = schema.metadata(*others)
        refers = any(table.foreign_keys for table in metadata.tables.values())
        if engine.dialect.name == "mariadb" and not refers:
            # Such tables need not wait for the disk.
            connection.exec_driver_sql("SET default_storage_engine = Aria")
        metadata.create_all(connection, checkfirst=False)
        yield connection, others


@contextmanager
def place(engine: Engine, schema: Schema) -> Iterator[tuple[Connection, list[str]]]:
    """Give an empty database with the further schemas that a schema needs."""
    name = engine.dialect.name
    others = [f"{engine.url.database or 'q'}_{n + 1}" for n in range(schema.others)]
    if name == "sqlite":
        others = [f"other_{n + 1}" for n in range(schema.others)]
    create, drop = {
        "sqlite": ("ATTACH ':memory:' AS {}", "DETACH {}"),
        "postgresql": ("CREATE SCHEMA {}", ""),
        "mariadb": ("CREATE DATABASE {}", "DROP DATABASE {}"),
    }[name]
    with engine.connect() as connection:
        try:
            if name == "mariadb":
                connection.exec_driver_sql("SET default_storage_engine = InnoDB")
            for other in others:
                connection.exec_driver_sql(create.format(other))
            if name == "sqlite":
                connection.commit()
            yield connection, others
        finally:
            connection.rollback()
            if name != "postgresql":
                _clear(connection, others)
                for other in others:
                    connection.exec_driver_sql(drop.format(other))


def _clear(connection: Connection, others: list[str]) -> None:
    """Drop all tables, whatever they refer to."""
    foreign = connection.dialect.name == "mariadb"
    if foreign:
        connection.exec_driver_sql("SET foreign_key_checks = 0")
    mark = "`" if foreign else '"'
    for schema in (*others, None):
        for table in sa.inspect(connection).get_table_names(schema):
            name = f"{mark}{table.replace(mark, mark * 2)}{mark}"
            name = name if schema is None else f"{schema}.{name}"
            options = {"no_parameters": True}
            connection.exec_driver_sql(f"DROP TABLE {name}", execution_options=options)
    if foreign:
        connection.exec_driver_sql("SET foreign_key_checks = 1")
    connection.commit()


def found(
    connection: Connection, metadata: sa.MetaData, others: list[str], **opts: Any
) -> list[Any]:
    """Return the differences, one tuple each; a warning about a computed column is one, too."""

    def include(name: str | None, type_: str, _parents: Any) -> bool:
        return type_ != "schema" or name is None or name in others

    options: dict[str, Any] = {"compare_type": True, "compare_server_default": True}
    if others:
        # A filter has every table compared in full.
        options |= {"include_schemas": True, "include_name": include}
    context = MigrationContext.configure(connection, opts={**options, **opts})
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        differences: list[Any] = list(_flat(compare_metadata(context, metadata)))
    differences += [
        ("warning", str(one.message)) for one in caught if "Computed" in str(one.message)
    ]
    return differences


def _flat(differences: list[Any]) -> Iterator[Any]:
    for one in differences:
        if isinstance(one, list):
            yield from one
        else:
            yield one
