"""Determines missing privileges on the version table in PostgreSQL, in one query.

Used by the plugin before a run writes.
Source: PostgreSQL's manual, "System Information Functions", "Access Privilege Inquiry Functions".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy import Table
    from sqlalchemy.engine import Connection

#: A table without schema is resolved with the search path, like the version table itself.
_ASK = """SELECT current_user AS login, current_database() AS database, n.nspname AS schema,
        current_setting('transaction_read_only') = 'on' AS read_only,
        has_schema_privilege(n.oid, 'CREATE') AS "CREATE",
        has_any_column_privilege(c.oid, 'INSERT') AS "INSERT",
        has_any_column_privilege(c.oid, 'UPDATE') AS "UPDATE",
        has_table_privilege(c.oid, 'DELETE') AS "DELETE",
        cn.nspname AS found_in
    FROM (SELECT CAST(:schema AS text) AS schema, CAST(:name AS text) AS name) w
    LEFT JOIN pg_catalog.pg_namespace n ON n.nspname = coalesce(w.schema, current_schema())
    LEFT JOIN pg_catalog.pg_class c ON c.relname = w.name AND
        CASE WHEN w.schema IS NULL THEN pg_table_is_visible(c.oid) ELSE c.relnamespace = n.oid END
    LEFT JOIN pg_catalog.pg_namespace cn ON cn.oid = c.relnamespace
    LIMIT 1"""


def missing_privileges(connection: Connection, table: Table, needed: Collection[str]) -> str:
    """Return the user, missing privileges, and the statement that grants them; "" if none."""
    values = {"schema": table.schema, "name": table.name}
    row = connection.execute(text(_ASK), values).mappings().one()
    login, database = row["login"], row["database"]
    if row["read_only"]:
        return (
            f"The database {database!r} does not accept writes from {login!r}: "
            "transaction_read_only is on. Either the server is a standby, and the primary is the "
            "one to migrate; or default_transaction_read_only is set for the server, the "
            "database or the login."
        )
    lacking = [each for each in needed if row[each] is False]
    if not lacking:
        return ""
    quote = connection.dialect.identifier_preparer.quote
    schema = row["schema"] if "CREATE" in lacking else row["found_in"]
    who = f"The login {login!r} has no privilege to {', '.join(lacking)} the version table"
    grant = f"SELECT, INSERT, UPDATE, DELETE ON {quote(schema)}.{quote(table.name)}"
    if "CREATE" in lacking:
        grant = f"USAGE, CREATE ON SCHEMA {quote(schema)}"
    return (
        f"{who} '{schema}.{table.name}' of the database {database!r}. Ask its owner to run: "
        f"GRANT {grant} TO {quote(login)}."
    )
