"""The version table: one row per head, with its revision id in ``version_num``.

Used by the migration context to read heads, create the table and make sure that ids fit into it.
Rows are only changed in :mod:`idiolect.runtime.heads`.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from sqlalchemy import String, column, inspect, select, table
from sqlalchemy.exc import DBAPIError

from idiolect.errors import IdiolectError, VersionTableError
from idiolect.hooks.records import VERSION_TABLE, VersionTableSpec, journal_name
from idiolect.util.langhelpers import to_tuple
from idiolect.util.logs import Log

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from sqlalchemy import Table
    from sqlalchemy.engine import Connection
    from sqlalchemy.sql.expression import TableClause

    from idiolect.ddl.impl import DefaultImpl
    from idiolect.hooks.dialects import DialectHooks
    from idiolect.runtime.migration import MigrationContext
    from idiolect.runtime.steps import MigrationStep

log = Log("runtime.version_table")


def requested_table(opts: Mapping[str, Any]) -> VersionTableSpec:
    """Return the version table as configured by ``configure()``."""
    return VersionTableSpec(
        name=opts.get("version_table", VERSION_TABLE),
        schema=opts.get("version_table_schema"),
        primary_key=opts.get("version_table_pk", True),
    )


def is_plain(hooks: DialectHooks, impl_class: type[DefaultImpl]) -> bool:
    """Return whether the version table is the documented one: no plugin and no impl defines it."""
    # Imported by then: every impl derives from it.
    from idiolect.ddl.impl import DefaultImpl

    is_default = impl_class.version_table_impl is DefaultImpl.version_table_impl
    return is_default and hooks.homes("version_table") == {__name__.partition(".")[0]}


def plain_table(spec: VersionTableSpec) -> TableClause:
    """Return the documented version table, for reading; takes a tenth of the time of a Table."""
    return table(spec.name, column("version_num", String), schema=spec.schema)


def has_translated_schemas(connection: Connection) -> bool:
    """Return whether the connection translates the schemas of tables."""
    return bool(connection.get_execution_options().get("schema_translate_map"))


def exists(connection: Connection, version: TableClause) -> bool:
    """Return whether the table exists in the database."""
    return bool(inspect(connection).has_table(version.name, schema=version.schema))


def journal_exists(connection: Connection, version: TableClause) -> bool:
    """Return whether the table's statement journal exists in the database."""
    return bool(inspect(connection).has_table(journal_name(version.name), schema=version.schema))


def starting_heads(start: Any, script: Any) -> tuple[str, ...]:
    """Return the full ids that a script starts from; empty for the base.

    Args:
        start: one or several identifiers, from the command or env.py.
        script: the script directory to resolve them; None leaves them unchanged.
    """
    if start is None or start == "base":
        return ()
    if script is None:
        return tuple(map(str, to_tuple(start, ())))
    return tuple(
        revision.revision for each in to_tuple(start, ()) for revision in script.get_revisions(each)
    )


def qualified_name(context: MigrationContext) -> str:
    """Return the version table's name, with its schema if it has one of its own."""
    schema = context.version_table_schema
    return f"{schema}.{context.version_table}" if schema else context.version_table


def read_heads(
    connection: Connection, version: TableClause, *, latest: bool = False
) -> tuple[str, ...]:
    """Return the ids in the table, in the order in which the database returns them.

    Args:
        connection: the connection.
        version: the version table.
        latest: read what is committed now, whatever the transaction has seen; locks the rows.

    Raises:
        VersionTableError: a row holds no id.
    """
    query = select(version.c.version_num)
    heads = tuple(connection.execute(query.with_for_update() if latest else query).scalars())
    if not all(heads):
        raise VersionTableError(
            f"The version table {version.name!r} has a row without a revision id (NULL or empty). "
            "Delete that row, or rewrite the table with 'stamp --purge'."
        )
    return heads


def all_ids(script: Any) -> list[str]:
    """Return the ids of all revisions; [] if there is no readable script directory."""
    revisions = getattr(script, "revision_map", None)
    if revisions is None:
        return []
    try:
        names = revisions._revision_map  # noqa: SLF001 - nodes by id and label
    except IdiolectError:
        # Whoever needs the revisions reports the error.
        return []
    return [node.revision for node in names.values() if node is not None]


def ensure(context: MigrationContext, *, purge: bool, steps: Collection[MigrationStep]) -> None:
    """Create the version table if it does not exist, and make sure that ids fit into it.

    Args:
        context: the context whose version table it is.
        purge: delete all of its rows as well.
        steps: the steps whose ids will be written.
    """
    connection, table = context.connection, context._version
    if context.as_sql:
        make_room(table, all_ids(context.script))
        table.create(connection)
        return
    bound = connection.in_transaction() and not context.transactions.running
    with context.lock.around_run(bound=bound), _own_transaction(context):
        context.transactions.due()
        if not exists(connection, table):
            make_room(table, all_ids(context.script))
            table.create(connection, checkfirst=False)
            return
        ids = {each for step in steps for each in step.to_revisions_no_deps}
        widen_in_database(context.impl, table, ids)
        if purge:
            context.impl._exec(table.delete())


@contextlib.contextmanager
def _own_transaction(context: MigrationContext) -> Iterator[None]:
    """Commit changes to the version table itself, unless a run's transaction includes them."""
    if context.transactions.declared or context.connection.in_transaction():
        yield
        return
    with context.transactions.begin(per_step=True) as transaction:
        yield
        if transaction is None:
            context.connection.commit()


def make_room(table: Table, ids: Iterable[str]) -> None:
    """Widen the column of a table that is about to be created, if an id is longer.

    Args:
        table: modified in place, unless its column is unlimited or wide enough.
        ids: all ids that may ever be written.
    """
    size = _size(table.c.version_num.type)
    longest = max(map(len, ids), default=0)
    if size is not None and longest > size:
        table.c.version_num.type = String(longest)


def widen_in_database(impl: DefaultImpl, table: Table, ids: Iterable[str]) -> None:
    """Widen the column of an existing table, if an id to be written is longer.

    The database is not queried unless an id is longer than the documented column.

    Args:
        impl: alters the column; ``enforces_string_length`` says whether the limit has an effect.
        table: the version table.
        ids: the ids to be written.

    Raises:
        VersionTableError: the database refuses to widen it.
    """
    declared = _size(table.c.version_num.type)
    longest = max(ids, key=len, default="")
    if declared is None or len(longest) <= declared or not impl.enforces_string_length:
        return
    connection: Any = impl.connection
    columns = inspect(connection).get_columns(table.name, schema=table.schema)
    there = next((one for one in columns if one["name"] == "version_num"), None)
    size = _size(there["type"]) if there else None
    if there is None or size is None or len(longest) <= size:
        return
    log.info("Widening %s.version_num from %d to %d characters", table.name, size, len(longest))
    try:
        impl.alter_column(
            table.name,
            "version_num",
            schema=table.schema,
            type_=String(len(longest)),
            existing_type=there["type"],
            existing_nullable=there["nullable"],
        )
    except DBAPIError as exc:
        raise VersionTableError(
            f"The id {longest!r} has {len(longest)} characters, 'version_num' of the version table "
            f"{table.fullname!r} takes {size}, and the database refuses to widen it "
            f"({' '.join(str(exc.orig).split())}). Ask the table's owner to make it "
            f"VARCHAR({len(longest)}), or choose a shorter id."
        ) from exc


def _size(type_: Any) -> int | None:
    """Return the maximum number of characters of a type; None if unlimited or unknown."""
    size = getattr(type_, "length", None)
    return size if isinstance(size, int) else None
