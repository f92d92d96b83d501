"""The core's comparators, under the names by which ``autogenerate_plugins`` selects them.

Each function here calls one that returns differences, and adds them to the target's result.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from idiolect.autogenerate.compare import (
    columns,
    comments,
    computed,
    conditions,
    constraints,
    foreign_keys,
    indexes,
    primary_keys,
    proofs,
    renames,
    server_defaults,
    tables,
    types,
)
from idiolect.runtime.plugins import Plugin, all_plugins, move_to_front
from idiolect.util.dispatch import DispatchPriority, PriorityDispatcher, PriorityDispatchResult

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

#: The registry of ``@comparators.dispatch_for(...)``, for all runs.
comparators = PriorityDispatcher()


def _compare_schemas(autogen_context: Any, upgrade_ops: Any) -> None:
    found = autogen_context.schemas
    dialect = autogen_context.dialect.name
    compare = autogen_context.comparators.dispatch("schema", qualifier=dialect)
    compare(autogen_context, upgrade_ops, found)


def _compare_tables(autogen_context: Any, upgrade_ops: Any, schemas: set[str | None]) -> None:
    upgrade_ops.ops.extend(tables.compare_tables(autogen_context, schemas))


def _for_table(
    compare: Callable[..., list[Any]], proof: Callable[..., bool]
) -> Callable[..., None]:
    """Return a comparator for the target ``table`` that adds the operations of ``compare``.

    ``proof`` decides from signatures whether it would find nothing.
    """

    def add(autogen_context: Any, modify_table_ops: Any, *table: Any) -> None:
        modify_table_ops.ops.extend(compare(autogen_context, *table))

    setattr(add, proofs.PROOF, proof)
    return add


def _for_column(compare: Callable[..., Mapping[str, Any]]) -> Callable[..., Any]:
    """Return a comparator for the target ``column`` that records the result of ``compare``.

    A change ends the chain.
    """

    def note(autogen_context: Any, alter_column_op: Any, *column: Any) -> Any:
        facts = compare(autogen_context, *column)
        columns.note(alter_column_op, facts)
        changes = any(name.startswith("modify_") for name in facts)
        return PriorityDispatchResult.STOP if changes else None

    setattr(note, proofs.BY_VALUE, True)
    return note


def _for_defaults(applies: Callable[..., bool]) -> Callable[..., Any]:
    """Return a comparator that ends the chain of default comparators if ``applies`` is true."""

    def settle(autogen_context: Any, alter_column_op: Any, *column: Any) -> Any:
        if not applies(autogen_context, *column[-2:]):
            return None
        facts = server_defaults.compare_server_default(autogen_context, *column)
        columns.note(alter_column_op, facts)
        return PriorityDispatchResult.STOP

    setattr(settle, proofs.BY_VALUE, True)
    return settle


def _register() -> None:
    earlier = all_plugins()
    first, last = DispatchPriority.FIRST, DispatchPriority.LAST
    add = Plugin("alembic.autogenerate.schemas").add_autogenerate_comparator
    add(_compare_schemas, "autogenerate")
    add = Plugin("alembic.autogenerate.tables").add_autogenerate_comparator
    add(_compare_tables, "schema", "tables")
    add = Plugin("alembic.autogenerate.types").add_autogenerate_comparator
    # Last, so that a comparator without a priority can replace it by returning STOP.
    add(_for_column(types.compare_type), "column", "types", priority=last)
    add = Plugin("alembic.autogenerate.constraints").add_autogenerate_comparator
    add(_for_table(indexes.compare_indexes_and_uniques, indexes.proves_equal), "table", "indexes")
    add(
        _for_table(foreign_keys.compare_foreign_keys, foreign_keys.proves_equal),
        "table",
        "foreignkeys",
    )
    add(_for_column(columns.compare_nullable), "column", "nullable")
    add = Plugin("alembic.autogenerate.defaults").add_autogenerate_comparator
    chain = ("column", "server_default")
    add(_for_defaults(server_defaults.is_disabled), *chain, priority=first)
    add(_for_defaults(server_defaults.is_computed), *chain)
    add(_for_column(server_defaults.compare_server_default), *chain, priority=last)
    add = Plugin("alembic.autogenerate.comments").add_autogenerate_comparator
    add(_for_column(comments.compare_column_comment), "column", "comments")
    add(_for_table(comments.compare_table_comment, comments.proves_equal), "table", "comments")
    add = Plugin("alembic.ext.checkconstraint_byname").add_autogenerate_comparator
    add(
        _for_table(constraints.compare_checks, constraints.proves_equal),
        "table",
        "checkconstraints",
    )
    for name, compare, proof in (
        ("checks", conditions.compare_conditions_of_checks, constraints.proves_equal),
        ("indexes", conditions.compare_conditions_of_indexes, conditions.proves_equal),
    ):
        setattr(compare, proofs.PROOF, proof)
        add = Plugin(f"idiolect.{name}").add_autogenerate_comparator
        add(compare, "table", name, priority=last)
    setattr(computed.compare_computed, proofs.PROOF, computed.proves_equal)
    setattr(computed.leave_to_the_table, proofs.BY_VALUE, True)
    add = Plugin("idiolect.computed").add_autogenerate_comparator
    add(computed.compare_computed, "table", "computed", priority=last)
    add(computed.leave_to_the_table, *chain, priority=first)
    add = Plugin("idiolect.primary_keys").add_autogenerate_comparator
    add(primary_keys.compare_primary_keys, "table", "primarykeys", priority=last)
    add = Plugin("idiolect.autogenerate.renames").add_autogenerate_comparator
    add(renames.mark_likely_renames, "autogenerate", "renames", priority=last)
    move_to_front(plugin for plugin in all_plugins() if plugin not in earlier)


_register()
