"""The directives of Operations, as type checkers see them.

Generated from the operations by tools/write_stubs.py; not to be edited. Never used at run
time, when each directive is a method that its operation has registered.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Column, Table, TextClause
    from sqlalchemy.schema import SchemaItem
    from sqlalchemy.sql.base import Executable
    from sqlalchemy.sql.elements import ColumnElement
    from sqlalchemy.sql.selectable import TableClause
    from sqlalchemy.types import TypeEngine

    from idiolect.ddl.base import ServerDefault


class OperationsMethods:
    """What operations of the core and of its dialects' plugins add to Operations."""

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
        """Add a column, then its constraints, index and comment, if any.

        Args:
            table_name: the table.
            column: the new column; set a database default with ``server_default``.
            schema: the table's schema; None is the connection's default schema.
            if_not_exists: add IF NOT EXISTS, for dialects that support it.
            inline_references: render a sole foreign key as part of the column's definition instead
                of adding a constraint afterwards; the database then chooses its name.
            inline_primary_key: render PRIMARY KEY as part of the definition of a primary key
                column; otherwise the key is left to create_primary_key().
        """
        raise NotImplementedError

    def alter_column(
        self,
        table_name: str,
        column_name: str,
        *,
        nullable: bool | None = None,
        comment: str | Literal[False] | None = False,
        server_default: ServerDefault | Literal[False] | None = False,
        new_column_name: str | None = None,
        type_: TypeEngine[Any] | type[TypeEngine[Any]] | None = None,
        existing_type: TypeEngine[Any] | type[TypeEngine[Any]] | None = None,
        existing_server_default: ServerDefault | Literal[False] | None = False,
        existing_nullable: bool | None = None,
        existing_comment: str | None = None,
        schema: str | None = None,
        **kw: Any,
    ) -> None:
        """Change a column: only the given properties are changed.

        If the database needs them, the CHECK of ``existing_type`` (Boolean, Enum) is dropped, and
        that of the new type is added.

        Args:
            table_name: the table.
            column_name: the column's current name.
            nullable: True or False: allow or forbid NULL.
            comment: the new comment; None removes it.
            server_default: the new default: a string for a value, ``text()`` or another expression
                for SQL, an Identity; None removes it.
            new_column_name: the new name.
            type_: the new type.
            existing_type: the current type; some databases need it for any change.
            existing_server_default: the current default; needed to change an Identity, and by
                databases that would lose it.
            existing_nullable: whether NULL is allowed at present; for databases that would lose it.
            existing_comment: the current comment; for databases that would lose it.
            schema: the table's schema; None is the connection's default schema.
            kw: ``autoincrement`` and ``existing_autoincrement``, for databases with such a flag,
                and options of dialects, named ``<dialectname>_<argument>``, such as
                ``postgresql_using``: SQL that converts the old values.
        """
        raise NotImplementedError

    def bulk_insert(
        self,
        table: Table | TableClause,
        rows: list[dict[str, Any]],
        *,
        multiinsert: bool = True,
    ) -> None:
        """Insert rows; in a script, each is an INSERT with literal values.

        Args:
            table: the result of create_table(), a Table, or a ``table()``.
            rows: one dict of values by column key per row; may be empty.
            multiinsert: online, send rows together as bound parameters; False sends a statement per
                row, which rows with inline_literal() need.
        """
        raise NotImplementedError

    def create_check_constraint(
        self,
        constraint_name: str | None,
        table_name: str,
        condition: str | ColumnElement[bool] | TextClause,
        *,
        schema: str | None = None,
        **kw: Any,
    ) -> None:
        r"""Add a check constraint.

        Args:
            constraint_name: its name; None uses the naming convention, or the database's default.
            table_name: the table.
            condition: must not be false for any row: SQL as text, with ``\:`` for a colon before a
                word, or an expression of ``column()`` and the like.
            schema: the table's schema; None is the connection's default schema.
            kw: ``deferrable`` (True or False: add DEFERRABLE or NOT DEFERRABLE), ``initially``
                (add INITIALLY and this word) and options of dialects, named
                ``<dialectname>_<argument>``.
        """
        raise NotImplementedError

    def create_exclude_constraint(
        self,
        constraint_name: str,
        table_name: str,
        *elements: Any,
        **kw: Any,
    ) -> Table | None:
        """Add an EXCLUDE constraint.

        Args:
            constraint_name: its name.
            table_name: the table.
            elements: pairs of an expression and the operator that compares it, such as
                ``("period", "&&")``; a string is a column name, use ``text()`` or another
                expression for anything else, with parentheses where PostgreSQL requires them.
            kw: ``where`` (restricts it to rows that satisfy this condition), ``using`` (the index
                method), ``ops`` (operator classes by name), ``deferrable``, ``initially``,
                ``schema``.
        """
        raise NotImplementedError

    def create_foreign_key(
        self,
        constraint_name: str | None,
        source_table: str,
        referent_table: str,
        local_cols: list[str],
        remote_cols: list[str],
        *,
        onupdate: str | None = None,
        ondelete: str | None = None,
        deferrable: bool | None = None,
        initially: str | None = None,
        match: str | None = None,
        source_schema: str | None = None,
        referent_schema: str | None = None,
        **dialect_kw: Any,
    ) -> None:
        """Add a foreign key.

        Args:
            constraint_name: its name; None uses the naming convention, or the database's default.
            source_table: the referring table.
            referent_table: the referred table.
            local_cols: names of the referring columns, in order.
            remote_cols: names of the referred columns, in the same order.
            onupdate: add ON UPDATE with this action, such as CASCADE.
            ondelete: add ON DELETE with this action, such as SET NULL.
            deferrable: True or False: add DEFERRABLE or NOT DEFERRABLE.
            initially: add INITIALLY and this word.
            match: add MATCH and this word.
            source_schema: the schema of the referring table.
            referent_schema: the schema of the referred table.
            dialect_kw: options of dialects, named ``<dialectname>_<argument>``.
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
            index_name: its name; None uses the naming convention.
            table_name: the table.
            columns: column names, ``text()`` or other SQL expressions, in order.
            schema: the table's schema; None is the connection's default schema.
            unique: create a unique index.
            if_not_exists: add IF NOT EXISTS.
            kw: ``quote`` (force or forbid quotes around the name) and options of dialects,
                named ``<dialectname>_<argument>``.
        """
        raise NotImplementedError

    def create_primary_key(
        self,
        constraint_name: str | None,
        table_name: str,
        columns: list[str],
        *,
        schema: str | None = None,
    ) -> None:
        """Add a primary key.

        Args:
            constraint_name: its name; None uses the naming convention, or the database's default.
            table_name: the table.
            columns: its column names, in order.
            schema: the table's schema; None is the connection's default schema.
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
            columns: Column objects, and optionally Constraint and Index objects; set database
                defaults with ``server_default``.
            if_not_exists: add IF NOT EXISTS.
            kw: ``schema``, ``comment``, ``prefixes``, ``info`` and other arguments of SQLAlchemy's
                Table, including options of dialects.

        Returns:
            The table, for subsequent statements such as bulk_insert().
        """
        raise NotImplementedError

    def create_table_comment(
        self,
        table_name: str,
        comment: str | None,
        *,
        existing_comment: str | None = None,
        schema: str | None = None,
    ) -> None:
        """Set a table's comment.

        Args:
            table_name: the table.
            comment: the comment; None removes it.
            existing_comment: the current comment, needed to reverse the operation.
            schema: the table's schema; None is the connection's default schema.
        """
        raise NotImplementedError

    def create_unique_constraint(
        self,
        constraint_name: str | None,
        table_name: str,
        columns: Sequence[str],
        *,
        schema: str | None = None,
        **kw: Any,
    ) -> Any:
        """Add a unique constraint.

        Args:
            constraint_name: its name; None uses the naming convention, or the database's default.
            table_name: the table.
            columns: its column names, in order.
            schema: the table's schema; None is the connection's default schema.
            kw: ``deferrable`` (True or False: add DEFERRABLE or NOT DEFERRABLE), ``initially``
                (add INITIALLY and this word) and options of dialects, named
                ``<dialectname>_<argument>``.
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
            kw: ``if_exists=True`` adds IF EXISTS, for dialects that support it; others are options
                of dialects, named ``<dialectname>_<argument>``.
        """
        raise NotImplementedError

    def drop_constraint(
        self,
        constraint_name: str,
        table_name: str,
        type_: str | None = None,
        *,
        schema: str | None = None,
        if_exists: bool | None = None,
    ) -> None:
        """Drop a constraint by its name.

        Args:
            constraint_name: its name.
            table_name: the table.
            type_: ``"foreignkey"``, ``"primary"``, ``"unique"`` or ``"check"``: some databases
                need it, and a naming convention for checks is only applied with ``"check"``.
            schema: the table's schema; None is the connection's default schema.
            if_exists: add IF EXISTS.
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

    def drop_table_comment(
        self,
        table_name: str,
        *,
        existing_comment: str | None = None,
        schema: str | None = None,
    ) -> None:
        """Remove a table's comment.

        Args:
            table_name: the table.
            existing_comment: the current comment, needed to reverse the operation.
            schema: the table's schema; None is the connection's default schema.
        """
        raise NotImplementedError

    def execute(
        self,
        sqltext: Executable | str,
        *,
        execution_options: dict[str, Any] | None = None,
    ) -> None:
        r"""Execute a statement, or write it to the script. There is no result.

        Args:
            sqltext: text, or any executable construct of SQLAlchemy. In text ``:name`` is a
                parameter; write ``\:name`` for a colon. A script cannot have parameters: use
                inline_literal() there.
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
            old_table_name: its current name.
            new_table_name: its new name.
            schema: its schema; None is the connection's default schema.
        """
        raise NotImplementedError


class BatchOperationsMethods:
    """What they add to BatchOperations."""

    def add_column(
        self,
        column: Column[Any],
        *,
        insert_before: str | None = None,
        insert_after: str | None = None,
        if_not_exists: bool | None = None,
        inline_references: bool | None = None,
        inline_primary_key: bool | None = None,
    ) -> None:
        """Add a column to the batch's table.

        Args:
            column: the new column.
            insert_before: add it before this column, if the table is recreated.
            insert_after: add it after this column, if the table is recreated.
            if_not_exists: add IF NOT EXISTS, for dialects that support it.
            inline_references: render a sole foreign key as part of the column's definition.
            inline_primary_key: render PRIMARY KEY as part of a primary key column's definition.
        """
        raise NotImplementedError

    def alter_column(
        self,
        column_name: str,
        *,
        nullable: bool | None = None,
        comment: str | Literal[False] | None = False,
        server_default: ServerDefault | Literal[False] | None = False,
        new_column_name: str | None = None,
        type_: TypeEngine[Any] | type[TypeEngine[Any]] | None = None,
        existing_type: TypeEngine[Any] | type[TypeEngine[Any]] | None = None,
        existing_server_default: ServerDefault | Literal[False] | None = False,
        existing_nullable: bool | None = None,
        existing_comment: str | None = None,
        insert_before: str | None = None,
        insert_after: str | None = None,
        **kw: Any,
    ) -> None:
        """Change a column of the batch's table: only the given properties are changed.

        Args:
            column_name: the column's current name.
            nullable: True or False: allow or forbid NULL.
            comment: the new comment; None removes it.
            server_default: the new default; None removes it.
            new_column_name: the new name.
            type_: the new type.
            existing_type: the current type; needed if its CHECK has a name.
            existing_server_default: the current default.
            existing_nullable: whether NULL is allowed at present.
            existing_comment: the current comment.
            insert_before: move it before this column, if the table is recreated.
            insert_after: move it after this column, if the table is recreated.
            kw: ``autoincrement``, ``existing_autoincrement`` and options of dialects.
        """
        raise NotImplementedError

    def create_check_constraint(
        self,
        constraint_name: str,
        condition: str | TextClause | ColumnElement[bool],
        **kw: Any,
    ) -> None:
        """Add a check constraint to the batch's table.

        Args:
            constraint_name: its name.
            condition: must not be false for any row.
            kw: ``deferrable``, ``initially`` and options of dialects.
        """
        raise NotImplementedError

    def create_exclude_constraint(
        self,
        constraint_name: str,
        *elements: Any,
        **kw: Any,
    ) -> Table | None:
        """Add an EXCLUDE constraint to the batch's table.

        Args:
            constraint_name: its name.
            elements: as in create_exclude_constraint().
            kw: as in create_exclude_constraint().
        """
        raise NotImplementedError

    def create_foreign_key(
        self,
        constraint_name: str | None,
        referent_table: str,
        local_cols: list[str],
        remote_cols: list[str],
        *,
        referent_schema: str | None = None,
        onupdate: str | None = None,
        ondelete: str | None = None,
        deferrable: bool | None = None,
        initially: str | None = None,
        match: str | None = None,
        **dialect_kw: Any,
    ) -> None:
        """Add a foreign key to the batch's table.

        Args:
            constraint_name: its name.
            referent_table: the referred table.
            local_cols: names of the referring columns, in order.
            remote_cols: names of the referred columns, in the same order.
            referent_schema: the schema of the referred table.
            onupdate: add ON UPDATE with this action, such as CASCADE.
            ondelete: add ON DELETE with this action, such as SET NULL.
            deferrable: True or False: add DEFERRABLE or NOT DEFERRABLE.
            initially: add INITIALLY and this word.
            match: add MATCH and this word.
            dialect_kw: options of dialects, named ``<dialectname>_<argument>``.
        """
        raise NotImplementedError

    def create_index(
        self,
        index_name: str,
        columns: Sequence[str | TextClause | ColumnElement[Any]],
        **kw: Any,
    ) -> None:
        """Create an index on the batch's table.

        Args:
            index_name: its name.
            columns: column names, ``text()`` or other SQL expressions, in order.
            kw: ``unique``, ``if_not_exists`` and options of dialects.
        """
        raise NotImplementedError

    def create_primary_key(
        self,
        constraint_name: str | None,
        columns: list[str],
    ) -> None:
        """Add a primary key to the batch's table.

        Args:
            constraint_name: its name.
            columns: its column names, in order.
        """
        raise NotImplementedError

    def create_table_comment(
        self,
        comment: str | None,
        *,
        existing_comment: str | None = None,
    ) -> None:
        """Set the comment of the batch's table.

        Args:
            comment: the comment; None removes it.
            existing_comment: the current comment.
        """
        raise NotImplementedError

    def create_unique_constraint(
        self,
        constraint_name: str,
        columns: Sequence[str],
        **kw: Any,
    ) -> Any:
        """Add a unique constraint to the batch's table.

        Args:
            constraint_name: its name.
            columns: its column names, in order.
            kw: ``deferrable``, ``initially`` and options of dialects.
        """
        raise NotImplementedError

    def drop_column(
        self,
        column_name: str,
        **kw: Any,
    ) -> None:
        """Drop a column of the batch's table.

        Args:
            column_name: the column.
            kw: ``existing_type``, whose named CHECK is dropped with the column; others as in
                drop_column() of Operations.
        """
        raise NotImplementedError

    def drop_constraint(
        self,
        constraint_name: str,
        type_: str | None = None,
    ) -> None:
        """Drop a constraint of the batch's table by its name.

        Args:
            constraint_name: its name.
            type_: ``"foreignkey"``, ``"primary"``, ``"unique"`` or ``"check"``.
        """
        raise NotImplementedError

    def drop_index(
        self,
        index_name: str,
        **kw: Any,
    ) -> None:
        """Drop an index of the batch's table.

        Args:
            index_name: its name.
            kw: ``if_exists`` and options of dialects.
        """
        raise NotImplementedError

    def drop_table_comment(
        self,
        *,
        existing_comment: str | None = None,
    ) -> None:
        """Remove the comment of the batch's table.

        Args:
            existing_comment: the current comment.
        """
        raise NotImplementedError

    def execute(
        self,
        sqltext: Executable | str,
        *,
        execution_options: dict[str, Any] | None = None,
    ) -> None:
        """Execute a statement immediately, before the recorded operations of the batch.

        Args:
            sqltext: text, or any executable construct of SQLAlchemy.
            execution_options: SQLAlchemy's execution options.
        """
        raise NotImplementedError
