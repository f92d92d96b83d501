"""The hooks of the plugin: it has no dialect, and is asked for all."""

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
    """Views and functions, from the models to the database."""

    idiolect_hookspec = ">=1.0,<2"

    @hookimpl
    def register_operations(self, registry: OperationCollector) -> None:
        """Add the directives."""
        operations.register(registry)

    @hookimpl
    def reflect_extra(self, inspector: Inspector) -> Iterable[SchemaObject]:
        """What the database has."""
        return list(compare.objects_of(inspector))

    @hookimpl
    def autogenerate_comparators(self) -> Iterable[Comparator]:
        """What compares it with the models."""
        return compare.comparators()

    @hookimpl
    def render_operation(
        self, op: MigrateOperation, autogen_context: AutogenContext
    ) -> list[str] | None:
        """The line of a revision; other operations are the core's."""
        if not isinstance(op, operations.ObjectOp):
            return None
        return [op.as_code(autogen_context.opts["alembic_module_prefix"])]
