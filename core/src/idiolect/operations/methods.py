"""The directives of Operations, as type checkers see them.

Generated from the operations by tools/write_stubs.py; not to be edited. Never used at run
time, when each directive is a method that its operation has registered.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Column, Table, TextClause
    from sqlalchemy.schema import SchemaItem
    from sqlalchemy.sql.base import Executable
    from sqlalchemy.sql.elements import ColumnElement
    from sqlalchemy.sql.selectable import TableClause


class OperationsMethods:
    """What operations of the core add to Operations."""

    def add_column(
        self,
        table_name: str,
        column: Column[Any],
        *,
        schema: str | None = None,
        if_not_exists: bool | None = None,
        inline_references: bool | None = None,
        inline_primary_key: bool | None = None,
    ) -> None:
        """Add a column, then its constraints, its index and its comment where it has such.

        Args:
            table_name: the table.
            column: the new column; a default of the database is given as ``server_default``.
            schema: the table's schema; None is the connection's default schema.
            if_not_exists: add IF NOT EXISTS, for dialects that have it.
            inline_references: write a sole foreign key into the column's definition instead of
                adding a constraint afterwards; its name is then the database's choice.
            inline_primary_key: write PRIMARY KEY into the definition of a column that is a
                primary key; otherwise the key is left to create_primary_key().
        """
        raise NotImplementedError

    def bulk_insert(
        self,
        table: Table | TableClause,
        rows: list[dict[str, Any]],
        *,
        multiinsert: bool = True,
    ) -> None:
        """Insert rows; in a script each is an INSERT with its values written out.

        Args:
            table: the target: what create_table() returned, a Table, or a ``table()``.
            rows: the values by column key, one dict a row; an empty list inserts nothing.
            multiinsert: online, send rows together as bound parameters; False makes each row
                a statement, which rows with inline_literal() need.
        """
        raise NotImplementedError

    def create_index(
        self,
        index_name: str | None,
        table_name: str,
        columns: Sequence[str | TextClause | ColumnElement[Any]],
        *,
        schema: str | None = None,
        unique: bool = False,
        if_not_exists: bool | None = None,
        **kw: Any,
    ) -> None:
        """Create an index.

        Args:
            index_name: its name; None asks the naming convention.
            table_name: the table.
            columns: names of columns, ``text()`` or other SQL expressions, in order.
            schema: the table's schema; None is the connection's default schema.
            unique: allow no two equal entries.
            if_not_exists: add IF NOT EXISTS.
            kw: ``quote`` (force or forbid quotes around the name) and options of dialects,
                named ``<dialectname>_<argument>``.
        """
        raise NotImplementedError

    def create_table(
        self,
        table_name: str,
        *columns: SchemaItem,
        if_not_exists: bool | None = None,
        **kw: Any,
    ) -> Table:
        """Create a table.

        Args:
            table_name: its name.
            columns: Column objects, and Constraint and Index objects where wanted; defaults of
                the database are those given as ``server_default``.
            if_not_exists: add IF NOT EXISTS.
            kw: ``schema``, ``comment``, ``prefixes``, ``info`` and what else SQLAlchemy's Table
                takes, options of dialects among them.

        Returns:
            The table, for statements that follow, such as bulk_insert().
        """
        raise NotImplementedError

    def drop_column(
        self,
        table_name: str,
        column_name: str,
        *,
        schema: str | None = None,
        **kw: Any,
    ) -> None:
        """Drop a column.

        Args:
            table_name: the table.
            column_name: the column.
            schema: the table's schema; None is the connection's default schema.
            kw: ``if_exists=True`` adds IF EXISTS, for dialects that have it; others are
                options of dialects, named ``<dialectname>_<argument>``.
        """
        raise NotImplementedError

    def drop_index(
        self,
        index_name: str,
        table_name: str | None = None,
        *,
        schema: str | None = None,
        if_exists: bool | None = None,
        **kw: Any,
    ) -> None:
        """Drop an index.

        Args:
            index_name: its name.
            table_name: the table; some databases need it.
            schema: the table's schema; None is the connection's default schema.
            if_exists: add IF EXISTS.
            kw: options of dialects, named ``<dialectname>_<argument>``.
        """
        raise NotImplementedError

    def drop_table(
        self,
        table_name: str,
        *,
        schema: str | None = None,
        if_exists: bool | None = None,
        **kw: Any,
    ) -> None:
        """Drop a table.

        Args:
            table_name: its name.
            schema: its schema; None is the connection's default schema.
            if_exists: add IF EXISTS.
            kw: arguments of SQLAlchemy's Table.
        """
        raise NotImplementedError

    def execute(
        self,
        sqltext: Executable | str,
        *,
        execution_options: dict[str, Any] | None = None,
    ) -> None:
        r"""Execute a statement, or write it into the script. There is no result.

        Args:
            sqltext: text, or any executable construct of SQLAlchemy. In text ``:name`` is a
                parameter; write ``\:name`` for a colon. A script has no place for parameters:
                use inline_literal() there.
            execution_options: SQLAlchemy's execution options.
        """
        raise NotImplementedError

    def rename_table(
        self,
        old_table_name: str,
        new_table_name: str,
        *,
        schema: str | None = None,
    ) -> None:
        """Rename a table.

        Args:
            old_table_name: its name so far.
            new_table_name: its name from then on.
            schema: its schema; None is the connection's default schema.
        """
        raise NotImplementedError
