"""Validates the MigrationScripts of a revision after hooks have modified them.

Used by RevisionContext, after each hook and before rendering. Errors name the hook or the column.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Column
from sqlalchemy.types import NullType

from idiolect.errors import CommandError
from idiolect.operations.ops.columns import AddColumnOp
from idiolect.operations.ops.containers import MigrationScript, OpContainer
from idiolect.operations.ops.core import MigrateOperation
from idiolect.operations.ops.tables import CreateTableOp
from idiolect.util.logs import Log

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

log = Log("autogenerate.directives")


def check_directives(directives: Sequence[Any], process: Callable[..., None] | str) -> None:
    """Raise for elements that are not MigrationScripts or operations.

    Args:
        directives: the list as a hook has left it.
        process: the hook, or its implementers.

    Raises:
        CommandError: names the hook and the value.
    """
    name = process if isinstance(process, str) else getattr(process, "__qualname__", repr(process))
    for each in directives:
        if not isinstance(each, MigrationScript):
            raise CommandError(
                f"process_revision_directives {name!r} left {each!r} in the list of directives; "
                "MigrationScript objects are expected there. An empty list writes no file."
            )
        containers = {
            "upgrade_ops": each.upgrade_ops_list,
            "downgrade_ops": each.downgrade_ops_list,
        }
        for attribute, container in containers.items():
            for wrong in _wrong_operations(container):
                raise CommandError(
                    f"process_revision_directives {name!r} left {wrong!r} in {attribute} of a "
                    "directive; operations (of idiolect.operations.ops, or another subclass of "
                    "MigrateOperation) are expected there."
                )


def is_operation(value: Any) -> bool:
    """Return whether a value is an operation.

    Published libraries have operation classes without a common base, with a renderer for each.
    """
    if isinstance(value, MigrateOperation):
        return True
    # Imported here because it is rarely needed: only for values without our base class.
    from idiolect.autogenerate.render import dispatch

    return dispatch.is_rendered(value)


def _wrong_operations(operations: Any) -> Iterator[Any]:
    if not isinstance(operations, (list, tuple)):
        yield operations
        return
    for one in operations:
        if not is_operation(one):
            yield one
        elif isinstance(one, OpContainer):
            yield from _wrong_operations(one.ops)


def require_types(directive: MigrationScript) -> None:
    """Raise for new columns without a type; warn if only ``downgrade()`` has such columns.

    Args:
        directive: a MigrationScript after its hooks have run.

    Raises:
        CommandError: names the column and its table.
    """
    for upgrade_ops in directive.upgrade_ops_list:
        for table, column in _without_type(upgrade_ops.ops):
            raise CommandError(
                f"Column {column!r} of table {table!r} has no type in the models, so no revision "
                "can make it. Give it one, as in Column('id', Integer), or let a foreign key "
                "refer to a column that has one."
            )
    for downgrade_ops in directive.downgrade_ops_list:
        for table, column in _without_type(downgrade_ops.ops):
            log.warning(
                "Column %r of table %r has a type in the database that SQLAlchemy does not know. "
                "It is written as NullType() in downgrade(), which cannot make it: put the type "
                "there by hand.",
                column,
                table,
            )


def _without_type(operations: Sequence[MigrateOperation]) -> Iterator[tuple[str, str]]:
    for one in operations:
        if isinstance(one, OpContainer):
            yield from _without_type(one.ops)
        columns: Sequence[Any] = ()
        if isinstance(one, CreateTableOp):
            columns = one.columns
        elif isinstance(one, AddColumnOp):
            columns = [one.column]
        for column in columns:
            if isinstance(column, Column) and _is_untyped(column):
                yield getattr(one, "table_name", ""), column.name


def _is_untyped(column: Column[Any]) -> bool:
    # A NullType with variants is intended.
    return isinstance(column.type, NullType) and not column.type._variant_mapping  # noqa: SLF001 - nowhere public
