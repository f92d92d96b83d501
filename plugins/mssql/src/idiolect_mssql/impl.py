"""SQL Server's impl: ALTER COLUMN redefines a column; unnamed constraints are looked up."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import Column, Computed, Identity
from sqlalchemy.types import NULLTYPE

from idiolect.ddl.base import ColumnComment, ColumnDefault, ColumnName, ColumnType
from idiolect.ddl.comparing import default_as_sql
from idiolect.ddl.impl import DefaultImpl
from idiolect.errors import OperationError
from idiolect.util import warn
from idiolect_mssql import batches, compare

# Registers the SQL rendering.
from idiolect_mssql.compile import QUERIES, DropConstraintOfColumn, conditional

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import TextIO

    from sqlalchemy import Index, Table
    from sqlalchemy.engine import Connection, CursorResult, Dialect
    from sqlalchemy.sql.base import Executable
    from sqlalchemy.sql.selectable import TableClause

    from idiolect.ddl.alter import ColumnChanges
    from idiolect.ddl.base import AlterColumn

_DROPS = {f"mssql_drop_{kind}": kind for kind in QUERIES}


class MSSQLImpl(DefaultImpl):
    """Changes the schema of a SQL Server database.

    Attributes:
        batch_separator: the line after each statement of a script;
            ``configure(mssql_batch_separator=...)`` overrides it.
    """

    __dialect__ = "mssql"

    transactional_ddl = True
    batch_separator: str = "GO"
    reflects_whole_types = True
    type_synonyms = (*DefaultImpl.type_synonyms, {"VARCHAR", "NVARCHAR"})
    identity_attrs_ignore = (
        *DefaultImpl.identity_attrs_ignore,
        "minvalue",
        "maxvalue",
        "nominvalue",
        "nomaxvalue",
        "cycle",
        "cache",
    )

    def __init__(  # noqa: PLR0917 - documented order
        self,
        dialect: Dialect,
        connection: Connection | None,
        as_sql: bool,
        transactional_ddl: bool | None,
        output_buffer: TextIO | None,
        context_opts: dict[str, Any],
    ) -> None:
        self.batch_separator = separator_of(type(self), context_opts)
        if as_sql and not dialect.default_schema_name:
            # Comments need the schema's name, which SQLAlchemy does not know without a connection.
            dialect.default_schema_name = "dbo"
        super().__init__(
            dialect, connection, as_sql, transactional_ddl, output_buffer, context_opts
        )

    def _exec(self, construct: Executable | str, *args: Any, **kw: Any) -> CursorResult[Any] | None:
        return super()._exec(conditional(construct), *args, **kw)

    def script_lines(self, sql: str) -> Iterable[str]:
        """Return a statement so that a client that splits at the separator runs it whole."""
        separator = self.rules.batch_separator
        if not separator:
            return super().script_lines(sql)
        lines = [*super().script_lines(batches.without_separators(sql, separator))]
        return [separator, *lines] if batches.must_stand_first(sql) else lines

    def alter_statements(self, changes: ColumnChanges) -> list[AlterColumn]:
        """Return the statements: type and nullability together, then comment, default, name.

        Raises:
            OperationError: the nullability changes, and the type is unknown.
        """
        return [
            *self._definition(changes),
            *_comment(changes),
            *self._default(changes),
            *_name(changes),
        ]

    def _definition(self, changes: ColumnChanges) -> Iterator[AlterColumn]:
        if changes.server_default is not False and changes.existing_server_default not in {
            None,
            False,
        }:
            yield from self._dropped_default(changes)
        if changes.nullable is None and changes.type_ is None:
            return
        type_ = changes.existing_type if changes.type_ is None else changes.type_
        known = changes.existing_nullable if changes.nullable is None else changes.nullable
        if type_ is None:
            raise OperationError(
                "MS-SQL ALTER COLUMN operations with NULL or NOT NULL require the existing_type "
                "or a new type_ be passed. "
                f"(column {changes.column_name!r} of table {changes.table_name!r})"
            )
        if known is None:
            warn(
                "MS-SQL ALTER COLUMN operations that specify type_= should also specify a "
                "nullable= or existing_nullable= argument to avoid implicit conversion of NOT "
                "NULL columns to NULL. "
                f"(column {changes.column_name!r} of table {changes.table_name!r})"
            )
        facts = {**changes.facts(), "existing_nullable": known}
        yield ColumnType(changes.table_name, changes.column_name, type_, **facts)

    def _dropped_default(self, changes: ColumnChanges) -> Iterator[AlterColumn]:
        if isinstance(changes.existing_server_default, (Computed, Identity)):
            return
        place = (changes.table_name, changes.column_name)
        yield DropConstraintOfColumn(*place, "default", **changes.facts())

    def _default(self, changes: ColumnChanges) -> Iterator[AlterColumn]:
        new, old = changes.server_default, changes.existing_server_default
        if isinstance(new, (Computed, Identity)) or isinstance(old, (Computed, Identity)):
            if new is not False:
                alone = replace(changes, nullable=None, type_=None, comment=False, name=None)
                yield from super().alter_statements(alone)
            return
        if new is None and old in {None, False}:
            yield from self._dropped_default(changes)
        elif new is not None and new is not False:
            place = (changes.table_name, changes.column_name)
            yield ColumnDefault(*place, new, **changes.facts())

    def drop_column(
        self,
        table_name: str,
        column: Column[Any],
        *,
        schema: str | None = None,
        **kw: Any,
    ) -> None:
        """Drop a column, after dropping the requested constraints on it.

        Args:
            table_name: the table.
            column: only its name is used.
            schema: the table's schema.
            kw: ``mssql_drop_default``, ``mssql_drop_check`` and ``mssql_drop_foreign_key``, each
                True to drop the only such constraint of the column; otherwise as in DefaultImpl.
        """
        wanted = [kind for option, kind in _DROPS.items() if kw.pop(option, False)]
        for kind in wanted:
            self._exec(DropConstraintOfColumn(table_name, column.name, kind, schema=schema))
        super().drop_column(table_name, column, schema=schema, **kw)

    def create_index(self, index: Index, **kw: Any) -> None:
        """Create an index.

        Args:
            index: columns in ``mssql_include`` may be names that its table does not have, as an
                operation only knows the indexed columns.
            kw: passed to SQLAlchemy's CreateIndex.
        """
        for name in index.dialect_options["mssql"]["include"] or ():
            if index.table is not None and isinstance(name, str) and name not in index.table.c:
                index.table.append_column(Column(name, NULLTYPE))
        super().create_index(index, **kw)

    def bulk_insert(
        self, table: TableClause | Table, rows: list[dict[str, Any]], multiinsert: bool = True
    ) -> None:
        """Insert rows; in a script, enable IDENTITY_INSERT if there are values for an identity.

        Args:
            table: see :meth:`idiolect.ddl.impl.DefaultImpl.bulk_insert`.
            rows: see there.
            multiinsert: see there.
        """
        if not self.as_sql:
            super().bulk_insert(table, rows, multiinsert=multiinsert)
            return
        name = self.dialect.identifier_preparer.format_table(table)
        self._exec(f"SET IDENTITY_INSERT {name} ON")
        super().bulk_insert(table, rows, multiinsert=multiinsert)
        self._exec(f"SET IDENTITY_INSERT {name} OFF")

    def compare_server_default(
        self,
        inspector_column: Column[Any],
        metadata_column: Column[Any],
        rendered_metadata_default: str | None,
        rendered_inspector_default: str | None,
    ) -> bool:
        """Compare defaults without the parentheses that the server adds."""
        wanted = default_as_sql(metadata_column, rendered_metadata_default)
        return compare.plain_default(wanted) != compare.plain_default(rendered_inspector_default)

    def adjust_reflected_dialect_options(self, reflected_object: Any, kind: str) -> dict[str, Any]:
        """Return the options of a reflected index or constraint, without empty ones."""
        options = super().adjust_reflected_dialect_options(reflected_object, kind)
        return {name: value for name, value in options.items() if value not in ([], None, False)}


def _comment(changes: ColumnChanges) -> Iterator[AlterColumn]:
    if changes.comment is not False:
        place = (changes.table_name, changes.column_name)
        yield ColumnComment(*place, changes.comment, **changes.facts())


def _name(changes: ColumnChanges) -> Iterator[AlterColumn]:
    if changes.name is not None:
        place = (changes.table_name, changes.column_name)
        yield ColumnName(*place, changes.name, **changes.facts())


def separator_of(impl_class: type[DefaultImpl], opts: Mapping[str, Any]) -> str:
    """Return the line after each statement of a script; may be empty.

    Args:
        impl_class: its attribute is used unless the option overrides it.
        opts: the options of ``configure()``.
    """
    by_class: str = getattr(impl_class, "batch_separator", MSSQLImpl.batch_separator)
    configured = opts.get("mssql_batch_separator", MSSQLImpl.batch_separator)
    return by_class if configured == MSSQLImpl.batch_separator else configured or ""
