"""Reflects the tables of PostgreSQL that differ from the models by their signatures.

Signatures are read first, in three queries per schema; tables with equal signatures cost nothing
more. The others are read together by SQLAlchemy, and completed by ``keydetails.py``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import inspect

from idiolect.hooks import Batches, LazyFacts, ReflectedTables
from idiolect.hooks.standin import KINDS
from idiolect_postgresql.keydetails import KeyDetails
from idiolect_postgresql.signatures import Schema

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from sqlalchemy.engine import Connection

    from idiolect.hooks import TableSignature

    Key = tuple[str | None, str]

#: The first version with everything that is queried: generated columns. Source: release notes.
_FIRST_VERSION = (12,)


def can_reflect(connection: Connection) -> bool:
    """Return whether the server version is sufficient."""
    return (connection.dialect.server_version_info or ()) >= _FIRST_VERSION


def reflect_tables(
    connection: Connection, names: Mapping[str | None, Collection[str]]
) -> ReflectedTables:
    """Return tables as SQLAlchemy reflects them, and their signatures.

    Args:
        connection: queried for signatures and tables on demand.
        names: the requested tables, by schema.
    """
    default: Any = connection.dialect.default_schema_name
    known: dict[str | None, Schema] = {}

    def sign(key: Key) -> TableSignature | None:
        schema, name = key
        if schema not in known:
            known[schema] = Schema(connection, schema, default)
        return known[schema].signature(name) if name in known[schema].comments else None

    tables = Batches(inspect(connection), names)
    found: dict[str, Any] = {kind: tables.facts(kind) for kind in KINDS}
    keys = frozenset((schema, name) for schema, chosen in names.items() for name in chosen)
    details = {schema: KeyDetails(connection, schema) for schema in names}

    def completed(kind: str, complete: Callable[[KeyDetails, str, Any], Any]) -> None:
        facts = found[kind]

        def look_up(key: Key) -> list[Any]:
            schema, table = key
            return [complete(details[schema], table, one) for one in facts[key]]

        found[kind] = LazyFacts(keys, look_up)

    completed("indexes", KeyDetails.index)
    completed("unique_constraints", KeyDetails.unique)
    return ReflectedTables(**found, signatures=LazyFacts(keys, sign), prefetch=tables.prefetch)
