"""Determines missing privileges on the version table in SQL Server, in one query.

Used by the plugin before a run writes.
Source: "HAS_PERMS_BY_NAME (Transact-SQL)": NULL if the securable or the name is not valid.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import text

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy import Table
    from sqlalchemy.engine import Connection

_ASK = """SELECT USER_NAME() AS login, DB_NAME() AS [database],
    COALESCE(CAST(:schema AS NVARCHAR(128)), SCHEMA_NAME()) AS [schema],
    CAST(DATABASEPROPERTYEX(DB_NAME(), 'Updateability') AS NVARCHAR(20)) AS updateability,
    HAS_PERMS_BY_NAME(NULL, 'DATABASE', 'CREATE TABLE') AS may_create,
    HAS_PERMS_BY_NAME(QUOTENAME(COALESCE(CAST(:schema AS NVARCHAR(128)), SCHEMA_NAME())),
        'SCHEMA', 'ALTER') AS may_alter,
    HAS_PERMS_BY_NAME(:table, 'OBJECT', 'INSERT') AS may_insert,
    HAS_PERMS_BY_NAME(:table, 'OBJECT', 'UPDATE') AS may_update,
    HAS_PERMS_BY_NAME(:table, 'OBJECT', 'DELETE') AS may_delete"""


def missing_privileges(connection: Connection, table: Table, needed: Collection[str]) -> str:
    """Return the user, missing privileges, and the statement that grants them; "" if none."""
    preparer = connection.dialect.identifier_preparer
    quote = preparer.quote_identifier
    values = {"schema": table.schema, "table": preparer.format_table(table)}
    row: Any = connection.execute(text(_ASK), values).mappings().first() or {}
    if row.get("updateability") == "READ_ONLY":
        return f"The database {row['database']!r} is read-only: it does not accept writes."
    may = {
        "CREATE": 0 if 0 in {row.get("may_create"), row.get("may_alter")} else 1,
        "INSERT": row.get("may_insert"),
        "UPDATE": row.get("may_update"),
        "DELETE": row.get("may_delete"),
    }
    lacking = [each for each in needed if may[each] == 0]
    if not lacking:
        return ""
    to, schema = quote(row["login"]), quote(row["schema"])
    grant = f"GRANT SELECT, INSERT, UPDATE, DELETE ON {schema}.{quote(table.name)} TO {to}"
    if "CREATE" in lacking:
        grant = f"GRANT CREATE TABLE TO {to}; GRANT ALTER ON SCHEMA::{schema} TO {to}"
    return (
        f"The user {row['login']!r} has no privilege to {', '.join(lacking)} the version table "
        f"'{row['schema']}.{table.name}' of the database {row['database']!r}. Ask its owner to "
        f"run: {grant}."
    )
