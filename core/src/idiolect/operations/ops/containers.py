"""Operations that contain operations: on one table, of an upgrade, of a whole revision."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from idiolect.operations.explain import ArgumentTypeError
from idiolect.operations.ops.core import MigrateOperation
from idiolect.util.langhelpers import to_list

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator, Sequence

_Ops = TypeVar("_Ops", bound="OpContainer")


class OpContainer(MigrateOperation):
    """Operations in order.

    Args:
        ops: the operations; copied to a list that may be modified.
    """

    def __init__(self, ops: Sequence[MigrateOperation] = ()) -> None:
        self.ops = list(ops)

    def is_empty(self) -> bool:
        """Return whether it has no operations; nested containers count, even if empty."""
        return not self.ops

    def as_diffs(self) -> list[tuple[Any, ...] | list[tuple[Any, ...]]]:
        """Return the diff tuples of all operations, including those in nested containers.

        An operation with several changes results in a list of tuples.

        Raises:
            NotImplementedError: an operation has no diff tuple.
        """
        return list(self._ops_as_diffs(self))

    @classmethod
    def _ops_as_diffs(cls, migrations: OpContainer) -> Iterator[Any]:
        for operation in migrations.ops:
            if isinstance(operation, OpContainer):
                yield from cls._ops_as_diffs(operation)
            else:
                yield operation.to_diff_tuple()

    def _reversed(self) -> list[MigrateOperation]:
        return [operation.reverse() for operation in reversed(self.ops)]


class ModifyTableOps(OpContainer):
    """Operations on one table.

    Args:
        table_name: the table.
        ops: the operations.
        schema: the table's schema; None is the connection's default schema.
    """

    def __init__(
        self, table_name: str, ops: Sequence[MigrateOperation], *, schema: str | None = None
    ) -> None:
        super().__init__(ops)
        self.table_name = table_name
        self.schema = schema

    def reverse(self) -> ModifyTableOps:
        """Return the operations that undo these, in reverse order."""
        return ModifyTableOps(self.table_name, self._reversed(), schema=self.schema)


class UpgradeOps(OpContainer):
    """The operations of a revision's ``upgrade()``.

    Args:
        ops: the operations.
        upgrade_token: the template variable for the rendered code.
    """

    def __init__(
        self,
        ops: Sequence[MigrateOperation] = (),
        upgrade_token: str = "upgrades",  # noqa: S107 - a word of a template, no password
    ) -> None:
        super().__init__(ops)
        self.upgrade_token = upgrade_token

    def reverse_into(self, downgrade_ops: DowngradeOps) -> DowngradeOps:
        """Replace the contents of ``downgrade_ops`` by the reverse of these, and return it."""
        downgrade_ops.ops[:] = self._reversed()
        return downgrade_ops

    def reverse(self) -> DowngradeOps:
        """Return the operations that undo these, in reverse order."""
        return self.reverse_into(DowngradeOps())


class DowngradeOps(OpContainer):
    """The operations of a revision's ``downgrade()``.

    Args:
        ops: the operations.
        downgrade_token: the template variable for the rendered code.
    """

    def __init__(
        self,
        ops: Sequence[MigrateOperation] = (),
        downgrade_token: str = "downgrades",  # noqa: S107 - as above
    ) -> None:
        super().__init__(ops)
        self.downgrade_token = downgrade_token

    def reverse(self) -> UpgradeOps:
        """Return the operations that undo these, in reverse order."""
        return UpgradeOps(self._reversed())


class MigrationScript(MigrateOperation):
    """A revision to be generated.

    If one revision migrates several databases, there is an UpgradeOps and a DowngradeOps for each.

    Args:
        rev_id: its id; None to generate one when it is written.
        upgrade_ops: the operations of the upgrade, or a list for several databases.
        downgrade_ops: the operations of the downgrade, or a list.
        message: its message.
        imports: import statements that its operations need.
        head: its parent, or a branch label.
        splice: allow a parent that already has children.
        branch_label: its branch labels.
        version_path: the version location to write to.
        depends_on: revisions that must be applied first.
    """

    def __init__(
        self,
        rev_id: str | None,
        upgrade_ops: UpgradeOps | list[UpgradeOps],
        downgrade_ops: DowngradeOps | list[DowngradeOps],
        *,
        message: str | None = None,
        imports: set[str] | None = None,
        head: str | None = None,
        splice: bool | None = None,
        branch_label: str | Sequence[str] | None = None,
        version_path: str | os.PathLike[str] | None = None,
        depends_on: str | Sequence[str] | None = None,
    ) -> None:
        self.rev_id = rev_id
        self.message = message
        self.imports: set[str] = set() if imports is None else imports
        self.head = head
        self.splice = splice
        self.branch_label = branch_label
        self.version_path = version_path
        self.depends_on = depends_on
        self._upgrade_ops = _all_of(UpgradeOps, upgrade_ops)
        self._downgrade_ops = _all_of(DowngradeOps, downgrade_ops)

    @property
    def upgrade_ops(self) -> UpgradeOps | None:
        """The only UpgradeOps, or None. Can be set to one or a list.

        Raises:
            ValueError: there are several.
        """
        return _only_of(self._upgrade_ops, "upgrade_ops")

    @upgrade_ops.setter
    def upgrade_ops(self, upgrade_ops: UpgradeOps | list[UpgradeOps]) -> None:
        self._upgrade_ops = _all_of(UpgradeOps, upgrade_ops)

    @property
    def downgrade_ops(self) -> DowngradeOps | None:
        """The only DowngradeOps, or None. Can be set to one or a list.

        Raises:
            ValueError: there are several.
        """
        return _only_of(self._downgrade_ops, "downgrade_ops")

    @downgrade_ops.setter
    def downgrade_ops(self, downgrade_ops: DowngradeOps | list[DowngradeOps]) -> None:
        self._downgrade_ops = _all_of(DowngradeOps, downgrade_ops)

    @property
    def upgrade_ops_list(self) -> list[UpgradeOps]:
        """All UpgradeOps."""
        return self._upgrade_ops

    @property
    def downgrade_ops_list(self) -> list[DowngradeOps]:
        """All DowngradeOps."""
        return self._downgrade_ops


def _all_of(kind: type[_Ops], given: _Ops | list[_Ops]) -> list[_Ops]:
    found = to_list(given, default=[])
    for one in found:
        if not isinstance(one, kind):
            raise ArgumentTypeError(f"MigrationScript: {kind.__name__} expected, got {one!r}")
    return found


def _only_of(found: list[_Ops], attribute: str) -> _Ops | None:
    if len(found) > 1:
        raise ValueError(
            f"This MigrationScript instance has a multiple-entry list for {type(found[0]).__name__}"
            f"; please use the {attribute}_list attribute."
        )
    return found[0] if found else None
