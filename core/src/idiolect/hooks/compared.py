"""Records for hooks that take part in a comparison."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from idiolect.util.dispatch import DispatchPriority

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import ForeignKeyConstraint, Index, Table, UniqueConstraint


#: What comparators can be called for.
TARGETS = ("autogenerate", "schema", "table", "column")


@dataclass(frozen=True, slots=True)
class Comparator:
    """A comparison function and the named set that it belongs to.

    Attributes:
        set_name: dotted name by which ``autogenerate_plugins`` selects it.
        function: takes the arguments of its target and adds operations; may return
            ``PriorityDispatchResult.STOP``.
        target: ``autogenerate``, ``schema``, ``table`` or ``column``.
        element: the chain that a STOP ends, such as ``tables``.
        qualifier: the only dialect that it applies to; ``default`` means all.
        priority: its position among the comparators of the same target.
        by_default: whether it runs when ``autogenerate_plugins`` is not configured.
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
    """One side's view of a table: the database's or the models'.

    Attributes:
        table: the table; None if it does not exist on this side.
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
    """A database object other than a table.

    Attributes:
        kind: such as ``sequence`` or ``enum_type``.
        name: its name.
        schema: its schema; None is the default schema.
        definition: the value to compare; only its comparator interprets it.
    """

    kind: str
    name: str
    schema: str | None = None
    definition: Any = None


@dataclass(frozen=True, slots=True)
class Expression:
    """A SQL expression of a table, which the database may report in a different form.

    Attributes:
        kind: ``server_default``, ``computed``, ``index`` (a key of an index), ``index_where`` or
            ``check``.
        table: the table as it is in the database.
        text: the expression in the dialect's SQL.
        column: the column of a default or computed value; "" for expressions of the table.
    """

    kind: str
    table: Table
    text: str
    column: str = ""
