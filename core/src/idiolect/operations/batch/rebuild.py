"""Rebuilds a table: creates a new one from the old one and its changes, and replaces it.

One object per batch. Changes are first collected and validated against the table;
:meth:`ApplyBatchImpl._create` then sends CREATE, INSERT ... SELECT, DROP, RENAME and the indexes.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    CheckConstraint,
    Column,
    Computed,
    DefaultClause,
    ForeignKeyConstraint,
    Identity,
    Index,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    select,
)
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.sql.elements import TextClause, quoted_name
from sqlalchemy.types import SchemaType, to_instance

from idiolect.ddl.base import in_order_of_creation
from idiolect.errors import OperationError
from idiolect.operations.batch import copies, texts
from idiolect.operations.batch.ordering import ColumnOrder
from idiolect.operations.batch.primarykey import PrimaryKey
from idiolect.operations.explain import (
    UnknownColumnError,
    UnknownNameError,
    UnnamedConstraintError,
)
from idiolect.operations.schemaobj import TextColumn
from idiolect.util import messaging
from idiolect.util.langhelpers import nearest
from idiolect.util.sqla_compat import constraint_name, is_unnamed, set_final_name

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Literal

    from sqlalchemy import Constraint
    from sqlalchemy.types import TypeEngine

    from idiolect.ddl.base import ServerDefault
    from idiolect.ddl.impl import DefaultImpl

#: Prefix of the temporary name of the new table.
TEMPORARY = "_alembic_tmp_"
_LONGEST = 50


class ApplyBatchImpl:
    """A table and the changes to apply to it.

    Args:
        impl: the dialect's impl; determines how values of a changed type are copied.
        table: the existing table.
        table_args: additional constraints and the like for the new table.
        table_kwargs: arguments of the new Table; they override the old one's.
        reflected: ``table`` was reflected, and so may be incomplete.
        partial_reordering: tuples of column names, each in the requested order.

    Attributes:
        columns: the new table's columns, by their name in the old table or the name they were
            added under.
        column_transfers: by the same names ``{"expr": expression selected from the old table}``,
            which the impl's ``cast_for_batch_migrate()`` may change.
        named_constraints, unnamed_constraints: the constraints of the new table, including its
            primary key if that has a name.
        indexes, new_indexes: by name, those that are kept and those that are added.
        dropped_indexes: names of those that are dropped.
        new_table: the new table, once it is created.
    """

    def __init__(  # noqa: PLR0917 - documented order
        self,
        impl: DefaultImpl,
        table: Table,
        table_args: Sequence[Any],
        table_kwargs: Mapping[str, Any],
        reflected: bool,
        partial_reordering: Sequence[tuple[str, ...]] = (),
    ) -> None:
        self.impl = impl
        self.table = table
        self.table_args = tuple(table_args)
        self.table_kwargs = dict(table_kwargs)
        self.reflected = reflected
        self.temp_table_name = self._calc_temp_name(table.name)
        self.new_table: Any = None
        self.comment = table.comment
        self.columns: dict[str, Column[Any]] = {}
        self.column_transfers: dict[str, dict[str, Any]] = {}
        self.named_constraints: dict[str, Constraint] = {}
        self.unnamed_constraints: list[Constraint] = []
        self.indexes: dict[str, Index] = {}
        self.new_indexes: dict[str, Index] = {}
        self.dropped_indexes: set[str] = set()
        self._index_options: dict[str, dict[str, Any]] = {}
        self._names_of_type_checks: dict[str, str | None] = {}
        self._primary_key = PrimaryKey(self.named_constraints, self._key_of)
        self._grab_table_elements()
        self._order = ColumnOrder(self.columns, partial_reordering, str(table.name))

    @classmethod
    def _calc_temp_name(cls, tablename: quoted_name | str) -> quoted_name | str:
        name = f"{TEMPORARY}{tablename}"[:_LONGEST]
        return quoted_name(name, getattr(tablename, "quote", None))

    # the existing table

    def _grab_table_elements(self) -> None:
        for column in self.table.c:
            self.columns[column.name] = copies.column(column, schema=self.table.schema)
            if not isinstance(column.server_default, Computed):
                self.column_transfers[column.name] = {"expr": column}
        for constraint in in_order_of_creation(self.table.constraints):
            self._grab_constraint(constraint)
        # If a revision removed a model's constraints, its columns still have the primary key flag.
        if not any(isinstance(one, PrimaryKeyConstraint) for one in self.table.constraints):
            self._primary_key.set(None, [each.name for each in self.table.c if each.primary_key])
        for index in self.table.indexes:
            self.indexes[str(index.name)] = index

    def _grab_constraint(self, constraint: Constraint) -> None:
        if isinstance(constraint, PrimaryKeyConstraint):
            self._primary_key.set(constraint, [column.name for column in constraint.columns])
            return
        name = constraint_name(constraint, self.table)
        if copies.is_bound_to_type(constraint):
            # The type of the new table's column creates it again, with a name that is not final.
            for column in copies.columns_of(constraint):
                self._names_of_type_checks[column.name] = name
        elif name is not None:
            self.named_constraints[name] = constraint
        elif self.reflected and isinstance(constraint, CheckConstraint):
            self._omit(constraint)
        else:
            self.unnamed_constraints.append(constraint)

    def _omit(self, constraint: CheckConstraint) -> None:
        if any(isinstance(each, CheckConstraint) for each in self.table_args):
            return
        messaging.warn(
            f"Unnamed CHECK constraint on reflected table {str(self.table.name)!r} is being "
            "omitted from the table recreate; pass the constraint explicitly using "
            f"batch_alter_table.table_args (its condition is {str(constraint.sqltext)!r}). "
            "A CHECK constraint with a name is kept."
        )

    def _key_of(self, name: str) -> str | None:
        if name in self.columns:
            return name
        return next((key for key, column in self.columns.items() if column.name == name), None)

    def _find(self, name: str) -> str:
        """Return the key of a column by its name before the batch, or its new name.

        Raises:
            KeyError: there is no such column.
        """
        key = self._key_of(name)
        if key is not None:
            return key
        raise UnknownColumnError(self._lack_of(name))

    def _lack_of(self, name: str) -> str:
        near = nearest(name, tuple(self.columns))
        hint = f"; did you mean {near[0]!r}?" if near else ""
        known = ", ".join(repr(str(key)) for key in self.columns)
        return f"Table {str(self.table.name)!r} has no column {str(name)!r}{hint} (it has {known})"

    # changes of columns

    def alter_column(
        self,
        table_name: str,
        column_name: str,
        *,
        nullable: bool | None = None,
        server_default: ServerDefault | Literal[False] | None = False,
        name: str | None = None,
        type_: TypeEngine[Any] | type[TypeEngine[Any]] | None = None,
        autoincrement: bool | Literal["auto"] | None = None,
        comment: str | Literal[False] | None = False,
        **kw: Any,
    ) -> None:
        """Change a column; see the directive."""
        key = self._find(column_name)
        existing_type = kw.get("existing_type")
        if name is not None and name != self.columns[key].name:
            self._rename(key, name, existing_type)
        if type_ is not None:
            self._change_type(key, to_instance(type_))
        column = self.columns[key]
        if nullable is not None:
            column.nullable = nullable
        if server_default is not False:
            self._change_default(key, server_default)
        if autoincrement is not None:
            column.autoincrement = bool(autoincrement)
        if comment is not False:
            column.comment = comment
        self._order.move(key, kw.get("insert_before"), kw.get("insert_after"), self._find)

    def _rename(self, key: str, name: str, existing_type: Any) -> None:
        self.columns[key].name = quoted_name(name, getattr(name, "quote", None))
        given = None if existing_type is None else to_instance(existing_type)
        check = self.named_constraints.pop(getattr(given, "name", None) or "", None)
        if check is not None and given is not None and not copies.makes_check(self.columns[key]):
            # The check contains the old name; its type creates one with the new name.
            self.columns[key] = copies.column_of_type(self.columns[key], given)
            self._names_of_type_checks[key] = constraint_name(check, self.table)

    def _change_type(self, key: str, new_type: TypeEngine[Any]) -> None:
        existing = self.columns[key]
        if key in self.column_transfers:
            self.impl.cast_for_batch_migrate(existing, self.column_transfers[key], new_type)
        # A check of the new type is added separately, as a constraint.
        self.columns[key] = copies.column_of_type(existing, new_type, with_check=False)
        self._names_of_type_checks.pop(key, None)

    def _change_default(self, key: str, server_default: Any) -> None:
        column = self.columns[key]
        column.server_default = column.computed = column.identity = None
        if isinstance(server_default, (Computed, Identity)):
            copied = server_default._copy()  # noqa: SLF001 - SQLAlchemy's way to move it
            copied._set_parent_with_dispatch(column)  # noqa: SLF001 - as above
            if isinstance(server_default, Computed):
                self.column_transfers.pop(key, None)
        elif isinstance(server_default, DefaultClause):
            column.server_default = DefaultClause(server_default.arg)
        elif server_default is not None:
            column.server_default = DefaultClause(server_default)

    def add_column(
        self,
        table_name: str,
        column: Column[Any],
        *,
        insert_before: str | None = None,
        insert_after: str | None = None,
        **kw: Any,
    ) -> None:
        """Add a column; see the directive."""
        if column.name in self.columns:
            raise OperationError(
                f"Table {str(self.table.name)!r} has a column {str(column.name)!r} already"
            )
        if kw.get("inline_references"):
            for foreign_key in column.foreign_keys:
                if foreign_key.constraint is not None:
                    self._add(foreign_key.constraint)
        made = copies.column_of_type(
            copies.column(column, schema=self.table.schema), column.type, with_check=False
        )
        if column.primary_key:
            self._primary_key.add_column(column.name)
        self._order.insert(column.name, insert_before, insert_after, self._find)
        self.columns[column.name] = made

    def drop_column(self, table_name: str, column: Any, **kw: Any) -> None:
        """Drop a column, and what depends on it; see the directive."""
        if kw.get("if_exists") and self._key_of(column.name) is None:
            return
        key = self._find(column.name)
        existing_type = kw.get("existing_type")
        if existing_type is not None:
            given = to_instance(existing_type)
            if isinstance(given, SchemaType) and given.name:
                self.named_constraints.pop(given.name, None)
        del self.columns[key]
        self.column_transfers.pop(key, None)
        self._order.remove(key)
        self._primary_key.drop_column(key)

    def create_column_comment(self, column: Column[Any]) -> None:
        """Set the comment of ``column``."""
        self.columns[self._find(column.name)].comment = column.comment

    # changes of constraints and indexes

    def add_constraint(self, const: Constraint) -> None:
        """Add a constraint.

        Raises:
            ValueError: it has no name, and no type creates it.
        """
        if is_unnamed(const):
            raise UnnamedConstraintError(
                f"Constraint must have a name: {type(const).__name__} on table "
                f"{str(self.table.name)!r}. Without one it could never be dropped; give a name, "
                "or a naming_convention in target_metadata"
            )
        self._add(const)

    def _add(self, const: Constraint) -> None:
        if isinstance(const, PrimaryKeyConstraint):
            self._primary_key.add(const)
            return
        name = constraint_name(const, const.table)
        if name is None:
            self.unnamed_constraints.append(const)
        else:
            self.named_constraints[name] = const

    def drop_constraint(self, const: Constraint, **kw: Any) -> None:
        """Drop a constraint by its name.

        Raises:
            ValueError: there is none of that name, or no name was given.
        """
        name = constraint_name(const, getattr(const, "parent", None))
        if name is None:
            if copies.is_bound_to_type(const):
                return
            raise UnnamedConstraintError(
                "Constraint must have a name: to drop one of table "
                f"{str(self.table.name)!r} that has none, name it by "
                "batch_alter_table(naming_convention=...)"
            )
        if name == self._primary_key.name:
            self._primary_key.drop()
            return
        if self.named_constraints.pop(name, None) is not None:
            return
        if copies.drop_from_columns(self.columns.values(), name):
            return
        if not copies.is_bound_to_type(const) and not kw.get("if_exists"):
            raise UnknownNameError(
                f"No such constraint: {name!r}. Table {str(self.table.name)!r} has "
                f"{self._known_names()}"
            )

    def _known_names(self) -> str:
        return ", ".join(repr(name) for name in self.named_constraints) or "none that has a name"

    def create_index(self, idx: Index, **kw: Any) -> None:
        """Create an index; ``kw`` is passed to the impl's method of this name."""
        self.new_indexes[str(idx.name)] = idx
        self._index_options[str(idx.name)] = kw

    def drop_index(self, idx: Index, **kw: Any) -> None:
        """Drop an index by its name.

        Raises:
            ValueError: there is none of that name.
        """
        found = self.new_indexes.pop(str(idx.name), None) or self.indexes.pop(str(idx.name), None)
        self.dropped_indexes.add(str(idx.name))
        if found is None and not kw.get("if_exists"):
            known = ", ".join(repr(name) for name in self.indexes) or "no index"
            raise UnknownNameError(
                f"No such index: {str(idx.name)!r}. Table {str(self.table.name)!r} has {known}"
            )

    def create_table_comment(self, table: Table) -> None:
        """Set the comment of ``table``."""
        self.comment = table.comment

    def drop_table_comment(self, table: Table) -> None:
        """Remove the table's comment."""
        self.comment = None

    def rename_table(self, *arg: Any, **kw: Any) -> None:
        """Raise: the table keeps its name."""
        raise OperationError(f"Rename {str(self.table.name)!r} outside of the batch.")

    # the new table

    def _transfer_elements_to_new_table(self) -> None:
        self._require_columns_of_indexes()
        incomplete = self._primary_key.complete()
        if incomplete is not None:
            const, missing = incomplete
            self._warn_of_missing(const, constraint_name(const, const.table), missing)
        metadata = MetaData()
        order = self._order.resolved()
        self.columns = {key: self.columns[key] for key in order}
        for column in self.columns.values():
            if isinstance(column.server_default, Computed):
                computed = column.server_default
                computed.sqltext = copies.with_renamed_columns(computed.sqltext, self._new_names())
        self.column_transfers = {
            key: self.column_transfers[key] for key in order if key in self.column_transfers
        }
        options = {**self.table.dialect_kwargs, **self.table_kwargs}
        # Created without its primary key flags; the constraint determines the columns.
        self.new_table = Table(
            self.temp_table_name,
            metadata,
            *(copies.keyed(self.columns[key], key) for key in order),
            *self._primary_key.constraints(self.columns),
            *(copies.unattached(each) for each in self.table_args),
            schema=self.table.schema,
            comment=self.comment,
            **options,
        )
        for name, constraint in self.named_constraints.items():
            self._transfer_constraint(constraint, name)
        for constraint in self.unnamed_constraints:
            self._transfer_constraint(constraint, None)
        self._name_type_checks()

    def _require_columns_of_indexes(self) -> None:
        """Raise for an index that lacks one of its columns, as the database would later."""
        for index in self.new_indexes.values():
            for column in index.columns:
                # SQL text may name anything.
                if not column.is_literal and not isinstance(column, TextColumn):
                    self._find(column.name)
        for name, index in [*self.indexes.items()]:
            if copies.is_made_with_its_column(index):
                continue
            gone = [
                each.name
                for each in index.columns
                if each.name not in self.columns and not isinstance(each, TextColumn)
            ]
            if gone and copies.is_declared_with_its_column(index):
                del self.indexes[name]
            elif gone:
                raise OperationError(
                    f"Index {name!r} of table {str(self.table.name)!r} has the column "
                    f"{str(gone[0])!r}, which is dropped: drop the index in the same batch, by "
                    f"batch_op.drop_index({name!r})"
                )

    def _transfer_constraint(self, constraint: Constraint, name: str | None) -> None:
        if isinstance(constraint, PrimaryKeyConstraint):
            return  # already in the table
        missing = [each for each in copies.names_of_columns(constraint) if not self._key_of(each)]
        if missing:
            if constraint.table is not self.table:
                self._warn_of_missing(constraint, name, missing[0])
            return  # otherwise it was removed with the dropped column
        if isinstance(constraint, ForeignKeyConstraint):
            self._setup_referent(self.new_table.metadata, constraint)
            copied: Constraint = copies.foreign_key(
                constraint, self.new_table.metadata, self._find, self._new_name_of_referent
            )
        else:
            if self._goes_with_its_columns(constraint):
                return
            copied = copies.constraint(constraint, self.new_table, self._find)
            if isinstance(copied, CheckConstraint) and constraint.table is self.table:
                self._transfer_check(copied, name)
        self.new_table.append_constraint(set_final_name(copied, name))

    def _warn_of_missing(self, constraint: Constraint, name: str | None, column: str) -> None:
        # Only a warning, because published revisions that do this must continue to run.
        messaging.warn(f"{type(constraint).__name__} {name!r} is left out. {self._lack_of(column)}")

    def renamed_sql(self, sql: str) -> str:
        """Return SQL with the table's renamed columns replaced by their new names."""
        return texts.renamed(sql, self._new_names())

    def _goes_with_its_columns(self, constraint: Constraint) -> bool:
        """Return whether a reflected text constraint uses only dropped columns."""
        if not self.reflected or constraint.table is not self.table:
            return False
        sql: Any = getattr(constraint, "sqltext", None)
        if not isinstance(sql, TextClause) or not self.dropped_in(sql.text):
            return False
        said = texts.columns_in(sql.text)
        return not any(each.lower() in said for each in self.columns if each in self.table.c)

    def dropped_in(self, sql: str) -> list[str]:
        """Return the dropped columns that SQL uses."""
        said = texts.columns_in(sql)
        dropped = [column.name for column in self.table.c if column.name not in self.columns]
        return [name for name in dropped if name.lower() in said]

    def _new_names(self) -> dict[str, str]:
        quote = self.impl.dialect.identifier_preparer.quote
        return {
            key.lower(): quote(column.name)
            for key, column in self.columns.items()
            if key != column.name and key in self.table.c
        }

    def _transfer_check(self, constraint: CheckConstraint, name: str | None) -> None:
        """Add a text check with renamed columns; raise for dropped ones, as the database would."""
        if not self.reflected or not isinstance(constraint.sqltext, TextClause):
            return  # a table given as copy_from is complete
        dropped = self.dropped_in(constraint.sqltext.text)
        if dropped:
            raise OperationError(
                f"CHECK constraint {name!r} of table {str(self.table.name)!r} uses the column "
                f"{dropped[0]!r}, which is dropped: drop the constraint in the same batch, by "
                "batch_op.drop_constraint()"
            )
        constraint.sqltext = copies.with_renamed_columns(constraint.sqltext, self._new_names())

    def _new_name_of_referent(self, schema: str | None, table: str, column: str) -> str:
        """Return the new name of a referred column: this table's columns may be renamed."""
        if (schema, table) == (self.table.schema, self.table.name) and column in self.columns:
            return str(self.columns[column].name)
        return column

    def _setup_referent(self, metadata: MetaData, constraint: ForeignKeyConstraint) -> None:
        """Add a placeholder for the table that a foreign key refers to."""
        copies.stand_in(metadata, constraint, self._new_name_of_referent)

    def _name_type_checks(self) -> None:
        """Give the checks created by column types their previous names."""
        for constraint in self.new_table.constraints:
            if not copies.is_bound_to_type(constraint):
                continue
            for column in copies.columns_of(constraint):
                if column.key not in self._names_of_type_checks:
                    continue
                name = self._names_of_type_checks[column.key]
                set_final_name(constraint, name)
                if name is None and copies.wants_a_name(self.table):
                    messaging.warn(
                        "The CHECK constraint generated by the type of column "
                        f"'{self.table.name}.{column.key}' has no name, which the naming "
                        "convention needs; it is created without one. Give the type a name."
                    )

    def _gather_indexes_from_both_tables(self) -> list[Index]:
        """Return the indexes of the new table, which has its final name by then."""
        kept = [one for one in self.indexes.values() if not copies.is_made_with_its_column(one)]
        both = [*kept, *self.new_indexes.values()]
        names = self._new_names()
        return [copies.index(each, self.new_table, self._key_of, names) for each in both]

    def _create(self, op_impl: DefaultImpl) -> None:
        """Create the new table, copy the rows, and replace the old table."""
        self._transfer_elements_to_new_table()
        op_impl.prep_table_for_batch(self, self.table)
        with op_impl.surround_rebuild(self, self.table):
            self._replace(op_impl)

    def _replace(self, op_impl: DefaultImpl) -> None:
        op_impl.create_table(self.new_table)
        try:
            op_impl._exec(self._copy_of_rows())
            op_impl.drop_table(self.table)
        except Exception:
            # Needed if DDL is not transactional; otherwise it may fail.
            with contextlib.suppress(SQLAlchemyError):
                op_impl.drop_table(self.new_table)
            raise
        op_impl.rename_table(self.temp_table_name, self.table.name, schema=self.table.schema)
        self.new_table.name = self.table.name
        try:
            for index in self._gather_indexes_from_both_tables():
                op_impl.create_index(index, **self._index_options.get(str(index.name), {}))
        finally:
            self.new_table.name = self.temp_table_name

    def _copy_of_rows(self) -> Any:
        copied = [transfer["expr"] for transfer in self.column_transfers.values()]
        insert = self.new_table.insert().inline()
        return insert.from_select(list(self.column_transfers), select(*copied))
