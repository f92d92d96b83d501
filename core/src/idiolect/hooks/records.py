"""Small frozen records that hooks of every context receive and return.

Every run of env.py loads them: named tuples, as to define a dataclass takes longer than a run needs
for all else of plugins.
"""

from __future__ import annotations

from typing import NamedTuple


class OfflineTransaction(NamedTuple):
    """The words around a transaction in a script of ``--sql``.

    Attributes:
        begin: the statement that opens it, without terminator.
        commit: the statement that ends it, without terminator.
        separate_begin: write the batch separator after ``begin`` as well; after ``commit`` it
            is written wherever the dialect has one.
    """

    begin: str = "BEGIN"
    commit: str = "COMMIT"
    separate_begin: bool = False


class DialectRules(NamedTuple):
    """A dialect's answers for one context, asked once and never again.

    Attributes:
        transactional_ddl: whether a failed revision's DDL can be rolled back.
        statement_terminator: what ends a statement in a script; ``""`` is nothing.
        batch_separator: the line after each statement of a script; ``""`` is none.
        offline_transaction: the words around a transaction in a script.
        autocommit_level: the isolation level of ``autocommit_block()``; ``""``: unsupported.
    """

    transactional_ddl: bool
    statement_terminator: str = ";"
    batch_separator: str = ""
    offline_transaction: OfflineTransaction = OfflineTransaction()
    autocommit_level: str = "AUTOCOMMIT"


#: The version table's documented name.
VERSION_TABLE = "alembic_version"


def journal_name(version_table: str) -> str:
    """Return the name of the statement journal beside a version table."""
    return f"{version_table}_journal"


def lease_name(version_table: str) -> str:
    """Return the name of the table beside a version table whose row stands in for a lock."""
    return f"{version_table}_lock"


class VersionTableSpec(NamedTuple):
    """What was asked of the version table by ``configure()``.

    Attributes:
        name: the table's name, ``alembic_version`` unless configured.
        schema: its schema; None is the connection's default schema.
        primary_key: whether a new table gets a primary key over ``version_num``.
    """

    name: str = VERSION_TABLE
    schema: str | None = None
    primary_key: bool = True
