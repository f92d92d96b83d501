"""Determines missing privileges on a table of a run in MySQL and MariaDB.

Used by the plugin before a run writes. EXPLAIN requires the privileges of the explained statement,
including those from roles and patterns, and changes nothing. CREATE TABLE cannot be explained: the
catalogue is queried instead, unless a role may have privileges that it does not show.
Source: MySQL's manual, "EXPLAIN Statement"; MariaDB's manual, "EXPLAIN".
"""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy import Table
    from sqlalchemy.engine import Connection

#: Errors "command denied", for tables and columns. Source: MySQL's error message reference.
_DENIED = {1142, 1143}
#: A line of SHOW GRANTS that grants more than the right to connect.
_GRANTED_ON = re.compile(r"GRANT (?!USAGE ON).* ON (\*|`(?:[^`]|``)+`)\.")
_EXPLAIN = {
    "INSERT": "EXPLAIN INSERT INTO {0} ({1}) VALUES ('1')",
    "UPDATE": "EXPLAIN UPDATE {0} SET {1} = '1' WHERE {1} = '1'",
    "DELETE": "EXPLAIN DELETE FROM {0} WHERE {1} = '1'",
}
_LOGIN = "SELECT CURRENT_USER(), DATABASE(), @@GLOBAL.read_only"
_MAY_ANYWAY = """SELECT count(*) FROM information_schema.user_privileges
    WHERE privilege_type IN ('SUPER', 'READ ONLY ADMIN', 'READ_ONLY ADMIN', 'CONNECTION_ADMIN')"""
_ROLE = "SELECT CURRENT_ROLE()"
_GRANTED = """SELECT privilege_type FROM information_schema.user_privileges
    UNION SELECT privilege_type FROM information_schema.schema_privileges
        WHERE :schema LIKE table_schema
    UNION SELECT privilege_type FROM information_schema.table_privileges
        WHERE table_schema = :schema AND table_name = :name"""


def missing_privileges(connection: Connection, table: Table, needed: Collection[str]) -> str:
    """Return the user, missing privileges, and the statement that grants them; "" if none."""
    login, database, read_only = connection.exec_driver_sql(_LOGIN).one()
    schema = table.schema or database
    if read_only and not connection.exec_driver_sql(_MAY_ANYWAY).scalar():
        return (
            f"The server does not accept writes from {login!r}: read_only is on. If it is a "
            "replica, migrate its primary instead; otherwise switch it off with SET GLOBAL "
            "read_only = OFF."
        )
    if "CREATE" in needed:
        granted = _granted(connection, schema, table.name)
        lacking = [each for each in needed if granted and each not in granted]
    else:
        lacking = [each for each in needed if _is_denied(connection, table, each)]
    if not lacking or ("CREATE" in needed and _has_public_grants(connection, schema)):
        return ""
    to = "@".join(map(_quoted, login.rsplit("@", 1)))
    return (
        f"The login {login!r} has no privilege to {', '.join(lacking)} the table "
        f"{table.name!r} of the database {schema!r}. Ask an administrator to run: GRANT CREATE, "
        f"SELECT, INSERT, UPDATE, DELETE ON {_quoted(schema)}.{_quoted(table.name)} TO {to}."
    )


def _is_denied(connection: Connection, table: Table, privilege: str) -> bool:
    preparer = connection.dialect.identifier_preparer
    name = preparer.format_table(table)
    column = preparer.format_column(next(iter(table.columns)))
    statement = _EXPLAIN[privilege].format(name, column).replace("%", "%%")
    try:
        connection.exec_driver_sql(statement).close()
    except DBAPIError as exc:
        if _code(exc) not in _DENIED:
            raise
        return True
    return False


def _granted(connection: Connection, schema: str, name: str) -> set[str]:
    """Return the privileges in the catalogue; empty if it may be incomplete."""
    try:
        if connection.exec_driver_sql(_ROLE).scalar() not in {None, "NONE"}:
            return set()
    except DBAPIError:
        # MySQL 5 has no roles, so nothing is hidden.
        pass
    values = {"schema": schema, "name": name}
    return set(connection.execute(text(_GRANTED), values).scalars())


def _has_public_grants(connection: Connection, schema: str) -> bool:
    """Return whether PUBLIC has grants there, which the catalogue does not show to users."""
    try:
        lines = connection.exec_driver_sql("SHOW GRANTS FOR PUBLIC").scalars().all()
    except DBAPIError:
        # MySQL, and MariaDB before 10.11, have no PUBLIC.
        return False
    places = [found.group(1) for found in map(_GRANTED_ON.search, lines) if found]
    return any(place == "*" or fnmatchcase(schema, _as_glob(place)) for place in places)


def _as_glob(pattern: str) -> str:
    """Convert a LIKE pattern to a shell pattern; less strict if it contains escapes."""
    return pattern.strip("`").replace("\\", "").replace("%", "*").replace("_", "?")


def _quoted(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"


def _code(error: DBAPIError) -> int | None:
    arguments = getattr(error.orig, "args", ())
    return arguments[0] if arguments and isinstance(arguments[0], int) else None
