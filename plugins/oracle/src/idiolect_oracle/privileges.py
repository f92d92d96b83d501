"""Determines missing privileges on a table of a run in Oracle, in one query.

Used by the plugin before a run writes. The owner of a schema has all privileges on its tables; for
other users, session privileges and grants on the table are checked, including those of roles.
Source: Oracle's Database Reference, "SESSION_PRIVS", "ALL_TAB_PRIVS".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import text

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy import Table
    from sqlalchemy.engine import Connection

_LOGIN = """SELECT SYS_CONTEXT('USERENV', 'SESSION_USER') AS login,
    SYS_CONTEXT('USERENV', 'CURRENT_SCHEMA') AS current_schema FROM DUAL"""
_GRANTED = """SELECT privilege FROM session_privs
UNION SELECT privilege FROM all_tab_privs WHERE table_schema = :schema AND table_name = :name"""


def missing_privileges(connection: Connection, table: Table, needed: Collection[str]) -> str:
    """Return the user, missing privileges, and the statement that grants them; "" if none."""
    dialect = connection.dialect
    row: Any = connection.execute(text(_LOGIN)).mappings().first() or {}
    login = row.get("login")
    if login is None:
        return ""
    schema = dialect.denormalize_name(table.schema) if table.schema else row["current_schema"]
    name = dialect.denormalize_name(table.name)
    values = {"schema": schema, "name": name}
    granted = set(connection.execute(text(_GRANTED), values).scalars())
    own = schema == login
    lacking = [each for each in needed if not _may(each, granted, own=own)]
    if not lacking:
        return ""
    grant = f"GRANT SELECT, INSERT, UPDATE, DELETE ON {schema}.{name} TO {login}"
    if "CREATE" in lacking:
        grant = f"GRANT CREATE {'' if own else 'ANY '}TABLE TO {login}"
    return (
        f"The user {login!r} has no privilege to {', '.join(lacking)} the table "
        f"{name!r} in the schema {schema!r}. Ask its owner or an administrator to run: {grant}."
    )


def _may(privilege: str, granted: set[str], *, own: bool) -> bool:
    if own:
        return privilege != "CREATE" or not granted.isdisjoint({"CREATE TABLE", "CREATE ANY TABLE"})
    return not granted.isdisjoint({privilege, f"{privilege} ANY TABLE"})
