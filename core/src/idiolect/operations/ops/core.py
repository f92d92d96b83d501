"""The base classes of operations: objects that can be invoked, reversed and shown as a diff tuple.

Operations of users and plugins derive from them, too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from idiolect.operations.explain import NotReversibleError, describe
from idiolect.util.langhelpers import memoized_property

if TYPE_CHECKING:
    from collections.abc import Hashable


class MigrateOperation:
    """An operation with its arguments, not yet executed.

    Attributes:
        likely_rename: a rename that may be intended instead of this operation and the drop of a
            similar object; rendered as a comment.
    """

    likely_rename: MigrateOperation | None = None
    _mutations: ClassVar[frozenset[Hashable]] = frozenset()

    @memoized_property
    def info(self) -> dict[Any, Any]:
        """Arbitrary data that a program attaches to this operation."""
        return {}

    def reverse(self) -> MigrateOperation:
        """Return the operation that undoes this one.

        Raises:
            NotImplementedError: operations of this kind cannot be reversed.
        """
        raise NotReversibleError(f"{describe(self)} has no reverse operation.")

    def to_diff_tuple(self) -> Any:
        """Return the operation as a diff tuple starting with its kind, or a list of such tuples.

        Raises:
            NotImplementedError: operations of this kind have no diff tuple.
        """
        raise NotReversibleError(f"{describe(self)} has no form as a tuple.")


class AlterTableOp(MigrateOperation):
    """An operation on an existing table.

    Args:
        table_name: the table.
        schema: its schema; None is the connection's default schema.
    """

    def __init__(self, table_name: str, *, schema: str | None = None) -> None:
        self.table_name = table_name
        self.schema = schema
