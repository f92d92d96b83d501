"""The expressions that a comparison will ask a database about, all before it begins.

Used by the comparison of tables. What a filter leaves out later is asked for needlessly,
which costs less than one query for each.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Computed

from idiolect.autogenerate.compare.blame import blaming

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Table

    from idiolect.autogenerate.context import AutogenContext
    from idiolect.ddl.wording import Pair


def expressions_of(
    autogen_context: AutogenContext, reflected: Table, model: Table
) -> Iterator[Pair]:
    """Yield the defaults and computed values of columns that are on both sides.

    Args:
        autogen_context: whose options tell what is compared.
        reflected: the table as it is in the database.
        model: as it is in the model.
    """
    context = autogen_context.migration_context
    wanted = context._user_compare_server_default  # noqa: SLF001 - its option
    if not wanted:
        return
    for column in model.c:
        other = reflected.c.get(column.name)
        if other is None or column.server_default is None:
            continue
        # A callable of the user's answers for most defaults: what it leaves is asked singly.
        if callable(wanted) and not isinstance(column.server_default, Computed):
            continue
        with blaming(f"column {column.name!r} of table {str(model.name)!r}"):
            pair = context.impl.expression_pair(other, column)
        if pair is not None:
            yield pair
