"""The core's own answers to the hooks of comparing. Asked last, after every plugin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import inspect
from sqlalchemy.engine import ObjectKind, ObjectScope

from idiolect.autogenerate.directives import check_directives
from idiolect.hooks.markers import hookimpl
from idiolect.hooks.records import Comparator
from idiolect.hooks.reflected import ReflectedTables
from idiolect.runtime.plugins import all_plugins

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from sqlalchemy import Column, Table
    from sqlalchemy.engine import Connection, Inspector

    from idiolect.autogenerate.context import AutogenContext
    from idiolect.hooks.records import SchemaObject, TableSide
    from idiolect.operations.ops.containers import MigrationScript
    from idiolect.runtime.migration import MigrationContext


#: What every dialect tells, and what some do not.
_ALWAYS = ("columns", "pk_constraint", "foreign_keys", "indexes")
_WHERE_KNOWN = ("unique_constraints", "check_constraints", "table_comment", "table_options")
#: Of more tables than this all are read, if most are wanted: faster than naming each.
_MANY = 100


@hookimpl(trylast=True)
def reflect_tables(
    connection: Connection,
    schemas: Sequence[str | None],
    names: Mapping[str | None, Collection[str]],
) -> ReflectedTables:
    """Answer what SQLAlchemy's inspector tells, in as many queries as the dialect needs."""
    inspector = inspect(connection)
    found: dict[str, Any] = {kind: {} for kind in (*_ALWAYS, *_WHERE_KNOWN)}
    unreflectable: dict[Any, Exception] = {}
    for schema in schemas:
        wanted = names[schema]
        options = {
            "schema": schema,
            "filter_names": _filter(inspector, schema, wanted),
            "kind": ObjectKind.TABLE,
            "scope": ObjectScope.ANY,
            "unreflectable": unreflectable,
        }
        for kind, facts in found.items():
            if facts is None:
                continue
            try:
                answer = getattr(inspector, f"get_multi_{kind}")(**options)
            except NotImplementedError:
                if kind in _ALWAYS:
                    raise
                found[kind] = None
            else:
                facts.update({key: answer[key] for key in answer if key[1] in wanted})
    return ReflectedTables(**found, unreflectable=unreflectable)


def _filter(
    inspector: Inspector, schema: str | None, wanted: Collection[str]
) -> Sequence[str] | None:
    """Return the names to ask for; None: all, of which most are wanted."""
    many = len(wanted) > _MANY and len(wanted) * 2 > len(inspector.get_table_names(schema=schema))
    return None if many else list(wanted)


@hookimpl(trylast=True)
def autogenerate_comparators() -> Iterable[Comparator]:
    """Answer the core's, and those of the documented Plugin objects."""
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
    """Ask the impl's documented method."""
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
    """Ask the impl's documented method."""
    impl = autogen_context.migration_context.impl
    columns = (inspector_column, metadata_column)
    return bool(impl.compare_server_default(*columns, rendered_metadata, rendered_inspector))


@hookimpl(trylast=True)
def reflect_column(inspector: Inspector, table: Table, column_info: dict[str, Any]) -> None:
    """Do nothing: the impl's documented method is called by the reflection itself."""


@hookimpl(trylast=True)
def adjust_reflected(
    autogen_context: AutogenContext, reflected: TableSide, metadata: TableSide
) -> None:
    """Call the impl's documented methods."""
    impl = autogen_context.migration_context.impl
    if reflected.uniques or reflected.indexes or metadata.uniques or metadata.indexes:
        impl.correct_for_autogen_constraints(
            reflected.uniques, reflected.indexes, metadata.uniques, metadata.indexes
        )
    if reflected.foreign_keys or metadata.foreign_keys:
        impl.correct_for_autogen_foreignkeys(reflected.foreign_keys, metadata.foreign_keys)


@hookimpl(trylast=True)
def reflect_extra(
    inspector: Inspector, schemas: Sequence[str | None]
) -> Iterable[SchemaObject] | None:
    """Answer nothing: what there is besides tables is a dialect's own."""


@hookimpl(trylast=True)
def process_revision_directives(
    context: MigrationContext, revision: Any, directives: list[MigrationScript]
) -> None:
    """Call what ``configure()`` was given."""
    process = context.opts.get("process_revision_directives")
    if process is not None:
        process(context, revision, directives)
        check_directives(directives, process)
