"""Small frozen records that hooks of every context receive and return.

Loaded by every run of env.py.
"""

from __future__ import annotations

from idiolect.util.records import Record


class OfflineTransaction(Record):
    """The statements around a transaction in an offline script (``--sql``).

    Attributes:
        begin: begins it; without terminator.
        commit: ends it; without terminator.
        separate_begin: write the batch separator after ``begin`` as well. After ``commit`` it is
            always written if the dialect has one.
    """

    begin: str = "BEGIN"
    commit: str = "COMMIT"
    separate_begin: bool = False


class DialectRules(Record):
    """The results of a dialect's rule hooks, which are called once per context.

    Attributes:
        transactional_ddl: whether a failed revision's DDL can be rolled back.
        statement_terminator: ends each statement in a script; may be empty.
        batch_separator: the line after each statement of a script; may be empty.
        offline_transaction: the statements around a transaction in a script.
        autocommit_level: the isolation level of ``autocommit_block()``; ``""`` if unsupported.
    """

    transactional_ddl: bool
    statement_terminator: str = ";"
    batch_separator: str = ""
    offline_transaction: OfflineTransaction = OfflineTransaction()
    autocommit_level: str = "AUTOCOMMIT"


#: The documented default name of the version table.
VERSION_TABLE = "alembic_version"


def journal_name(version_table: str) -> str:
    """Return the name of the statement journal that belongs to a version table."""
    return f"{version_table}_journal"


def lease_name(version_table: str) -> str:
    """Return the name of the lease table that belongs to a version table."""
    return f"{version_table}_lock"


class VersionTableSpec(Record):
    """The version table as configured by ``configure()``.

    Attributes:
        name: the table's name, ``alembic_version`` unless configured.
        schema: its schema; None is the connection's default schema.
        primary_key: whether a new table gets a primary key over ``version_num``.
    """

    name: str = VERSION_TABLE
    schema: str | None = None
    primary_key: bool = True
