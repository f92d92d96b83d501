"""Reflects all tables together, in a few queries per schema, whatever its size.

Used by the comparison of tables. The hook ``reflect_tables`` reads the database; SQLAlchemy creates
tables from its result, and the impl may correct each column.
"""

from __future__ import annotations

import contextlib
import warnings
from typing import TYPE_CHECKING, Any

from sqlalchemy import Column, MetaData, PrimaryKeyConstraint, Table, UniqueConstraint, event
from sqlalchemy.exc import NoSuchTableError, SAWarning
from sqlalchemy.sql.elements import conv

from idiolect.autogenerate.compare.declared import with_new_names
from idiolect.autogenerate.compare.informed import informed
from idiolect.autogenerate.compare.keptnames import with_model_names
from idiolect.autogenerate.compare.table_signatures import signature_of
from idiolect.errors import CommandError
from idiolect.operations.schemaobj import referent_of
from idiolect.util.sqla_compat import take_literally

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from sqlalchemy import ForeignKey

    from idiolect.autogenerate.context import AutogenContext
    from idiolect.ddl.impl import DefaultImpl
    from idiolect.hooks.reflected import ReflectedTables, TableSignature

    Key = tuple[str | None, str]
    Names = Mapping[str | None, Collection[str]]

_KINDS: dict[type, str] = {
    UniqueConstraint: "unique_constraint",
    PrimaryKeyConstraint: "primary_key",
}


class Reflection:
    """Tables of the database, each reflected into a Table on demand.

    Args:
        autogen_context: has the connection.
        wanted: table names by schema.
        models: the tables of the models, which may declare renames.

    Attributes:
        known: the data read from the database.
        renames: the renames already applied to it.
    """

    def __init__(
        self,
        autogen_context: AutogenContext,
        wanted: Names,
        models: Mapping[Key, Table] | None = None,
    ) -> None:
        connection: Any = autogen_context.connection
        names: Names = {schema: frozenset(chosen) for schema, chosen in wanted.items() if chosen}
        self._hooks = autogen_context.hooks
        known = self._hooks.reflect_tables(connection, names)
        self._impl = autogen_context.migration_context.impl
        known, names = with_model_names(known, names, models or {}, self._impl)
        known, names, self.renames = with_new_names(known, names, models or {})
        self.known: ReflectedTables = known
        self._inspector: Any = informed(autogen_context.inspector, self.known, names)
        self._metadata = MetaData()
        self._tables: dict[Key, Table] = {}
        self._signatures: dict[Key, TableSignature | None] = {}
        event.listen(self._metadata, "column_reflect", self._correct)
        self.keys = self._readable(names)
        autogen_context.reflection = self

    def _readable(self, names: Names) -> list[Key]:
        """Return the keys of all tables, sorted by name; warn about unreadable ones."""
        found: list[Key] = []
        for schema, chosen in names.items():
            for name in sorted(chosen):
                error = self.known.unreflectable.get((schema, name))
                if error is None:
                    found.append((schema, name))
                else:
                    warnings.warn(f"Skipping table {name}: {error}", SAWarning, stacklevel=2)
        return found

    def can_reflect(self, kind: str) -> bool:
        """Return whether the dialect can reflect a kind of constraint, by trying it on one table.

        Args:
            kind: ``unique_constraints`` or ``check_constraints``.
        """
        facts = getattr(self.known, kind)
        # A table that exists already, because another might cost a query.
        key = next(iter(self._tables), None) or next(iter(self.keys), None)
        try:
            _ = facts is None or facts.get(key)
        except NotImplementedError:
            return False
        return facts is not None

    def _correct(self, inspector: Any, table: Table, column_info: Any) -> None:
        self._impl.autogen_column_reflect(inspector, table, column_info)
        self._hooks.reflect_column(inspector, table, column_info)

    def signature(self, key: Key) -> TableSignature | None:
        """Return the signature of a table, or None."""
        if key not in self._signatures:
            known = self.known
            self._signatures[key] = (
                signature_of(known, key, self._impl, self._inspector)
                if known.signatures is None
                else known.signatures.get(key)
            )
        return self._signatures[key]

    def tables(self, keys: Collection[Key] | None = None) -> dict[Key, Table]:
        """Return tables by schema and name.

        Tables that foreign keys refer to are not reflected for that: placeholders have the columns
        that are referred to.

        Args:
            keys: the tables to return; None: all.

        Raises:
            CommandError: a table was dropped after its name was listed.
        """
        chosen = self.keys if keys is None else keys
        fresh = [key for key in chosen if key not in self._tables]
        if self.known.prefetch is not None:
            self.known.prefetch(fresh)
        for key in fresh:
            # Replace the placeholder of a previous call by the table itself.
            with contextlib.suppress(KeyError):
                self._metadata.remove(self._metadata.tables[_full_name(key)])
            self._tables[key] = self._table(key)
        for key in fresh:
            _settle(self._tables[key], self._impl)
            for foreign_key in self._tables[key].foreign_keys:
                _stand_in(self._metadata, foreign_key)
        return {key: self._tables[key] for key in chosen}

    def _table(self, key: Key) -> Table:
        schema, name = key
        try:
            table: Table = Table(
                name,
                self._metadata,
                schema=schema,
                autoload_with=self._inspector,
                resolve_fks=False,
            )
        except NoSuchTableError as exc:
            raise CommandError(
                f"Table {str(exc)!r} was there when the tables were listed, and is gone now: "
                "another session is changing the schema. Compare again when it is done."
            ) from exc
        take_literally(table)
        return table


def reflect_tables(autogen_context: AutogenContext, wanted: Names) -> dict[Key, Table]:
    """Return tables of the database by schema and name; see :class:`Reflection`."""
    return Reflection(autogen_context, wanted).tables()


def _full_name(key: Key) -> str:
    schema, name = key
    return f"{schema}.{name}" if schema else name


def _stand_in(metadata: MetaData, foreign_key: ForeignKey) -> None:
    """Add a placeholder for the target of a foreign key, because filters may look at it."""
    schema, name, column = referent_of(foreign_key)
    referent = metadata.tables.get(f"{schema}.{name}" if schema else name)
    if referent is None:
        referent = Table(name, metadata, schema=schema)
    if column is not None and column not in referent.c:
        referent.append_column(Column(column, foreign_key.parent.type))


def _settle(table: Table, impl: DefaultImpl) -> None:
    """Mark names as final, so that no naming convention is applied to them.

    Dialect options are reduced to those that the impl considers relevant.
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
    """Return whether the dialect can reflect a kind of constraint; determined once per run.

    Args:
        autogen_context: has the connection.
        kind: ``unique_constraints`` or ``check_constraints``.
        schema: the schema of an existing table.
        tname: its name.
    """
    known = autogen_context.reflected_kinds
    if kind not in known and autogen_context.reflection is not None:
        known[kind] = autogen_context.reflection.can_reflect(kind)
    if kind not in known:
        try:
            getattr(autogen_context.inspector, f"get_{kind}")(tname, schema=schema)
        except NotImplementedError:
            known[kind] = False
        else:
            known[kind] = True
    return known[kind]
