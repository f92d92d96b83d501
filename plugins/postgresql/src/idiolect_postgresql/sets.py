"""The comparators that PostgreSQL has besides the core's, each in a set of its own.

The plugin comes in once a comparison.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from idiolect.ddl.signatures import final_name
from idiolect.hooks import Comparator
from idiolect.operations.ops import (
    CreateIndexOp,
    DropIndexOp,
)
from idiolect.util import DispatchPriority
from idiolect.util.logs import Log
from idiolect_postgresql import made
from idiolect_postgresql.enums import compare_enums
from idiolect_postgresql.excludes import compare_excludes
from idiolect_postgresql.sequences import compare_sequences

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import Index, Table

    from idiolect.autogenerate.context import AutogenContext
    from idiolect.operations.ops import ModifyTableOps

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
