"""The entry point of a comparison: calls the comparators of the target ``autogenerate``.

Used by the API and RevisionContext.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from idiolect.autogenerate.compare.needs import put_needs_first
from idiolect.autogenerate.compare.order import (
    drop_indexes_with_tables,
    drop_referred_tables_last,
    separate_key_cycles,
)
from idiolect.autogenerate.compare.retyped import free_retyped_columns, free_retyped_keys
from idiolect.util.collector import collector_paused

if TYPE_CHECKING:
    from idiolect.autogenerate.context import AutogenContext
    from idiolect.operations.ops.containers import MigrationScript, UpgradeOps


def _produce_net_changes(autogen_context: AutogenContext, upgrade_ops: UpgradeOps) -> None:
    """Add operations to ``upgrade_ops`` that make the database match the models."""
    compare = autogen_context.comparators.dispatch(
        "autogenerate", qualifier=autogen_context.dialect.name
    )
    with collector_paused():
        compare(autogen_context, upgrade_ops)


def populate_migration_script(
    autogen_context: AutogenContext, migration_script: MigrationScript
) -> None:
    """Add the differences to the last containers of a MigrationScript, with their reverse."""
    upgrade_ops = migration_script.upgrade_ops_list[-1]
    _produce_net_changes(autogen_context, upgrade_ops)
    separate_key_cycles(upgrade_ops.ops, autogen_context.dialect)
    drop_referred_tables_last(upgrade_ops.ops)
    put_needs_first(upgrade_ops.ops)
    free_retyped_columns(upgrade_ops.ops)
    impl = autogen_context.migration_context.impl
    if not impl.keys_hold_indexes:
        # Otherwise the impl moves keys together with their indexes.
        free_retyped_keys(upgrade_ops.ops)
    downgrade_ops = upgrade_ops.reverse_into(migration_script.downgrade_ops_list[-1])
    impl.complete_operations(autogen_context, upgrade_ops, downgrade_ops)
    if impl.keys_hold_indexes:
        for container in (upgrade_ops, downgrade_ops):
            drop_indexes_with_tables(container.ops)
