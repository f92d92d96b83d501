"""Pairs of indexes that both sides have, without those that another comparator has found.

Used by comparators of indexes, the core's and those of plugins. Nothing is compared here.
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
    """Yield the name of each index that both tables have, the model's and the database's.

    Args:
        dialect: makes names of conventions and of long names what they are in the database.
        modify_ops: what was found before; an index in there is passed over.
        conn_table: the table in the database.
        metadata_table: the models' table.
    """
    reflected = {str(index.name): index for index in conn_table.indexes}
    kinds = (CreateIndexOp, DropIndexOp)
    done = {one.index_name for one in modify_ops.ops if isinstance(one, kinds)}
    models = {final_name(index, dialect) or "": index for index in metadata_table.indexes}
    for name, model in sorted(models.items()):
        if name in reflected and name not in done:
            yield name, model, reflected[name]
