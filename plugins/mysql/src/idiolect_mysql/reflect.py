"""All tables of MySQL and MariaDB in seven queries a schema, told by SQLAlchemy's own inspector.

SQLAlchemy reads SHOW CREATE TABLE, one table after the other. Here it reads a text that is written
from information_schema. The plugin comes in.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from sqlalchemy import inspect

from idiolect.hooks import LazyFacts, ReflectedTables, StandIn
from idiolect.hooks.standin import KINDS
from idiolect_mysql.catalogue import read
from idiolect_mysql.showcreate import Writer
from idiolect_mysql.signatures import signature

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from sqlalchemy.engine import Connection

    from idiolect.hooks import TableSignature
    from idiolect_mysql.catalogue import Catalogue

    Key = tuple[str | None, str]

_SHOW = re.compile(r"SHOW CREATE TABLE (.+)", re.DOTALL)
#: How names are quoted, unless the server was told to do otherwise.
_QUOTE = "`"
#: The first versions whose information_schema says all that is needed here.
_FIRST_MYSQL = (8, 0, 16)
_FIRST_MARIADB = (10, 2, 22)


def can_reflect(connection: Connection) -> bool:
    """Tell whether the server has what is needed here, and quotes names as usual."""
    dialect: Any = connection.dialect
    first = _FIRST_MARIADB if dialect.is_mariadb else _FIRST_MYSQL
    version = dialect.server_version_info or ()
    return version >= first and dialect.identifier_preparer.initial_quote == _QUOTE


def reflect_tables(
    connection: Connection, names: Mapping[str | None, Collection[str]]
) -> ReflectedTables:
    """Return tables as SQLAlchemy tells of them; each is looked at when it is asked for.

    Args:
        connection: is asked now, and later about tables that information_schema does not tell of
            in full.
        names: the tables wanted, by schema.
    """
    default: Any = connection.dialect.default_schema_name
    catalogues = {schema: read(connection, schema or default or "") for schema in names}
    keys = [
        (schema, name)
        for schema, chosen in names.items()
        for name in chosen
        if name in catalogues[schema].tables
    ]
    inspector = inspect(StandIn(connection, _answers(connection, catalogues, keys)))
    found: dict[str, Any] = {kind: LazyFacts.of(inspector, kind, keys) for kind in KINDS}

    def sign(key: Key) -> TableSignature | None:
        return signature(catalogues[key[0]], key[1], default)

    return ReflectedTables(**found, signatures=LazyFacts(keys, sign))


def _answers(
    connection: Connection, catalogues: Mapping[str | None, Catalogue], keys: Collection[Key]
) -> Callable[[str, Any], list[Any] | None]:
    """Return a function that answers SHOW CREATE TABLE."""
    quote = connection.dialect.identifier_preparer.quote_identifier
    writers = {schema: Writer(connection, found) for schema, found in catalogues.items()}
    places = {".".join(quote(part) for part in key if part is not None): key for key in keys}

    def answer(statement: str, _parameters: Any) -> list[Any] | None:
        asked = _SHOW.fullmatch(statement)
        if asked is None or asked[1] not in places:
            return None
        schema, name = places[asked[1]]
        told = writers[schema].text(name)
        return None if told is None else [(name, told)]

    return answer
