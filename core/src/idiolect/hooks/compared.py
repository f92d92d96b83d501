"""Small records of comparisons that hooks receive and return."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from idiolect.util.langhelpers import DispatchPriority

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import ForeignKeyConstraint, Index, Table, UniqueConstraint


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
