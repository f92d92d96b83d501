"""SQLite's impl. What ALTER TABLE does not support raises before anything is executed."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, Computed, Date, DateTime, DefaultClause, Time, cast
from sqlalchemy.exc import CompileError, OperationalError

from idiolect.ddl.comparing import default_as_sql
from idiolect.ddl.impl import DefaultImpl, is_wanted
from idiolect.ddl.lookup import register_compilers
from idiolect.errors import OperationError

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from sqlalchemy import Column, Constraint, Index, Table, UniqueConstraint
    from sqlalchemy.sql.elements import Cast, ClauseElement
    from sqlalchemy.types import TypeEngine

    from idiolect.ddl.alter import ColumnChanges
    from idiolect.ddl.base import AlterColumn
    from idiolect.ddl.signatures import ComparisonResult
    from idiolect.operations.batch import ApplyBatchImpl, BatchOperationsImpl

register_compilers("idiolect_sqlite.compile")

_BATCH = (
    "Please refer to the batch mode feature which allows for SQLite migrations using a "
    "copy-and-move strategy."
)


def _how(table: str) -> str:
    """Return what to write instead."""
    return (
        f"Use op.batch_alter_table({table!r}), which autogenerate writes with "
        "context.configure(render_as_batch=True)."
    )


_NO_COMMENTS = "SQLite has no comments on tables and columns, so there is none to set or remove."


class ConstraintUnsupportedError(OperationError, NotImplementedError):
    """SQLite cannot add or drop a constraint. Also a NotImplementedError."""


class RefusedError(OperationError, NotImplementedError, OperationalError, CompileError):  # type: ignore[misc] # both have a code: ours
    """SQLite would refuse a statement. Also what revisions catch that let the database refuse it.

    Those are SQLAlchemy's OperationalError and, where SQLAlchemy has no SQL, its CompileError.

    Args:
        message: the text shown to the user.
    """

    def __init__(self, message: str) -> None:
        OperationalError.__init__(self, None, None, NotImplementedError(message))
        self.message = message
        self.args = (message,)

    def __str__(self) -> str:
        # SQLAlchemy's method would append a link to its documentation.
        return self.message

    def __reduce__(self) -> tuple[type[RefusedError], tuple[str]]:
        return type(self), (self.message,)


class AlterUnsupportedError(RefusedError):
    """SQLite cannot change this of a column."""


class CommentUnsupportedError(RefusedError):
    """SQLite has no comments."""


class SQLiteImpl(DefaultImpl):
    """Changes the schema of a SQLite database.

    Scripts contain no BEGIN and COMMIT, as documented; the plugin makes online runs transactional
    whatever this class says.
    """

    __dialect__ = "sqlite"

    compares_by_value = True
    reflects_whole_types = True
    transactional_ddl = False
    # Source: SQLite, "Datatypes", section 3.1.1.
    enforces_string_length = False

    def refuse_constraint(self, const: Constraint) -> None:
        """Raise for an explicit constraint; one implied by a type is only skipped.

        Source: "ALTER TABLE" in SQLite's SQL manual: no ADD or DROP CONSTRAINT.
        """
        if const._create_rule is None:  # noqa: SLF001 - set by types alone
            name = f" {str(const.name)!r}" if const.name else ""
            raise ConstraintUnsupportedError(
                f"No support for ALTER of constraints in SQLite dialect. {_BATCH} "
                f"(table {str(const.table)!r}, {type(const).__name__}{name}). "
                f"{_how(str(const.table))}"
            )

    def add_constraint(self, const: Constraint, **kw: Any) -> None:
        """Raise, or skip with a warning a constraint implied by a type."""
        self.refuse_constraint(const)
        if is_wanted(const, self):
            warnings.warn(
                f"Skipping unsupported ALTER for creation of implicit constraint. {_BATCH}",
                UserWarning,
                stacklevel=2,
            )

    def drop_constraint(self, const: Constraint, **kw: Any) -> None:
        """Raise, or do nothing for a constraint implied by a type."""
        self.refuse_constraint(const)

    def alter_statements(self, changes: ColumnChanges) -> list[AlterColumn]:
        """Return the renaming, and the change of nullability if possible; raise for any other.

        Source: "ALTER TABLE" in SQLite's SQL manual.
        """
        column = f"{changes.column_name!r} of table {changes.table_name!r}"
        if changes.comment is not False:
            raise CommentUnsupportedError(f"{_NO_COMMENTS} (column {column})")
        asked = {
            "type": changes.type_ is not None,
            "nullability": changes.nullable is not None and not self.alters_nullability,
            "server default": changes.server_default is not False,
        }
        refused = " and ".join(what for what, is_asked in asked.items() if is_asked)
        if refused:
            raise AlterUnsupportedError(
                f"No support for ALTER of a column's {refused} in SQLite dialect. {_BATCH} "
                f"(column {column}). {_how(changes.table_name)}"
            )
        return super().alter_statements(changes)

    @property
    def alters_nullability(self) -> bool:
        """Whether ALTER can set and drop NOT NULL: since SQLite 3.53. False for scripts.

        It is not known which version will run a script.
        """
        version: Any = self.dialect.server_version_info or ()
        return bool(not self.as_sql and version >= (3, 53))

    def requires_recreate_in_batch(self, batch_op: BatchOperationsImpl) -> bool:
        """Return whether there are changes other than indexes and plain new columns."""
        return any(
            name not in {"add_column", "create_index", "drop_index"}
            or (name == "add_column" and not is_constant(arguments[1]))
            for name, arguments, _kw in batch_op.batch
        )

    def cast_for_batch_migrate(
        self,
        existing: Column[Any],
        existing_transfer: dict[str, TypeEngine[Any] | Cast[Any]],
        new_type: TypeEngine[Any],
    ) -> None:
        """Cast values to another type affinity, except types that SQLAlchemy stores as text.

        Source: "Datatypes In SQLite", section 3.1: DATE, DATETIME, TIME and JSON have the affinity
        NUMERIC, so CAST would convert text to numbers.
        """
        if existing.type._type_affinity is not new_type._type_affinity and not isinstance(  # noqa: SLF001 - what tells kinds of types apart
            new_type, (JSON, Date, DateTime, Time)
        ):
            existing_transfer["expr"] = cast(existing_transfer["expr"], new_type)

    def may_ask_for_guard(self) -> bool:
        """Return whether foreign keys are enforced."""
        # Imported here and below because every context has an impl, but few need this.
        from idiolect_sqlite.foreign_keys import is_enforced

        return is_enforced(self.connection)

    def reflect_for_batch(self, inspector: Any, table: Any, column_info: Any) -> None:
        """Call the method of a subclass; what this class's would do is done below."""
        if type(self).autogen_column_reflect is not SQLiteImpl.autogen_column_reflect:
            self.autogen_column_reflect(inspector, table, column_info)

    def complete_for_batch(self, table: Table) -> None:
        """Restore parentheses of defaults, and clauses of constraints in column definitions."""
        from idiolect_sqlite import inline
        from idiolect_sqlite.render import parenthesise_defaults

        parenthesise_defaults(table)
        inline.complete(self.connection, table)

    def surround_rebuild(
        self, batch_impl: ApplyBatchImpl, table: Table
    ) -> AbstractContextManager[None]:
        """Preserve triggers, views, all kinds of indexes, table options, and rows elsewhere."""
        from idiolect_sqlite import rebuild

        return rebuild.kept(self.connection, batch_impl, table)

    def create_table_comment(self, table: Table) -> None:
        """Raise: SQLite has no comments."""
        raise CommentUnsupportedError(f"{_NO_COMMENTS} (table {str(table)!r})")

    def drop_table_comment(self, table: Table) -> None:
        """Raise: SQLite has no comments."""
        raise CommentUnsupportedError(f"{_NO_COMMENTS} (table {str(table)!r})")

    def render_ddl_sql_expr(
        self, expr: ClauseElement, is_server_default: bool = False, **kw: Any
    ) -> str:
        """Return an expression as SQL, in parentheses for a default that is an expression."""
        sql = super().render_ddl_sql_expr(expr, is_server_default=is_server_default, **kw)
        if not is_server_default:
            return sql
        from idiolect_sqlite.render import bracketed

        return bracketed(sql)

    def autogen_column_reflect(
        self, inspector: Any, table: Table, column_info: dict[str, Any]
    ) -> None:
        """Restore the parentheses of a default that is an expression, to make it valid SQL."""
        from idiolect_sqlite import compare

        if compare.needs_parentheses(column_info.get("default")):
            column_info["default"] = f"({column_info['default']})"

    def compare_type(self, inspector_column: Column[Any], metadata_column: Column[Any]) -> bool:
        """Compare types, mapping those unknown to SQLite to what SQLAlchemy reflects."""
        from idiolect_sqlite import compare

        if compare.is_stored_as(metadata_column, inspector_column, self.dialect):
            return False
        return super().compare_type(inspector_column, metadata_column)

    def compare_computed(self, inspector_column: Column[Any], metadata_column: Column[Any]) -> bool:
        """Compare expressions; multi-line ones, which SQLAlchemy cannot reflect, count as equal."""
        there: Any = inspector_column.server_default
        if isinstance(there, Computed) and not str(there.sqltext):
            return False
        return super().compare_computed(inspector_column, metadata_column)

    def compare_indexes(self, metadata_index: Index, reflected_index: Index) -> ComparisonResult:
        """Compare columns, their order and uniqueness; collation is not reflected."""
        from idiolect.ddl.signatures import order_difference, result_of, unique_difference
        from idiolect_sqlite import compare, reflect

        columns = compare.columns_of(metadata_index, self.dialect)
        if columns == compare.columns_of(reflected_index, self.dialect):
            found = [unique_difference(metadata_index, reflected_index)]
            if reflect.can_reflect(self.connection):
                found.append(order_difference(metadata_index, reflected_index))
            return result_of([*filter(None, found)])
        return super().compare_indexes(metadata_index, reflected_index)

    def compare_server_default(
        self,
        inspector_column: Column[Any],
        metadata_column: Column[Any],
        rendered_metadata_default: str | None,
        rendered_inspector_default: str | None,
    ) -> bool:
        """Compare defaults without quotes and outer parentheses."""
        from idiolect_sqlite import compare

        wanted = default_as_sql(metadata_column, rendered_metadata_default)
        return compare.plain_default(wanted) != compare.plain_default(rendered_inspector_default)

    def correct_for_autogen_constraints(
        self,
        conn_uniques: set[UniqueConstraint],
        conn_indexes: set[Index],
        metadata_unique_constraints: set[UniqueConstraint],
        metadata_indexes: set[Index],
    ) -> None:
        """Ignore unnamed unique constraints, and the indexes that SQLite creates."""
        from idiolect_sqlite import compare

        compare.forget_unnamed_uniques(conn_uniques, metadata_unique_constraints)
        compare.drop_unnamed(conn_uniques)
        compare.keep_named_indexes(conn_indexes)
        compare.skip_expressions(conn_indexes, metadata_indexes)


def is_constant(column: Column[Any]) -> bool:
    """Return whether ALTER can add the column: with a constant default, or computed on reading.

    Source: "ALTER TABLE" in SQLite's SQL manual, section 4: no expression in parentheses as a
    default, and no STORED generated column.
    """
    default = column.server_default
    if isinstance(default, Computed):
        return not default.persisted
    return not isinstance(default, DefaultClause) or isinstance(default.arg, str)
