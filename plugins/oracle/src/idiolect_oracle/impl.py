"""Oracle's impl: MODIFY instead of ALTER COLUMN, and scripts for SQL*Plus."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import Identity, Insert, inspect

import idiolect_oracle.compile  # noqa: F401 - registers the SQL text
from idiolect.ddl.comparing import default_as_sql
from idiolect.ddl.impl import DefaultImpl
from idiolect.util import warn
from idiolect_oracle import compare, sqlplus

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import TextIO

    from sqlalchemy import Column, Index, Table, UniqueConstraint
    from sqlalchemy.engine import Connection, CursorResult, Dialect
    from sqlalchemy.sql.base import Executable

    from idiolect.ddl.alter import ColumnChanges
    from idiolect.ddl.base import AlterColumn


class OracleImpl(DefaultImpl):
    """Changes the schema of an Oracle database, which commits each change immediately.

    Attributes:
        batch_separator: the line after each statement of a script;
            ``configure(oracle_batch_separator=...)`` overrides it.
    """

    __dialect__ = "oracle"

    transactional_ddl = False
    batch_separator: str = "/"
    reflects_whole_types = True
    command_terminator = ""
    type_synonyms = (*DefaultImpl.type_synonyms, *compare.TYPE_SYNONYMS)
    identity_attrs_ignore = ()

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
        super().__init__(
            dialect, connection, as_sql, transactional_ddl, output_buffer, context_opts
        )

    @property
    def is_for_sqlplus(self) -> bool:
        """Whether scripts are formatted for SQL*Plus; ``configure(oracle_sqlplus=False)``: no."""
        return bool(self.context_opts.get("oracle_sqlplus", True))

    def _exec(self, construct: Executable | str, *args: Any, **kw: Any) -> CursorResult[Any] | None:
        if self.as_sql and self.is_for_sqlplus and isinstance(construct, Insert):
            # Otherwise SQLAlchemy returns the new key INTO a variable, which a script does not
            # have.
            construct = construct.inline()
        return super()._exec(construct, *args, **kw)

    def script_lines(self, sql: str) -> Iterable[str]:
        """Return a statement so that SQL*Plus reads it whole, and runs it once."""
        if not self.is_for_sqlplus or sqlplus.is_plain(sql):
            return super().script_lines(sql)
        text = sqlplus.script_text(sql)
        if sqlplus.asks_for_value(text):
            warn(
                "SQL*Plus will ask for a value where this statement has '&' outside of a literal; "
                f"begin the script with SET DEFINE OFF: {text!r}"
            )
        # After only a comment, the separator would run the previous statement again.
        return super().script_lines(text) if sqlplus.has_code(text) else [text]

    def add_column(
        self,
        table_name: str,
        column: Column[Any],
        *,
        if_not_exists: bool | None = None,
        **kw: Any,
    ) -> None:
        """Add a column. Oracle does not support IF NOT EXISTS here, so there is a warning.

        Args:
            table_name: the table.
            column: see :meth:`idiolect.ddl.impl.DefaultImpl.add_column`.
            if_not_exists: has no effect.
            kw: other arguments of the same method.
        """
        if if_not_exists:
            warn(
                f"add_column {column.name!r} on table {table_name!r}: Oracle cannot add a column "
                "if it does not exist yet; if_not_exists changes nothing"
            )
        super().add_column(table_name, column, **kw)

    def create_table_comment(self, table: Table) -> None:
        """Set the comment of ``table``; None removes it, as NULL is not accepted.

        Source: "COMMENT" in Oracle's SQL Language Reference: only a literal may follow IS.
        """
        if table.comment is None:
            self.drop_table_comment(table)
        else:
            super().create_table_comment(table)

    def alter_statements(self, changes: ColumnChanges) -> list[AlterColumn]:
        """Return the standard SQL statements, but keep a default that an identity replaces.

        Each statement commits: if the default were dropped first and Oracle then rejected the
        identity, the column would have neither.
        """
        if isinstance(changes.server_default, Identity) and not isinstance(
            changes.existing_server_default, Identity
        ):
            changes = replace(changes, existing_server_default=None)
        return super().alter_statements(changes)

    def autogen_column_reflect(
        self, inspector: Any, table: Table, column_info: dict[str, Any]
    ) -> None:
        """Remove the white space that Oracle stores with a default, and NULL for none."""
        column_info["default"] = compare.reflected_default(column_info.get("default"))

    def compare_server_default(
        self,
        inspector_column: Column[Any],
        metadata_column: Column[Any],
        rendered_metadata_default: str | None,
        rendered_inspector_default: str | None,
    ) -> bool:
        """Compare defaults without the white space, parentheses and quotes that Oracle stores."""
        wanted = default_as_sql(metadata_column, rendered_metadata_default)
        return compare.plain_default(wanted) != compare.plain_default(rendered_inspector_default)

    def correct_for_autogen_constraints(
        self,
        conn_uniques: set[UniqueConstraint],
        conn_indexes: set[Index],
        metadata_unique_constraints: set[UniqueConstraint],
        metadata_indexes: set[Index],
    ) -> None:
        """Recognise a unique constraint by its index."""
        compare.match_uniques(
            conn_uniques,
            conn_indexes,
            metadata_unique_constraints,
            metadata_indexes,
            dialect=self.dialect,
            is_constraint=self._is_constraint,
        )

    def _is_constraint(self, index: Index) -> bool:
        table = index.table
        if self.as_sql or self.connection is None or table is None:
            return False
        inspector = inspect(self.connection)
        known = inspector.get_unique_constraints(table.name, schema=table.schema)
        return any(constraint["name"] == index.name for constraint in known)


def separator_of(impl_class: type[DefaultImpl], opts: Mapping[str, Any]) -> str:
    """Return the line after each statement of a script; may be empty.

    Args:
        impl_class: its attribute is used unless the option overrides it.
        opts: the options of ``configure()``.
    """
    by_class: str = getattr(impl_class, "batch_separator", OracleImpl.batch_separator)
    configured = opts.get("oracle_batch_separator", OracleImpl.batch_separator)
    return by_class if configured == OracleImpl.batch_separator else configured or ""
