"""The core's implementations of the rendering hooks, called after those of all plugins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from idiolect.autogenerate.render import dispatch
from idiolect.hooks.markers import hookimpl

if TYPE_CHECKING:
    from sqlalchemy.types import TypeEngine

    from idiolect.autogenerate.context import AutogenContext
    from idiolect.operations.ops.core import MigrateOperation


@hookimpl(trylast=True)
def render_type(type_: TypeEngine[Any], autogen_context: AutogenContext) -> str | None:
    """Call the impl's documented method; its False means no opinion."""
    answer = autogen_context.migration_context.impl.render_type(type_, autogen_context)
    return answer or None


@hookimpl(trylast=True)
def render_operation(op: MigrateOperation, autogen_context: AutogenContext) -> list[str]:
    """Call the renderer registered for the operation's class."""
    return dispatch.render_registered(autogen_context, op)
