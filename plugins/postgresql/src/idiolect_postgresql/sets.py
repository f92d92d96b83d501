"""PostgreSQL's additional comparators, each in a separate set."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from idiolect.autogenerate.compare.pairs import pairs_of_indexes
from idiolect.hooks import Comparator
from idiolect.operations.ops import (
    CreateIndexOp,
    DropIndexOp,
)
from idiolect.util import DispatchPriority
from idiolect.util.logs import Log
from idiolect_postgresql import made
from idiolect_postgresql.compare import parts_with_operator_class, where_pair
from idiolect_postgresql.domains import compare_domains
from idiolect_postgresql.enums import compare_enum_order, compare_enums
from idiolect_postgresql.excludes import compare_excludes
from idiolect_postgresql.generated import recreate_generated
from idiolect_postgresql.sequences import compare_sequences

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Index, Table

    from idiolect.autogenerate.context import AutogenContext
    from idiolect.operations.ops import ModifyTableOps

log = Log("autogenerate.compare.postgresql")
_PREFIX = "idiolect.postgresql"


def comparators() -> Iterator[Comparator]:
    """Yield all comparators."""
    last: dict[str, Any] = {"priority": DispatchPriority.LAST}
    by_default = {**last, "by_default": True}
    target = "autogenerate"
    yield Comparator(f"{_PREFIX}.exclude", compare_excludes, target, "exclude", **by_default)
    yield Comparator(f"{_PREFIX}.sequences", compare_sequences, target, "sequences", **by_default)
    # Before types: each puts its own operations first, and a domain may be based on an enum type.
    yield Comparator(f"{_PREFIX}.domains", compare_domains, target, "domains", **by_default)
    yield Comparator(f"{_PREFIX}.enums", compare_enums, target, "enums", **by_default)
    yield Comparator(f"{_PREFIX}.enum_order", compare_enum_order, target, "enum order", **last)
    yield Comparator(f"{_PREFIX}.computed", recreate_generated, "table", "computed", **by_default)
    yield Comparator(f"{_PREFIX}.indexes", compare_index_details, "table", "details", **by_default)


def compare_index_details(  # noqa: PLR0917 - as comparators of tables are called
    autogen_context: AutogenContext,
    modify_ops: ModifyTableOps,
    schema: str | None,
    tname: str,
    conn_table: Table | None,
    metadata_table: Table | None,
) -> None:
    """Compare WHERE, method, WITH and operator classes of indexes that are otherwise equal."""
    if conn_table is None or metadata_table is None:
        return
    tables = (conn_table, metadata_table)
    for name, model, index in pairs_of_indexes(autogen_context.dialect, modify_ops, *tables):
        differences = list(_differences(autogen_context, model, index))
        if differences and autogen_context.run_object_filters(model, name, "index", False, index):
            log.info("Detected changed index %r on %r: %s", name, tname, ", ".join(differences))
            modify_ops.ops += [DropIndexOp.from_index(index), CreateIndexOp.from_index(model)]


# A table with a signature only has indexes that consist of columns.
setattr(compare_index_details, "proves_equal", lambda _signature, _model: True)  # noqa: B010


def _differences(autogen_context: AutogenContext, model: Index, reflected: Index) -> Iterator[str]:
    """Describe how two indexes differ; what cannot be determined is considered equal."""
    before, after = (one.dialect_options["postgresql"] for one in (reflected, model))
    methods = [str(side.get("using") or "btree").lower() for side in (before, after)]
    if methods[0] != methods[1]:
        yield f"method {methods[0]!r} to {methods[1]!r}"
    options = [_settings(side.get("with")) for side in (before, after)]
    if options[0] != options[1]:
        yield f"WITH {options[0]!r} to {options[1]!r}"
    impl: Any = autogen_context.migration_context.impl
    if _rows_differ(impl, model, reflected):
        yield "WHERE"
    classes = [dict(side.get("ops") or {}) for side in (before, after)]
    # A warning has already said that operator classes in text cannot be compared.
    if classes[0] != classes[1] and not parts_with_operator_class(model):
        connection: Any = autogen_context.connection
        yield from made.different_classes(connection, model, reflected)


def _rows_differ(impl: Any, model: Index, reflected: Index) -> bool:
    wheres = [one.dialect_options["postgresql"].get("where") for one in (reflected, model)]
    if wheres[0] is None or wheres[1] is None:
        return wheres[0] is not wheres[1]
    return impl.wording.same(where_pair(impl, model, reflected)) is False


def _settings(given: Any) -> dict[str, str]:
    """Return the storage parameters of an index in a normalised form."""
    words = {"on": "true", "off": "false"}
    texts = {str(name): str(value).lower() for name, value in dict(given or {}).items()}
    return {name: words.get(text, text) for name, text in texts.items()}
