"""Tables of the database, asked for together: a few queries a schema, whatever its size.

The comparison of tables comes in. The impl may correct each column as it arrives.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Column, MetaData, PrimaryKeyConstraint, Table, UniqueConstraint, event
from sqlalchemy.exc import NoSuchTableError
from sqlalchemy.sql.elements import conv

from idiolect.errors import CommandError
from idiolect.operations.schemaobj import referent_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from sqlalchemy import ForeignKey

    from idiolect.autogenerate.context import AutogenContext
    from idiolect.ddl.impl import DefaultImpl

_KINDS: dict[type, str] = {
    UniqueConstraint: "unique_constraint",
    PrimaryKeyConstraint: "primary_key",
}


def reflect_tables(
    autogen_context: AutogenContext, wanted: Mapping[str | None, Collection[str]]
) -> dict[tuple[str | None, str], Table]:
    """Return tables of the database by schema and name.

    Tables that foreign keys refer to are not asked for: a stand-in has the columns referred to.

    Args:
        autogen_context: whose connection is asked.
        wanted: names of tables by schema.

    Raises:
        CommandError: a table has gone since its name was listed.
    """
    metadata = MetaData()
    impl = autogen_context.migration_context.impl
    inspector: Any = autogen_context.inspector

    def correct(inspector: Any, table: Table, column_info: Any) -> None:
        impl.autogen_column_reflect(inspector, table, column_info)

    event.listen(metadata, "column_reflect", correct)
    for schema, names in wanted.items():
        if not names:
            continue
        chosen = frozenset(names)
        try:
            metadata.reflect(
                inspector,
                schema=schema,
                only=lambda name, _metadata, chosen=chosen: name in chosen,
                resolve_fks=False,
            )
        except NoSuchTableError as exc:
            raise CommandError(
                f"Table {str(exc)!r} was there when the tables were listed, and is gone now: "
                "something else changes the database. Compare again when it is at rest."
            ) from exc
    tables = list(metadata.tables.values())
    for table in tables:
        _settle(table, impl)
        for foreign_key in table.foreign_keys:
            _stand_in(metadata, foreign_key)
    return {(table.schema, table.name): table for table in tables}


def _stand_in(metadata: MetaData, foreign_key: ForeignKey) -> None:
    """Make what a foreign key refers to, where that was not asked for: filters may look at it."""
    schema, name, column = referent_of(foreign_key)
    referent = metadata.tables.get(f"{schema}.{name}" if schema else name)
    if referent is None:
        referent = Table(name, metadata, schema=schema)
    if column is not None and column not in referent.c:
        referent.append_column(Column(column, foreign_key.parent.type))


def _settle(table: Table, impl: DefaultImpl) -> None:
    """Mark names as the database's own, so that no naming convention is applied to them.

    Options of dialects are those that the impl says count.
    """
    items: list[tuple[str, Any]] = [("index", index) for index in table.indexes]
    items += [(_KINDS.get(type(one), ""), one) for one in table.constraints]
    for kind, item in items:
        if isinstance(item.name, str):
            item.name = conv(item.name)
        given = dict(item.dialect_kwargs)
        if not kind or not given:
            continue
        reflected = {"name": item.name, "dialect_options": given}
        kept = impl.adjust_reflected_dialect_options(reflected, kind)
        for name in given.keys() - kept.keys():
            del item.dialect_kwargs[name]


def is_reflected(
    autogen_context: AutogenContext, kind: str, schema: str | None, tname: str
) -> bool:
    """Tell whether the dialect can read constraints of a kind; one table is asked for, once a run.

    Args:
        autogen_context: whose connection is asked.
        kind: ``unique_constraints`` or ``check_constraints``.
        schema: the schema of a table that is there.
        tname: its name.
    """
    known = autogen_context.reflected_kinds
    if kind not in known:
        try:
            getattr(autogen_context.inspector, f"get_{kind}")(tname, schema=schema)
        except NotImplementedError:
            known[kind] = False
        else:
            known[kind] = True
    return known[kind]
