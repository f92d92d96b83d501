"""Small frozen records that hooks receive and return."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from idiolect.util.langhelpers import DispatchPriority

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

    from sqlalchemy import ForeignKeyConstraint, Index, Table, UniqueConstraint
    from sqlalchemy.engine import Connection


@dataclass(frozen=True, slots=True)
class OfflineTransaction:
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


@dataclass(frozen=True, slots=True)
class DialectRules:
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
    offline_transaction: OfflineTransaction = field(default_factory=OfflineTransaction)
    autocommit_level: str = "AUTOCOMMIT"


#: The version table's documented name.
VERSION_TABLE = "alembic_version"


def journal_name(version_table: str) -> str:
    """Return the name of the statement journal beside a version table."""
    return f"{version_table}_journal"


def lease_name(version_table: str) -> str:
    """Return the name of the table beside a version table whose row stands in for a lock."""
    return f"{version_table}_lock"


@dataclass(frozen=True, slots=True)
class VersionTableSpec:
    """What was asked of the version table by ``configure()``.

    Attributes:
        name: the table's name, ``alembic_version`` unless configured.
        schema: its schema; None is the connection's default schema.
        primary_key: whether a new table gets a primary key over ``version_num``.
    """

    name: str = VERSION_TABLE
    schema: str | None = None
    primary_key: bool = True


@dataclass(frozen=True, slots=True)
class Expression:
    """An expression of a table, which a database may tell in other words.

    Attributes:
        kind: ``server_default``, ``computed``, ``index`` (a key of an index), ``index_where`` or
            ``check``.
        table: the table as it is in the database.
        text: the expression in the dialect's SQL.
        column: the column whose default or computed value it is; "" for what is of the table.
    """

    kind: str
    table: Table
    text: str
    column: str = ""


@dataclass(frozen=True, slots=True)
class TemplateFolder:
    """A template for the command ``init``.

    Attributes:
        path: a folder with env.py, ``script.py.mako``, the template of a config file, and a
            README whose first line ``list_templates`` prints.
        name: what it is called; ``""``: like the folder.
    """

    path: Path
    name: str = ""


@dataclass(frozen=True, slots=True)
class Comparator:
    """A function that compares, and the named set that it belongs to.

    Attributes:
        set_name: words with dots between them, by which ``autogenerate_plugins`` chooses it.
        function: takes what its target is called with, and adds operations; may return
            ``PriorityDispatchResult.STOP``.
        target: ``autogenerate``, ``schema``, ``table`` or ``column``.
        element: the chain that a STOP ends, such as ``tables``.
        qualifier: the name of the one dialect that it is for; ``default`` is any.
        priority: when it is called, relative to others of its target.
        by_default: whether it is called where ``autogenerate_plugins`` is not given.
    """

    set_name: str
    function: Callable[..., Any]
    target: str
    element: str | None = None
    qualifier: str = "default"
    priority: DispatchPriority = DispatchPriority.MEDIUM
    by_default: bool = False


@dataclass(slots=True)
class TableSide:
    """What one side of a comparison has of a table.

    Attributes:
        table: the table; None where this side does not have it.
        uniques: its unique constraints.
        indexes: its indexes.
        foreign_keys: its foreign keys.
    """

    table: Table | None
    uniques: set[UniqueConstraint] = field(default_factory=set)
    indexes: set[Index] = field(default_factory=set)
    foreign_keys: set[ForeignKeyConstraint] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class SchemaObject:
    """Something that a database has besides tables.

    Attributes:
        kind: what it is, such as ``sequence`` or ``enum_type``.
        name: its name.
        schema: its schema; None is the default one.
        definition: what there is to compare, in a form that its comparator knows.
    """

    kind: str
    name: str
    schema: str | None = None
    definition: Any = None


@dataclass(frozen=True, slots=True)
class StepGuard:
    """What a step is run again under, after ``impl.ask_for_guard()``.

    Attributes:
        reason: why, for the log.
        around: given the connection, a context manager that is entered and left with no
            transaction open. What it yields is called before the step's commit and may raise.
    """

    reason: str
    around: Callable[[Connection], AbstractContextManager[Callable[[], None]]]


@dataclass(frozen=True, slots=True)
class SessionLimits:
    """How long the statements of a step may take.

    Attributes:
        statement: seconds that one statement may run; None: no limit of the run's.
        lock_wait: seconds that one statement may wait for a lock; None: no limit of the run's.
    """

    statement: float | None = None
    lock_wait: float | None = None
