"""MySQL's and MariaDB's impls: changing a column redefines it, and each DDL statement commits."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from sqlalchemy import Computed, Identity, PrimaryKeyConstraint
from sqlalchemy.sql import operators
from sqlalchemy.sql.elements import BinaryExpression, UnaryExpression
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import JSON, DateTime, LargeBinary, Text

from idiolect.ddl.comparing import default_as_sql
from idiolect.ddl.impl import DefaultImpl
from idiolect.ddl.signatures import (
    ComparisonResult,
    index_elements,
    is_plain,
    order_difference,
    result_of,
    unique_difference,
)
from idiolect.ddl.wording import Pair
from idiolect.util import warn
from idiolect_mysql import compare, defaults, updates, wording

# Registers the SQL rendering.
from idiolect_mysql.compile import (
    MySQLAlterDefault,
    MySQLChangeColumn,
    MySQLDropConstraint,
    MySQLModifyColumn,
)
from idiolect_mysql.reflect import keeps_order
from idiolect_mysql.script import delimited, has_body

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import (
        Column,
        Constraint,
        ForeignKeyConstraint,
        Index,
        Table,
        UniqueConstraint,
    )
    from sqlalchemy.sql.elements import ClauseElement
    from sqlalchemy.types import TypeEngine

    from idiolect.autogenerate.context import AutogenContext
    from idiolect.ddl.alter import ColumnChanges
    from idiolect.ddl.base import AlterColumn
    from idiolect.hooks.compared import TableSide
    from idiolect.operations.ops import DowngradeOps, UpgradeOps

#: A parenthesised string or number, optionally with a character set.
_BRACKETED_LITERAL = re.compile(r"\((?:_\w+)?\s*(?:'(?:[^'\\]|''|\\.)*'|[\d.]+)\)", re.DOTALL)
#: Key for alter_column's autoincrement argument among the options of a change.
_AUTOINCREMENT = "mysql_autoincrement"
_EXISTING = "mysql_existing_autoincrement"


class MySQLImpl(DefaultImpl):
    """Changes the schema of a MySQL database."""

    __dialect__ = "mysql"

    compares_by_value = True
    reflects_whole_types = True
    keys_hold_indexes = True
    transactional_ddl = False
    type_synonyms = (
        *DefaultImpl.type_synonyms,
        {"BOOL", "TINYINT"},
        {"JSON", "LONGTEXT"},
        {"DOUBLE", "DOUBLE PRECISION", "REAL"},
    )
    type_arg_extract: ClassVar[Sequence[str]] = (
        r"character set ([\w\-_]+)",
        r"collate ([\w\-_]+)",
    )

    #: The table whose defaults were read last, and its defaults.
    _last_defaults: tuple[Any, dict[str, str]] = (None, {})

    # columns

    def alter_column(
        self,
        table_name: str,
        column_name: str,
        *,
        autoincrement: bool | None = None,
        existing_autoincrement: bool | None = None,
        **kw: Any,
    ) -> None:
        """Change a column.

        A new name is rendered as CHANGE, other changes as MODIFY; both redefine the whole column,
        so properties not given as ``existing_...`` are lost. A change of only the default is SET
        DEFAULT. A DATETIME or TIMESTAMP, whose default may be a function, always uses CHANGE unless
        its default is dropped; such a type given as a class is treated like any other type.

        Args:
            table_name: the table.
            column_name: the column's current name.
            autoincrement: whether it becomes AUTO_INCREMENT; None leaves it unchanged.
            existing_autoincrement: whether it is AUTO_INCREMENT at present.
            kw: see :meth:`idiolect.ddl.impl.DefaultImpl.alter_column`.

        Raises:
            TypeMissingError: neither ``type_`` nor ``existing_type`` is given for a statement that
                needs the type.
        """
        for unknown in sorted(name for name in kw if name.startswith(("mysql_", "mariadb_"))):
            # As for other unknown arguments: old revisions have them and must continue to run.
            warn(
                f"alter_column {column_name!r} on table {table_name!r}: the argument {unknown!r} "
                "is unknown and changes nothing; MySQL and MariaDB have none of their own"
            )
        options: dict[str, Any] = {_AUTOINCREMENT: autoincrement, _EXISTING: existing_autoincrement}
        super().alter_column(table_name, column_name, **kw, **options)

    def alter_statements(self, changes: ColumnChanges) -> list[AlterColumn]:
        """Return the one statement for all changes; raise for a Computed or Identity.

        A computed column that stays computed keeps its expression.
        """
        if _is_generation_changed(changes):
            rest = replace(changes, nullable=None, type_=None, name=None, comment=False)
            return super().alter_statements(rest)
        type_ = changes.existing_type if changes.type_ is None else changes.type_
        place = (changes.table_name, changes.column_name)
        default = changes.server_default
        # Even if the default stays: such columns are always redefined as a whole.
        if changes.name is not None or self._is_mysql_allowed_functional_default(type_, default):
            return [MySQLChangeColumn(*place, newname=changes.name, **_full_definition(changes))]
        asked = (changes.nullable, changes.type_, changes.options.get(_AUTOINCREMENT))
        if changes.comment is not False or any(one is not None for one in asked):
            return [MySQLModifyColumn(*place, **_full_definition(changes))]
        if default is not False:
            if _is_refused(type_, default) or updates.has_update(changes.existing_server_default):
                return [MySQLModifyColumn(*place, **_full_definition(changes))]
            return [MySQLAlterDefault(*place, default, schema=changes.schema)]
        return []

    def _is_mysql_allowed_functional_default(
        self, type_: TypeEngine[Any] | None, server_default: Any
    ) -> bool:
        """Return whether a column's default may be a function, which SET DEFAULT does not accept.

        Source: "Automatic Initialization and Updating for TIMESTAMP and DATETIME" in MySQL's
        reference manual.
        """
        if type_ is None or server_default is None:
            return False
        return type_._type_affinity is DateTime  # noqa: SLF001 - SQLAlchemy's own notion

    # constraints

    def drop_constraint(self, const: Constraint, **kw: Any) -> None:
        """Drop a constraint of a known kind; one that a type created is dropped with the type.

        Args:
            const: only its kind, name, and its table's name and schema are used.
            kw: ``if_exists``, which MariaDB supports. On MySQL there is a warning.

        Raises:
            NotOnMySQLError: its kind is not given.
            OperationError: it has no name, and is not a primary key.
        """
        if getattr(const, "_type_bound", False):
            return
        if const.name is None and not isinstance(const, PrimaryKeyConstraint):
            super().drop_constraint(const, **kw)
        if kw.get("if_exists") and not getattr(self.dialect, "is_mariadb", False):
            warn(
                f"drop_constraint {str(const.name)!r} on table {str(const.table)!r}: MySQL cannot "
                "drop a constraint only if it exists; if_exists changes nothing"
            )
        self._exec(MySQLDropConstraint(const, **kw))

    # scripts

    def script_lines(self, sql: str) -> Iterable[str]:
        """Return the lines of a script for a statement: a stored program between two DELIMITERs."""
        return delimited(sql) if has_body(sql) else super().script_lines(sql)

    # rendering

    def render_ddl_sql_expr(
        self,
        expr: ClauseElement,
        is_server_default: bool = False,
        is_index: bool = False,
        **kw: Any,
    ) -> str:
        """Return an expression as SQL, in the parentheses that MySQL requires in an index.

        Source: "CREATE INDEX Statement" in MySQL's reference manual, functional key parts.
        """
        sql = super().render_ddl_sql_expr(expr, is_server_default=is_server_default, **kw)
        return f"({sql})" if is_index and _needs_brackets(expr) else sql

    # comparing

    def compare_type(self, inspector_column: Column[Any], metadata_column: Column[Any]) -> bool:
        """Compare types: values of an ENUM in any order, TEXT(n) as MySQL stores it."""
        return compare.types_differ(
            inspector_column, metadata_column, self.dialect, self.type_synonyms
        )

    def compare_server_default(
        self,
        inspector_column: Column[Any],
        metadata_column: Column[Any],
        rendered_metadata_default: str | None,
        rendered_inspector_default: str | None,
    ) -> bool:
        """Compare defaults without quotes of numbers, outer parentheses, and synonyms of functions.

        Those that still differ are normalised by the database.
        """
        wanted = default_as_sql(metadata_column, rendered_metadata_default)
        there = updates.comparable(metadata_column, wanted, rendered_inspector_default)
        if not defaults.differ(metadata_column, wanted, there):
            return False
        if wanted is None or inspector_column.table is None:
            return True
        there = there or self._reflected_default(inspector_column.table, inspector_column.name)
        if there is None or not defaults.differ(metadata_column, wanted, there):
            return there is None
        place = (inspector_column.table, inspector_column.name)
        # Quotes the model's text as in SQL, such as that of a time.
        pair = super().expression_pair(inspector_column, metadata_column)
        model = wanted if pair is None else pair.model
        return not self.wording.same(Pair("server_default", *place, model, there))

    def expression_pair(
        self, inspector_column: Column[Any], metadata_column: Column[Any]
    ) -> Pair | None:
        """Return both; the same for both if their text is sufficient."""
        pair = super().expression_pair(inspector_column, metadata_column)
        if pair is None:
            return None
        if pair.kind == "server_default":
            differ = defaults.differ(metadata_column, pair.model, pair.reflected)
        else:
            differ = defaults.plain(pair.model) != defaults.plain(pair.reflected)
        return pair if differ else pair._replace(model=pair.reflected)

    def autogen_column_reflect(
        self, inspector: Any, table: Table, column_info: dict[str, Any]
    ) -> None:
        """Read the whole default if it calls a function: SQLAlchemy may truncate it."""
        default = column_info.get("default")
        if default is not None and defaults.may_go_on(default):
            told = self._reflected_default(table, column_info["name"])
            column_info["default"] = default if told is None else told

    def _reflected_default(self, table: Table, column: str) -> str | None:
        known, told = self._last_defaults
        if known is not table:
            told = wording.defaults_of(self.connection, table.name, table.schema)
            self._last_defaults = (table, told)
        return told.get(column)

    def compare_indexes(self, metadata_index: Index, reflected_index: Index) -> ComparisonResult:
        """Compare columns, uniqueness, prefix lengths, and order if the server keeps it."""
        if compare.same_columns(metadata_index, reflected_index, self.dialect):
            both = (metadata_index, reflected_index)
            found = [unique_difference(*both), compare.length_difference(*both, self.dialect)]
            if is_plain(reflected_index) and keeps_order(self.connection):
                found.append(order_difference(*both))
            return result_of([*filter(None, found)])
        if is_plain(metadata_index) or is_plain(reflected_index):
            return super().compare_indexes(metadata_index, reflected_index)
        pairs = compare.element_pairs(metadata_index, reflected_index, self.dialect)
        same = [False] if pairs is None else [self.wording.same(pair) for pair in pairs]
        if None in same:
            return super().compare_indexes(metadata_index, reflected_index)
        differences = [unique_difference(metadata_index, reflected_index)]
        if not all(same):
            before, after = (
                ", ".join(index_elements(one, self.dialect))
                for one in (reflected_index, metadata_index)
            )
            differences.append(f"expression ({before}) to ({after})")
        return result_of([*filter(None, differences)])

    def correct_reflected(self, reflected: TableSide, metadata: TableSide) -> None:
        """Ignore indexes of foreign keys as well, which depends on the keys of the models."""
        compare.forget_foreign_key_indexes(
            reflected.indexes, metadata.indexes, self.dialect, metadata.table
        )
        super().correct_reflected(reflected, metadata)

    def correct_for_autogen_constraints(
        self,
        conn_uniques: set[UniqueConstraint],
        conn_indexes: set[Index],
        metadata_unique_constraints: set[UniqueConstraint],
        metadata_indexes: set[Index],
    ) -> None:
        """Match unique constraints with their indexes."""
        compare.match_uniques(
            conn_uniques,
            conn_indexes,
            metadata_unique_constraints,
            metadata_indexes,
            self.dialect,
        )

    def correct_for_autogen_foreignkeys(
        self, conn_fks: set[ForeignKeyConstraint], metadata_fks: set[ForeignKeyConstraint]
    ) -> None:
        """Treat RESTRICT and no action as equal, as InnoDB does."""
        compare.agree_on_restrict(conn_fks, metadata_fks)

    def complete_operations(
        self,
        autogen_context: AutogenContext,
        upgrade_ops: UpgradeOps,
        downgrade_ops: DowngradeOps,
    ) -> None:
        """Handle indexes that foreign keys need, and ON UPDATE of columns."""
        from idiolect_mysql.held import arrange_keys

        can = True if getattr(self.dialect, "is_mariadb", False) else None
        arrange_keys(autogen_context, upgrade_ops, downgrade_ops, if_exists=can)
        for container in (upgrade_ops, downgrade_ops):
            updates.keep_updates(autogen_context, container)


class MariaDBImpl(MySQLImpl):
    """Changes the schema of a MariaDB database."""

    __dialect__ = "mariadb"


def _is_generation_changed(changes: ColumnChanges) -> bool:
    """Return whether a column becomes, or ceases to be, computed or an identity."""
    if changes.server_default is False:
        return False
    both = (changes.server_default, changes.existing_server_default)
    return any(isinstance(one, (Computed, Identity)) for one in both)


def _is_refused(type_: TypeEngine[Any] | None, default: Any) -> bool:
    """Return whether MySQL rejects a default in SET DEFAULT that it accepts in a definition.

    It does so for a parenthesised literal of a type whose default must be an expression. Source:
    observed on MySQL 9.7, which reports error 1101.
    """
    text = getattr(getattr(default, "arg", default), "text", None)
    if not isinstance(text, str) or not isinstance(type_, (Text, LargeBinary, JSON)):
        return False
    return _BRACKETED_LITERAL.fullmatch(text.strip()) is not None


def _full_definition(changes: ColumnChanges) -> dict[str, Any]:
    """Return all properties of the column after the changes, including unchanged ones."""
    default = changes.server_default
    if default is False:
        default = changes.existing_server_default
    autoincrement = changes.options.get(_AUTOINCREMENT)
    nullable = changes.existing_nullable if changes.nullable is None else changes.nullable
    return {
        "schema": changes.schema,
        "type_": changes.existing_type if changes.type_ is None else changes.type_,
        "nullable": True if nullable is None else nullable,
        # AUTO_INCREMENT is the only form of an identity here.
        "default": None if isinstance(default, Identity) else default,
        "autoincrement": (
            changes.options.get(_EXISTING) if autoincrement is None else autoincrement
        ),
        "comment": changes.existing_comment if changes.comment is False else changes.comment,
    }


def _needs_brackets(expr: ClauseElement) -> bool:
    """Return whether SQLAlchemy's MySQL compiler treats an index element as an expression."""
    if isinstance(expr, UnaryExpression):
        return expr.modifier not in {operators.asc_op, operators.desc_op}
    return isinstance(expr, (BinaryExpression, FunctionElement))
