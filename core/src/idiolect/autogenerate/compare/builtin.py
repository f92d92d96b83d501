"""The core's implementations of the comparison hooks, called after those of all plugins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import inspect

from idiolect.autogenerate.compare.server_defaults import as_given
from idiolect.autogenerate.directives import check_directives
from idiolect.hooks.compared import Comparator
from idiolect.hooks.markers import hookimpl
from idiolect.hooks.standin import ask
from idiolect.runtime.plugins import all_plugins

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from sqlalchemy import Column, Table
    from sqlalchemy.engine import Connection, Inspector

    from idiolect.autogenerate.context import AutogenContext
    from idiolect.hooks.compared import SchemaObject, TableSide
    from idiolect.hooks.reflected import ReflectedTables
    from idiolect.operations.ops.containers import MigrationScript
    from idiolect.runtime.migration import MigrationContext


@hookimpl(trylast=True)
def reflect_tables(
    connection: Connection, names: Mapping[str | None, Collection[str]]
) -> ReflectedTables:
    """Return the result of SQLAlchemy's inspector, in as many queries as the dialect needs."""
    return ask(inspect(connection), names)


@hookimpl(trylast=True)
def autogenerate_comparators() -> Iterable[Comparator]:
    """Return the core's comparators, and those of the documented Plugin objects."""
    return [
        Comparator(plugin.name, function, target, element, qualifier, priority)
        for plugin in all_plugins()
        for target, qualifier, priority, function, element in (
            plugin.autogenerate_comparators.entries()
        )
    ]


@hookimpl(trylast=True)
def compare_type(
    autogen_context: AutogenContext, inspector_column: Column[Any], metadata_column: Column[Any]
) -> bool:
    """Call the impl's documented method."""
    impl = autogen_context.migration_context.impl
    return bool(impl.compare_type(inspector_column, metadata_column))


@hookimpl(trylast=True)
def compare_server_default(
    autogen_context: AutogenContext,
    inspector_column: Column[Any],
    metadata_column: Column[Any],
    rendered_metadata: str | None,
    rendered_inspector: str | None,
) -> bool:
    """Call the impl's documented method."""
    impl = autogen_context.migration_context.impl
    columns = (inspector_column, metadata_column)
    # Impls of other packages get the text that Alembic passes; those of the plugins quote it.
    given = as_given(metadata_column, rendered_metadata)
    return bool(impl.compare_server_default(*columns, given, rendered_inspector))


@hookimpl(trylast=True)
def reflect_column(inspector: Inspector, table: Table, column_info: dict[str, Any]) -> None:
    """Do nothing: reflection itself calls the impl's documented method."""


@hookimpl(trylast=True)
def adjust_reflected(
    autogen_context: AutogenContext, reflected: TableSide, metadata: TableSide
) -> None:
    """Call the impl's methods."""
    autogen_context.migration_context.impl.correct_reflected(reflected, metadata)


@hookimpl(trylast=True)
def reflect_extra(
    inspector: Inspector, schemas: Sequence[str | None]
) -> Iterable[SchemaObject] | None:
    """Return nothing: objects other than tables are specific to dialects."""


@hookimpl(trylast=True)
def process_revision_directives(
    context: MigrationContext, revision: Any, directives: list[MigrationScript]
) -> None:
    """Call the function given to ``configure()``."""
    process = context.opts.get("process_revision_directives")
    if process is not None:
        process(context, revision, directives)
        check_directives(directives, process)
