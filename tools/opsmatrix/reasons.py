"""Why an operation is not possible on a dialect, in a few letters and in a sentence.

Used to write the page. A row that fails without a reason is an error, and so is a reason for a row
that works.
"""

from __future__ import annotations

import re

#: Short words, and what they stand for.
REASONS = {
    "batch mode": (
        "SQLite's `ALTER TABLE` cannot do it: the table is recreated, by "
        "`op.batch_alter_table()`. Since version 3.53, it can change whether a column is "
        "nullable."
    ),
    "no comments": (
        "SQLite has none. In a definition they are left out; to set one alone is an error."
    ),
    "no identities": (
        "SQLite and MySQL have none: there `INTEGER PRIMARY KEY` and `AUTO_INCREMENT` count. In a "
        "definition an `Identity` is left out."
    ),
    "no such clause": "The database has no `IF [NOT] EXISTS` in this place.",
    "PostgreSQL alone": "No other database has exclusion constraints.",
    "a new column": (
        "No database makes a plain column computed, or a computed one plain: drop it and add it "
        "anew."
    ),
    "from 23ai on": "Oracle takes `IF [NOT] EXISTS` from release 23ai on, and it is written so.",
    "left out": "The clause is left out: SQLAlchemy has none for Oracle's `CREATE INDEX`.",
    "no ON UPDATE": "Oracle's foreign keys have none; SQLAlchemy leaves it out, with a warning.",
    "not on MariaDB": (
        "MariaDB has no indexes on expressions: add a computed column, and index that. MySQL has "
        "them."
    ),
    "no expressions": (
        "SQL Server has no indexes on expressions: add a computed column, and index that."
    ),
    "not deferrable": "MariaDB, MySQL and SQL Server check foreign keys at once.",
    "not afterwards": (
        "A column is made an identity when it is added. SQL Server changes none later; Oracle "
        "changes and drops one that is there, and makes none (ORA-30673)."
    ),
}

_CONSTRAINTS = (
    r"(create_(primary_key|unique_constraint|check_constraint|foreign_key)|drop_constraint)"
)
_ALTER = r"alter_column, (nullable|type_|server_default)"

#: By dialect: which rows, as regular expressions over their names, and why. The first counts.
FAILING: dict[str, tuple[tuple[str, str], ...]] = {
    "sqlite": (
        (r"(create|drop)_table_comment|alter_column, comment", "no comments"),
        (r"(add|drop)_column, if_(not_)?exists", "no such clause"),
        (r"add_column, (unique|ForeignKey|inline_primary_key)", "batch mode"),
        (r"alter_column, .*Identity", "no identities"),
        (r"alter_column, Computed", "a new column"),
        (rf"{_ALTER}|{_CONSTRAINTS}", "batch mode"),
        (r"(batch_alter_table, )?create_exclude_constraint", "PostgreSQL alone"),
    ),
    "postgresql": ((r"alter_column, Computed", "a new column"),),
    "mysql": (
        (r"create_index, unique, an expression", "not on MariaDB"),
        (r"alter_column, .*Identity", "no identities"),
        (r"alter_column, Computed", "a new column"),
        (r"create_foreign_key, deferrable", "not deferrable"),
        (r"(batch_alter_table, )?create_exclude_constraint", "PostgreSQL alone"),
    ),
    "mssql": (
        (r"alter_column, .*Identity", "not afterwards"),
        (r"alter_column, Computed", "a new column"),
        (r"create_index, unique, an expression", "no expressions"),
        (r"create_foreign_key, deferrable", "not deferrable"),
        (r"(batch_alter_table, )?create_exclude_constraint", "PostgreSQL alone"),
    ),
    "oracle": (
        (r"alter_column, Computed", "a new column"),
        (r"(batch_alter_table, )?create_exclude_constraint", "PostgreSQL alone"),
        (r"(create_table|drop_table|drop_index), if_(not_)?exists", "from 23ai on"),
        (r"(add_column|drop_column|drop_constraint), if_(not_)?exists", "no such clause"),
        (r"create_foreign_key, onupdate", "no ON UPDATE"),
    ),
}

#: What is taken without a word and has no effect, or what no parser can know.
SILENT: dict[str, dict[str, str]] = {
    "sqlite": {
        "create_table, comments": "no comments",
        "add_column, comment": "no comments",
        "create_table, Identity": "no identities",
        "add_column, Identity": "no identities",
    },
    "mysql": {
        "create_table, Identity": "no identities",
        "add_column, Identity": "no identities",
    },
    "oracle": {
        "create_index, if_not_exists": "left out",
        "alter_column, Identity for a column that has none": "not afterwards",
    },
}


class Unexplained(Exception):
    """A row failed that has no reason here, or works although it has one."""


def cell(dialect: str, row: str, problem: str) -> str:
    """Return the content of a cell.

    Args:
        dialect: the column.
        row: the row's name.
        problem: the error of the trial; "" if there was none.

    Raises:
        Unexplained: the reasons do not fit.
    """
    silent = SILENT.get(dialect, {}).get(row)
    failing = next(
        (reason for rows, reason in FAILING.get(dialect, ()) if re.match(rows, row)), None
    )
    if silent and not problem:
        return f"no: {silent}"
    if problem and failing:
        return f"no: {failing}"
    if problem:
        raise Unexplained(f"{row} on {dialect} failed, and `FAILING` does not say why: {problem}")
    if failing:
        raise Unexplained(f"{row} on {dialect} works; `FAILING` says {failing!r}.")
    return "yes"
