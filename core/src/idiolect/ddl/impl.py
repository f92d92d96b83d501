"""Changes the schema of a database: the documented DefaultImpl.

A MigrationContext creates one; operations call it; plugins and users subclass it. Every statement
passes through :meth:`DefaultImpl._exec`, to the connection or to the script. It neither manages
transactions nor calls hooks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from sqlalchemy import Column, MetaData, PrimaryKeyConstraint, String, Table, text
from sqlalchemy.schema import (
    AddConstraint,
    CreateIndex,
    CreateTable,
    DropConstraint,
    DropIndex,
    DropTable,
    DropTableComment,
    SetColumnComment,
    SetTableComment,
)

from idiolect.ddl import lookup
from idiolect.ddl.batching import BatchingImpl
from idiolect.ddl.comparing import ComparingImpl
from idiolect.ddl.guards import GuardedImpl
from idiolect.errors import OperationError
from idiolect.hooks.dialects import hooks_for
from idiolect.hooks.records import DialectRules
from idiolect.util import messaging
from idiolect.util.langhelpers import EMPTY_DICT
from idiolect.util.lazy import attribute

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from typing import Literal, TextIO

    from sqlalchemy import Constraint, Index
    from sqlalchemy.engine import Connection, CursorResult, Dialect
    from sqlalchemy.sql.base import Executable
    from sqlalchemy.sql.elements import ClauseElement
    from sqlalchemy.sql.selectable import TableClause
    from sqlalchemy.types import TypeEngine

    from idiolect.autogenerate.context import AutogenContext
    from idiolect.ddl.alter import ColumnChanges
    from idiolect.ddl.base import AlterColumn, ServerDefault

# SQLAlchemy accepts these on a connection, but not on a statement.
_CONNECTION_OPTIONS = frozenset({"isolation_level", "logging_token"})


class DefaultImpl(ComparingImpl, BatchingImpl, GuardedImpl):
    """Changes a database's schema in standard SQL; the base class of every dialect's impl.

    A subclass that sets ``__dialect__`` in its own body is used for the SQLAlchemy dialect of that
    name from then on; of several, the newest is.

    Args:
        dialect: compiles the statements of a script.
        connection: executes statements; for a script one that writes them, created here if None.
        as_sql: write a script instead of executing.
        transactional_ddl: overrides the class attribute; None does not.
        output_buffer: the stream for the script; required with ``as_sql``.
        context_opts: the options of ``configure()``; ``literal_binds`` and ``double_percents``
            are used.

    Attributes:
        rules: the dialect's rules, set by the MigrationContext once it has resolved them; until
            then derived from the class attributes.
        on_execute: called before each statement sent to a real connection.
        memo: state of SQLAlchemy's DDL events, such as types created already.
    """

    __dialect__: ClassVar[str] = "default"

    transactional_ddl: bool = False
    command_terminator: str = ";"
    #: Whether the length of a VARCHAR is enforced; if not, no column is too short.
    enforces_string_length: ClassVar[bool] = True

    def __init_subclass__(cls, **kw: Any) -> None:
        super().__init_subclass__(**kw)
        if "__dialect__" in cls.__dict__:
            lookup.register_class(cls.__dialect__, cls)

    def __init__(  # noqa: PLR0917 - documented order
        self,
        dialect: Dialect,
        connection: Connection | None,
        as_sql: bool,
        transactional_ddl: bool | None,
        output_buffer: TextIO | None,
        context_opts: dict[str, Any],
    ) -> None:
        self.dialect = dialect
        self.connection: Any = connection
        if as_sql and connection is None:
            # Imported here and below because most runs write no script.
            from idiolect.ddl.standin import StandInConnection

            self.connection = StandInConnection(dialect, self._exec)
        self.as_sql = as_sql
        self.literal_binds: bool = context_opts.get("literal_binds", False)
        self.output_buffer = output_buffer
        self.memo: dict[Any, Any] = {}
        self.context_opts = context_opts
        if transactional_ddl is not None:
            self.transactional_ddl = transactional_ddl
        self.rules = DialectRules(
            transactional_ddl=self.transactional_ddl,
            statement_terminator=self.command_terminator,
            batch_separator=getattr(self, "batch_separator", ""),
        )
        self.on_execute: Callable[[], None] = lambda: None

    @classmethod
    def get_by_dialect(cls, dialect: Dialect) -> type[DefaultImpl]:
        """Return the impl class for ``dialect``.

        Raises:
            UnknownDialectError: no installed plugin supports it.
        """
        return lookup.impl_class_for(dialect, hooks_for(dialect.name))

    @property
    def bind(self) -> Connection | None:
        """The connection; with ``as_sql`` a mock connection that writes the script."""
        connection: Connection | None = self.connection
        return connection

    # statements

    def execute(
        self, sql: Executable | str, execution_options: dict[str, Any] | None = None
    ) -> None:
        """Execute a statement, or write it to the script. Returns no result.

        Args:
            sql: text (in which ``:name`` is a parameter) or any executable construct.
            execution_options: SQLAlchemy's options for this statement, except for those that only
                a connection accepts (``isolation_level``).
        """
        self._exec(sql, execution_options)

    def _exec(
        self,
        construct: Executable | str,
        execution_options: Mapping[str, Any] | None = None,
        multiparams: Sequence[Mapping[str, Any]] | None = None,
        params: Mapping[str, Any] = EMPTY_DICT,
    ) -> CursorResult[Any] | None:
        statement = _as_statement(construct)
        if multiparams is not None or params:
            from idiolect.ddl.standin import check_parameters

            check_parameters(multiparams, params, as_sql=self.as_sql)
        if self.as_sql:
            self._write(statement)
            return None
        if self.connection is None:
            raise OperationError("There is no connection to execute on: this context has none.")
        return self._send(statement, dict(execution_options or {}), multiparams or params or None)

    def _announce(self) -> None:
        # Event listeners may execute statements, such as CREATE TYPE before a table.
        if not self.as_sql:
            self.on_execute()

    def _send(
        self, statement: Executable, options: dict[str, Any], parameters: Any
    ) -> CursorResult[Any]:
        self.on_execute()
        connection = self.connection
        for_connection = {key: options.pop(key) for key in _CONNECTION_OPTIONS & options.keys()}
        if for_connection:
            connection = connection.execution_options(**for_connection)
        result: CursorResult[Any] = connection.execute(
            statement, parameters, execution_options=options or None
        )
        return result

    def _write(self, statement: Executable) -> None:
        from idiolect.ddl import offline

        if self.literal_binds:
            statement = offline.with_values(statement, self.dialect)
        sql = offline.statement_text(
            statement,
            self.dialect,
            literal_binds=self.literal_binds,
            double_percents=bool(self.context_opts.get("double_percents")),
        )
        self._write_all(self.script_lines(sql))

    def script_lines(self, sql: str) -> Iterable[str]:
        """Return the lines of a script for one statement, with terminator and separator.

        Args:
            sql: the formatted statement without terminator.
        """
        from idiolect.ddl import offline

        return offline.script_lines(sql, self.rules)

    def _write_all(self, lines: Iterable[str]) -> None:
        for line in lines:
            self.static_output(line)

    def static_output(self, text: str) -> None:
        """Write ``text`` and an empty line to the script, and flush it."""
        if self.output_buffer is None:
            raise OperationError("There is no output buffer to write the script to.")
        try:
            self.output_buffer.write(text + "\n\n")
        except UnicodeEncodeError as exc:
            raise OperationError(
                f"The script is written in the encoding {exc.encoding!r}, which does not have the "
                f"character {exc.object[exc.start]!r}. Set PYTHONUTF8=1 in the environment, or "
                "pass output_encoding='utf-8' to context.configure()."
            ) from exc
        self.output_buffer.flush()

    def emit_begin(self) -> None:
        """Write the beginning of a transaction to the script."""
        from idiolect.ddl import offline

        self._write_all(offline.begin_lines(self.rules))

    def emit_commit(self) -> None:
        """Write the end of a transaction to the script."""
        from idiolect.ddl import offline

        self._write_all(offline.commit_lines(self.rules))

    # tables

    def create_table(self, table: Table, **kw: Any) -> None:
        """Create a table, its indexes, and its comments if these are separate statements.

        Args:
            table: the table; SQLAlchemy's DDL events are sent.
            kw: passed to SQLAlchemy's CreateTable, such as ``if_not_exists``.
        """
        self._announce()
        table.dispatch.before_create(table, self.connection, checkfirst=False, _ddl_runner=self)
        self._exec(CreateTable(table, **kw))
        table.dispatch.after_create(table, self.connection, checkfirst=False, _ddl_runner=self)
        for index in in_order_of_name(table.indexes):
            self._exec(CreateIndex(index))
        if not self.has_comment_statements:
            return
        if table.comment is not None:
            self.create_table_comment(table)
        for column in table.columns:
            if column.comment is not None:
                self.create_column_comment(column)

    def drop_table(self, table: Table, **kw: Any) -> None:
        """Drop a table; SQLAlchemy's DDL events are sent.

        Args:
            table: only its name and schema are used.
            kw: passed to SQLAlchemy's DropTable, such as ``if_exists``.
        """
        self._announce()
        table.dispatch.before_drop(table, self.connection, checkfirst=False, _ddl_runner=self)
        self._exec(DropTable(table, **kw))
        table.dispatch.after_drop(table, self.connection, checkfirst=False, _ddl_runner=self)

    def rename_table(
        self, old_table_name: str, new_table_name: str, schema: str | None = None
    ) -> None:
        """Rename a table within its schema."""
        # Imported here and below because most runs change nothing.
        from idiolect.ddl import base

        self._exec(base.RenameTable(old_table_name, new_table_name, schema=schema))

    @property
    def has_comment_statements(self) -> bool:
        """Whether comments are separate statements rather than part of a definition."""
        return self.dialect.supports_comments and not self.dialect.inline_comments

    def create_table_comment(self, table: Table) -> None:
        """Set the comment of ``table``."""
        self._exec(SetTableComment(table))

    def drop_table_comment(self, table: Table) -> None:
        """Remove the comment of ``table``."""
        self._exec(DropTableComment(table))

    def create_column_comment(self, column: Column[Any]) -> None:
        """Set the comment of ``column``; None removes it."""
        self._exec(SetColumnComment(column))

    # columns

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
        """Add a column, without its index, its comment and constraints that are not inline.

        Args:
            table_name: the table.
            column: attached to a table whose metadata contains the tables it refers to.
            schema: the table's schema.
            if_not_exists: ignore an existing column, if the database supports it.
            inline_references: render a sole foreign key as part of the definition.
            inline_primary_key: render PRIMARY KEY as part of the definition.
        """
        from idiolect.ddl import base

        self._exec(
            base.AddColumn(
                table_name,
                column,
                schema=schema,
                if_not_exists=if_not_exists,
                inline_references=inline_references,
                inline_primary_key=inline_primary_key,
            )
        )

    def drop_column(
        self,
        table_name: str,
        column: Column[Any],
        *,
        schema: str | None = None,
        if_exists: bool | None = None,
        **kw: Any,
    ) -> None:
        """Drop a column.

        Args:
            table_name: the table.
            column: only its name is used.
            schema: the table's schema.
            if_exists: ignore a missing column, if the database supports it.
            kw: options of dialects; those of other dialects are ignored.
        """
        from idiolect.ddl import base

        self._exec(base.DropColumn(table_name, column, schema=schema, if_exists=if_exists))

    def alter_column(
        self,
        table_name: str,
        column_name: str,
        *,
        nullable: bool | None = None,
        server_default: ServerDefault | Literal[False] | None = False,
        name: str | None = None,
        type_: TypeEngine[Any] | None = None,
        schema: str | None = None,
        autoincrement: bool | None = None,
        comment: str | Literal[False] | None = False,
        existing_comment: str | None = None,
        existing_type: TypeEngine[Any] | None = None,
        existing_server_default: ServerDefault | Literal[False] | None = None,
        existing_nullable: bool | None = None,
        existing_autoincrement: bool | None = None,
        **kw: Any,
    ) -> None:
        """Change a column. Nothing is executed unless all changes can be rendered as SQL.

        Args:
            table_name: the table.
            column_name: the column's current name.
            nullable: whether to allow NULL; None leaves it unchanged.
            server_default: the new default, None to drop it; False leaves it unchanged.
            name: the new name; None leaves it unchanged.
            type_: the new type; None leaves it unchanged.
            schema: the table's schema.
            autoincrement: for dialects with such a flag; a warning otherwise.
            comment: the new comment, None to drop it; False leaves it unchanged.
            existing_comment: the current comment.
            existing_type: the current type.
            existing_server_default: the current default.
            existing_nullable: whether NULL is allowed at present.
            existing_autoincrement: as ``autoincrement``.
            kw: options of dialects; those of other dialects are ignored.
        """
        if autoincrement is not None or existing_autoincrement is not None:
            messaging.warn(
                "autoincrement and existing_autoincrement change nothing on dialect "
                f"{self.__dialect__!r}"
            )
        # Imported here because many runs alter no column.
        from idiolect.ddl.alter import ColumnChanges

        changes = ColumnChanges(
            table_name=table_name,
            column_name=column_name,
            schema=schema,
            nullable=nullable,
            server_default=server_default,
            name=name,
            type_=type_,
            comment=comment,
            existing_type=existing_type,
            existing_nullable=existing_nullable,
            existing_server_default=existing_server_default,
            existing_comment=existing_comment,
            options=kw,
        )
        statements = self.alter_statements(changes)
        if len(statements) > 1:
            for statement in statements:
                statement.compile(dialect=self.dialect)
        for statement in statements:
            self._exec(statement)

    def alter_statements(self, changes: ColumnChanges) -> list[AlterColumn]:
        """Return the statements that apply ``changes``, in order; [] if there are none."""
        from idiolect.ddl.alter import statements

        return list(statements(changes, self))

    # constraints and indexes

    def add_constraint(self, const: Constraint, **kw: Any) -> None:
        """Add a constraint, unless it belongs to a type that needs it only on other dialects."""
        if is_wanted(const, self):
            self._exec(AddConstraint(const, **kw))

    def drop_constraint(self, const: Constraint, **kw: Any) -> None:
        """Drop a constraint by its name.

        Args:
            const: only its name and the table's name and schema are used.
            kw: passed to SQLAlchemy's DropConstraint, such as ``if_exists``.

        Raises:
            OperationError: it has no name.
        """
        if not isinstance(const.name, str):
            raise OperationError(
                f"A constraint without a name cannot be dropped (table {str(const.table)!r}, "
                f"{type(const).__name__}): give the name that the database has for it, or a "
                "naming convention in target_metadata."
            )
        self._exec(DropConstraint(const, **kw))

    def refuse_constraint(self, const: Constraint) -> None:
        """Raise if :meth:`add_constraint` would; called before anything is executed."""

    def create_index(self, index: Index, **kw: Any) -> None:
        """Create an index; ``kw`` is passed to SQLAlchemy's CreateIndex, such as if_not_exists."""
        self._exec(CreateIndex(index, **kw))

    def drop_index(self, index: Index, **kw: Any) -> None:
        """Drop an index; ``kw`` is passed to SQLAlchemy's DropIndex, such as ``if_exists``."""
        self._exec(DropIndex(index, **kw))

    # rows

    def bulk_insert(
        self,
        table: TableClause | Table,
        rows: list[dict[str, Any]],
        multiinsert: bool = True,
    ) -> None:
        """Insert rows.

        Args:
            table: the table.
            rows: one dict of values by column key per row; may be empty.
            multiinsert: online, send consecutive rows with the same keys together as bound
                parameters; otherwise each row is a statement, and may contain SQL expressions.

        Raises:
            RowFormatError: ``rows`` is not a list of dicts.
            OperationError: a row has a key that is not a column of the table, or a value that
                cannot be rendered in a script.
        """
        from idiolect.ddl.rows import check_rows, inline_row, rows_of_same_keys

        check_rows(table, rows)
        if self.as_sql:
            for row in rows:
                self._exec(table.insert().inline().values(inline_row(table, row, self.dialect)))
        elif multiinsert:
            for group in rows_of_same_keys(rows):
                self._exec(table.insert().inline(), multiparams=group)
        else:
            for row in rows:
                self._exec(table.insert().inline().values(row))

    # rendering

    def render_ddl_sql_expr(
        self, expr: ClauseElement, is_server_default: bool = False, **kw: Any
    ) -> str:
        """Return an expression as SQL for a definition, with literal values.

        Args:
            expr: anything that SQLAlchemy can compile; columns are rendered without their table.
            is_server_default: it is a column's default.
            kw: ``is_index=True`` for an index expression; arguments of later versions.
        """
        from idiolect.ddl.percents import single_percents

        options = {"literal_binds": True, "include_table": False}
        sql = str(expr.compile(dialect=self.dialect, compile_kwargs=options))
        return single_percents(sql, self.dialect)

    def render_type(
        self, type_obj: TypeEngine[Any], autogen_context: AutogenContext
    ) -> str | Literal[False]:
        """Return the Python code of a type; False leaves it to its ``repr()``."""
        return False

    def render_constraint(
        self, constraint: Constraint, autogen_context: AutogenContext
    ) -> str | Literal[False] | None:
        """Return the Python code of a dialect-specific constraint inside of a table.

        Returns:
            The code; None omits it; False if the dialect has no such constraint.
        """
        return False

    # the version table and a run

    def version_table_impl(
        self,
        *,
        version_table: str,
        version_table_schema: str | None,
        version_table_pk: bool,
        **kw: Any,
    ) -> Table:
        """Return the version table; subclasses may add columns to it.

        Args:
            version_table: its name.
            version_table_schema: its schema; None is the connection's default schema.
            version_table_pk: whether ``version_num`` is its primary key.
            kw: arguments of later versions.
        """
        table = Table(
            version_table,
            MetaData(),
            Column("version_num", String(32), nullable=False),
            schema=version_table_schema,
        )
        if version_table_pk:
            table.append_constraint(
                PrimaryKeyConstraint("version_num", name=f"{version_table}_pkc")
            )
        return table

    def start_migrations(self) -> None:
        """Called once before the first step of a run. Does nothing by default."""


lookup.register_class(DefaultImpl.__dialect__, DefaultImpl)


def __getattr__(name: str) -> Any:
    # Used by published env.py files and dialects alone.
    if name != "_impls":
        return attribute(__name__, {"ComparisonResult": "idiolect.ddl.signatures"}, name)
    from idiolect.ddl.registered import Registered

    return Registered()


def is_wanted(constraint: Constraint, impl: DefaultImpl) -> bool:
    """Return whether the database needs ``constraint``: some types create it for others only."""
    rule = constraint._create_rule  # noqa: SLF001 - what SQLAlchemy's own DDL compiler asks
    return rule is None or bool(rule(impl))


def in_order_of_name(indexes: Iterable[Index]) -> list[Index]:
    """Return indexes by name; SQLAlchemy keeps them in a set, but scripts must not vary."""
    return sorted(indexes, key=lambda index: str(index.name or ""))


def _as_statement(construct: Executable | str) -> Executable:
    if isinstance(construct, str):
        return text(construct)
    if not hasattr(construct, "compile"):
        is_t_string = type(construct).__module__ == "string.templatelib"
        got = "a t-string: wrap it in sqlalchemy.tstring()" if is_t_string else repr(construct)
        raise OperationError(
            f"execute: a statement is expected, as text or as a SQLAlchemy construct; got {got}."
        )
    return construct
