"""Lets statements leave the run's transaction that the database refuses inside of it.

Used if the option ``auto_autocommit`` is set, once per context.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import TextClause
from sqlalchemy.sql.ddl import ExecutableDDLElement

from idiolect.ddl.offline import statement_text

if TYPE_CHECKING:
    from idiolect.runtime.migration import MigrationContext


def leave_where_required(context: MigrationContext) -> None:
    """Execute the impl's statements in an ``autocommit_block()`` where the dialect requires one.

    Args:
        context: the context; its impl is changed.
    """
    impl = context.impl
    execute = impl._exec

    def execute_outside(construct: Any, *args: Any, **kw: Any) -> Any:
        if context.transactions.is_suspended or not _is_refused(context, construct):
            return execute(construct, *args, **kw)
        with context.autocommit_block():
            return execute(construct, *args, **kw)

    impl._exec = execute_outside  # type: ignore[method-assign]


def _is_refused(context: MigrationContext, construct: Any) -> bool:
    if isinstance(construct, ExecutableDDLElement | TextClause):
        construct = statement_text(construct, context.dialect, literal_binds=False)
    if not isinstance(construct, str):
        return False  # a query or a change of rows
    return context.hooks.requires_autocommit(context.dialect, construct.strip())
