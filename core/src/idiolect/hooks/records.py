"""Small frozen records that hooks receive and return."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

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
class StepGuard:
    """What a step is run again under, after ``impl.ask_for_guard()``.

    Attributes:
        reason: why, for the log.
        around: given the connection, a context manager that is entered and left with no
            transaction open. What it yields is called before the step's commit and may raise.
    """

    reason: str
    around: Callable[[Connection], AbstractContextManager[Callable[[], None]]]
