"""Tables of PostgreSQL: SQLAlchemy reads them together, here only those that need to be read.

Used by the plugin. Signatures are read first, in three queries a schema; what is equal by them
costs no more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import inspect

from idiolect.hooks import Batches, LazyFacts, ReflectedTables
from idiolect.hooks.standin import KINDS
from idiolect_postgresql.signatures import Schema

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from sqlalchemy.engine import Connection

    from idiolect.hooks import TableSignature

    Key = tuple[str | None, str]

#: The first version with all that is asked for: generated columns. Source: its release notes.
_FIRST_VERSION = (12,)


def can_reflect(connection: Connection) -> bool:
    """Return whether the server has what is needed here."""
    return (connection.dialect.server_version_info or ()) >= _FIRST_VERSION


def reflect_tables(
    connection: Connection, names: Mapping[str | None, Collection[str]]
) -> ReflectedTables:
    """Return tables as SQLAlchemy tells of them, and their signatures.

    Args:
        connection: is asked for signatures if they are wanted, and for tables that are looked up.
        names: the tables wanted, by schema.
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
    return ReflectedTables(**found, signatures=LazyFacts(keys, sign), prefetch=tables.prefetch)
