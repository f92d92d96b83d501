"""Collects the expressions to normalise before a comparison.

Expressions that a filter excludes later are normalised in vain, which costs less than one query
per expression.
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
    """Yield the defaults and computed expressions of columns that exist on both sides.

    Args:
        autogen_context: its options determine what is compared.
        reflected: the table in the database.
        model: the table in the model.
    """
    context = autogen_context.migration_context
    wanted = context._user_compare_server_default  # noqa: SLF001 - its option
    if not wanted:
        return
    for column in model.c:
        other = reflected.c.get(column.name)
        if other is None or column.server_default is None:
            continue
        # The user's callable decides most defaults; those it leaves open are normalised one by one.
        if callable(wanted) and not isinstance(column.server_default, Computed):
            continue
        with blaming(f"column {column.name!r} of table {str(model.name)!r}"):
            pair = context.impl.expression_pair(other, column)
        if pair is not None:
            yield pair
