"""Pairs of indexes that exist on both sides, except those already found to differ.

Used by comparators of indexes, in the core and in plugins.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from idiolect.ddl.signatures import final_name
from idiolect.operations.ops.indexes import CreateIndexOp, DropIndexOp

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Index, Table
    from sqlalchemy.engine import Dialect

    from idiolect.operations.ops.containers import ModifyTableOps


def pairs_of_indexes(
    dialect: Dialect, modify_ops: ModifyTableOps, conn_table: Table, metadata_table: Table
) -> Iterator[tuple[str, Index, Index]]:
    """Yield the name of each index that exists in both tables, the model's and the database's.

    Args:
        dialect: applies naming conventions and truncates long names, as in the database.
        modify_ops: the differences found so far; indexes in it are skipped.
        conn_table: the table in the database.
        metadata_table: the table in the models.
    """
    reflected = {str(index.name): index for index in conn_table.indexes}
    kinds = (CreateIndexOp, DropIndexOp)
    done = {one.index_name for one in modify_ops.ops if isinstance(one, kinds)}
    models = {final_name(index, dialect) or "": index for index in metadata_table.indexes}
    for name, model in sorted(models.items()):
        if name in reflected and name not in done:
            yield name, model, reflected[name]
