"""The comparators that PostgreSQL has besides the core's, each in a set of its own.

The plugin comes in once a comparison. Those that look at tables one by one are to be asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import Computed, Index

from idiolect.ddl.signatures import final_name
from idiolect.hooks import Comparator
from idiolect.operations.ops import (
    AddColumnOp,
    CreateIndexOp,
    DropColumnOp,
    DropIndexOp,
)
from idiolect.util import DispatchPriority, PriorityDispatchResult
from idiolect.util.logs import Log
from idiolect_postgresql import made
from idiolect_postgresql.enums import compare_enums
from idiolect_postgresql.excludes import compare_excludes
from idiolect_postgresql.sequences import compare_sequences

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import Table

    from idiolect.autogenerate.context import AutogenContext
    from idiolect.operations.ops import AlterColumnOp, ModifyTableOps

Compare = TypeVar("Compare", bound="Callable[..., Any]")

log = Log("autogenerate.compare.postgresql")
_PREFIX = "idiolect.postgresql"


def comparators() -> Iterator[Comparator]:
    """Yield all comparators."""
    last: dict[str, Any] = {"priority": DispatchPriority.LAST}
    by_default = {**last, "by_default": True}
    target = "autogenerate"
    yield Comparator(f"{_PREFIX}.exclude", compare_excludes, target, "exclude", **by_default)
    yield Comparator(f"{_PREFIX}.sequences", compare_sequences, target, "sequences", **by_default)
    yield Comparator(f"{_PREFIX}.enums", compare_enums, target, "enums", **by_default)
    yield Comparator(f"{_PREFIX}.indexes", compare_index_details, "table", "details", **by_default)
    yield Comparator(f"{_PREFIX}.computed", compare_computed, "table", "computed", **last)
    first = DispatchPriority.FIRST
    yield Comparator(
        f"{_PREFIX}.computed", leave_to_the_table, "column", "server_default", priority=first
    )


def _proved_by(proof: Callable[[Any, Any], bool]) -> Callable[[Compare], Compare]:
    """Return a decorator: of a table of which ``proof`` is true the comparator finds nothing.

    It is given the signatures of both sides, which a table with a computed column, or with more
    than columns in an index, does not have.
    """

    def mark(compare: Compare) -> Compare:
        setattr(compare, "proves_equal", proof)  # noqa: B010 - a function has no such attribute
        return compare

    return mark


@_proved_by(lambda _signature, _model: True)
def compare_index_details(  # noqa: PLR0917 - as comparators of tables are called
    autogen_context: AutogenContext,
    modify_ops: ModifyTableOps,
    schema: str | None,
    tname: str,
    conn_table: Table | None,
    metadata_table: Table | None,
) -> None:
    """Compare WHERE, method, WITH and operator classes of indexes that are otherwise the same."""
    connection = autogen_context.connection
    if conn_table is None or metadata_table is None or connection is None:
        return
    dialect = autogen_context.dialect
    reflected = {str(index.name): index for index in conn_table.indexes}
    kinds = (CreateIndexOp, DropIndexOp)
    done = {one.index_name for one in modify_ops.ops if isinstance(one, kinds)}
    models = {final_name(index, dialect) or "": index for index in metadata_table.indexes}
    for name, model in sorted(models.items()):
        index = reflected.get(name)
        if index is None or name in done or _look_alike(model, index):
            continue
        differences = made.index_differences(connection, model, index)
        if differences and autogen_context.run_object_filters(model, name, "index", False, index):
            log.info("Detected changed index %r on %r: %s", name, tname, ", ".join(differences))
            modify_ops.ops += [DropIndexOp.from_index(index), CreateIndexOp.from_index(model)]


def _look_alike(model: Index, reflected: Index) -> bool:
    """Tell whether neither side says anything that has to be compared."""
    after, before = (dict(one.dialect_options["postgresql"]) for one in (model, reflected))
    further = [side.get(name) for side in (after, before) for name in ("where", "with", "ops")]
    is_plain = all(value is None or (isinstance(value, dict) and not value) for value in further)
    methods = [str(side.get("using") or "btree").lower() for side in (after, before)]
    return is_plain and methods[0] == methods[1]


def _by_value(compare: Compare) -> Compare:
    """Mark a comparator that looks at nothing but the two columns."""
    setattr(compare, "by_value", True)  # noqa: B010 - as above
    return compare


@_by_value
def leave_to_the_table(  # noqa: PLR0917 - as comparators of columns are called
    autogen_context: AutogenContext,
    alter_column_op: AlterColumnOp,
    schema: str | None,
    tname: str,
    cname: str,
    conn_col: Any,
    metadata_col: Any,
) -> PriorityDispatchResult | None:
    """Keep the core from its warning where both sides are computed."""
    defaults = (conn_col.server_default, metadata_col.server_default)
    if not all(isinstance(default, Computed) for default in defaults):
        return None
    alter_column_op.existing_server_default = conn_col.server_default
    return PriorityDispatchResult.STOP


@_proved_by(lambda _signature, _model: True)
def compare_computed(  # noqa: PLR0917 - as comparators of tables are called
    autogen_context: AutogenContext,
    modify_ops: ModifyTableOps,
    schema: str | None,
    tname: str,
    conn_table: Table | None,
    metadata_table: Table | None,
) -> None:
    """Make a computed column anew where its expression differs, with the indexes on it."""
    if conn_table is None or metadata_table is None:
        return
    impl: Any = autogen_context.migration_context.impl
    for column in metadata_table.c:
        old = conn_table.c.get(column.name)
        if old is None or old.computed is None or column.computed is None:
            continue
        if not impl.compare_computed(old, column) or not autogen_context.run_object_filters(
            column, column.name, "column", False, old
        ):
            continue
        log.info("Detected changed expression of column '%s.%s'", tname, column.name)
        lost = [index for index in conn_table.indexes if old in set(index.columns)]
        kept = [index for index in metadata_table.indexes if column in set(index.columns)]
        modify_ops.ops += [
            *(DropIndexOp.from_index(index) for index in lost),
            DropColumnOp.from_column_and_tablename(schema, tname, old),
            AddColumnOp.from_column_and_tablename(schema, tname, column),
            *(CreateIndexOp.from_index(index) for index in kept),
        ]
