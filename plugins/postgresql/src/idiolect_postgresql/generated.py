"""Recreates computed columns around changes of the types that they are computed from.

The comparator of the set ``idiolect.postgresql.computed``. No database is queried here.

Source: "ALTER TABLE" in PostgreSQL's manual: the type of a column cannot be changed if a generated
column uses it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sqlalchemy import Computed

from idiolect.autogenerate.compare.computed import recreate
from idiolect.operations.ops import AlterColumnOp
from idiolect.util.logs import Log

if TYPE_CHECKING:
    from sqlalchemy import Table

    from idiolect.autogenerate.context import AutogenContext
    from idiolect.operations.ops import ModifyTableOps

log = Log("autogenerate.compare.computed")
#: A literal, a quoted name, a word.
_TOKEN = re.compile(r"'(?:[^']|'')*'|\"((?:[^\"]|\"\")+)\"|([^\W\d][\w$]*)")


def recreate_generated(  # noqa: PLR0917 - as comparators of tables are called
    autogen_context: AutogenContext,
    modify_ops: ModifyTableOps,
    schema: str | None,
    tname: str,
    conn_table: Table | None,
    metadata_table: Table | None,
) -> None:
    """Drop and add the computed columns that use a column whose type changes."""
    if conn_table is None or metadata_table is None:
        return
    retyped = {
        str(one.column_name)
        for one in modify_ops.ops
        if isinstance(one, AlterColumnOp) and one.modify_type is not None
    }
    for column in metadata_table.c if retyped else ():
        old = conn_table.c.get(column.name)
        if old is None or column.computed is None or not isinstance(old.computed, Computed):
            continue
        used = retyped & names_in(str(old.computed.sqltext))
        if used and autogen_context.run_object_filters(column, column.name, "column", False, old):
            log.info(
                "Recreating computed column '%s.%s': it uses %s, whose type changes",
                tname,
                column.name,
                ", ".join(map(repr, sorted(used))),
            )
            recreate(modify_ops, schema, old, column)


# A table with a signature has no computed columns.
setattr(recreate_generated, "proves_equal", lambda _signature, _model: True)  # noqa: B010


def names_in(sql: str) -> set[str]:
    """Return the words and quoted names in SQL as PostgreSQL reports it."""
    found = _TOKEN.findall(sql)
    return {quoted.replace('""', '"') or word for quoted, word in found} - {""}
