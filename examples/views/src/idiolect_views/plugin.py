"""The plugin's hook implementations, called for all dialects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from idiolect.hooks import hookimpl
from idiolect_views import compare, operations

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Inspector

    from idiolect.autogenerate.context import AutogenContext
    from idiolect.hooks import Comparator, SchemaObject
    from idiolect.hooks.collectors import OperationCollector
    from idiolect.operations import MigrateOperation


class ViewsPlugin:
    """Views and functions in models, revisions and the database."""

    idiolect_hookspec = ">=1.0,<2"

    @hookimpl
    def register_operations(self, registry: OperationCollector) -> None:
        """Register the directives."""
        operations.register(registry)

    @hookimpl
    def reflect_extra(self, inspector: Inspector) -> Iterable[SchemaObject]:
        """Return the views and functions in the database."""
        return list(compare.objects_of(inspector))

    @hookimpl
    def autogenerate_comparators(self) -> Iterable[Comparator]:
        """Return the comparator."""
        return compare.comparators()

    @hookimpl
    def render_operation(
        self, op: MigrateOperation, autogen_context: AutogenContext
    ) -> list[str] | None:
        """Return the line of a revision; other operations are left to the core."""
        if not isinstance(op, operations.ObjectOp):
            return None
        return [op.as_code(autogen_context.opts["alembic_module_prefix"])]
