"""What every operation is: a thing that can be invoked, reversed and told as a tuple.

The rooms beside this one derive from it, as do operations of users and plugins.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from idiolect.operations.explain import NotReversibleError, describe
from idiolect.util.langhelpers import memoized_property

if TYPE_CHECKING:
    from collections.abc import Hashable


class MigrateOperation:
    """An operation with its arguments, not yet carried out.

    Attributes:
        likely_rename: what may be meant instead of this operation and one that drops something
            of the same shape; it is rendered as a comment.
    """

    likely_rename: MigrateOperation | None = None
    _mutations: ClassVar[frozenset[Hashable]] = frozenset()

    @memoized_property
    def info(self) -> dict[Any, Any]:
        """Whatever a program wants to remember about this operation."""
        return {}

    def reverse(self) -> MigrateOperation:
        """Return the operation that undoes this one.

        Raises:
            NotImplementedError: operations of this kind have none.
        """
        raise NotReversibleError(f"{describe(self)} has no reverse operation.")

    def to_diff_tuple(self) -> Any:
        """Return the operation as a tuple that begins with what it does, or a list of such.

        Raises:
            NotImplementedError: operations of this kind have no such form.
        """
        raise NotReversibleError(f"{describe(self)} has no form as a tuple.")


class AlterTableOp(MigrateOperation):
    """An operation on a table that is there.

    Args:
        table_name: the table.
        schema: its schema; None is the connection's default schema.
    """

    def __init__(self, table_name: str, *, schema: str | None = None) -> None:
        self.table_name = table_name
        self.schema = schema
