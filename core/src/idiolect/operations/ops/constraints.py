"""Operations that add and drop constraints; foreign keys are in a separate module."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from idiolect.operations.arguments import (
    column_names_of,
    reject_misspelt_options,
    reject_parameters,
    table_name_of,
)
from idiolect.operations.base import BatchOperations, Operations
from idiolect.operations.explain import IrreversibleError, NotReversibleError, explained_arguments
from idiolect.operations.ops.core import MigrateOperation
from idiolect.operations.schemaobj import SchemaObjects
from idiolect.util.dispatch import Dispatcher
from idiolect.util.langhelpers import not_none

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy import (
        CheckConstraint,
        Constraint,
        PrimaryKeyConstraint,
        TextClause,
        UniqueConstraint,
    )
    from sqlalchemy.sql.elements import ColumnElement

    from idiolect.abc import ContextLike

#: Arguments of all SQLAlchemy constraints, besides options of dialects.
FACTS = ("deferrable", "initially", "info", "comment")

_AC = TypeVar("_AC", bound="type[AddConstraintOp]")


class AddConstraintOp(MigrateOperation):
    """An operation that adds a constraint to an existing table."""

    add_constraint_ops: ClassVar[Dispatcher] = Dispatcher()
    #: The ``type_`` of drop_constraint() for this kind; None if there is none.
    _type_to_drop: ClassVar[str | None] = None

    @property
    def constraint_type(self) -> str:
        """The kind of constraint.

        Raises:
            NotImplementedError: not set by the subclass.
        """
        raise NotReversibleError(f"{type(self).__name__} does not define constraint_type.")

    @classmethod
    def register_add_constraint(cls, type_: str) -> Callable[[_AC], _AC]:
        """Return a class decorator that registers the operation for a kind of constraint.

        Args:
            type_: the kind: SQLAlchemy's ``__visit_name__`` of the constraint.
        """

        def register(op_class: _AC) -> _AC:
            cls.add_constraint_ops.dispatch_for(type_)(op_class.from_constraint)
            return op_class

        return register

    @classmethod
    def from_constraint(cls, constraint: Constraint) -> AddConstraintOp:
        """Return the operation that adds ``constraint``, which belongs to a table.

        Raises:
            ValueError: no operation is registered for this kind of constraint.
        """
        make = cls.add_constraint_ops.dispatch(constraint.__visit_name__)
        made: AddConstraintOp = make(constraint)
        return made

    def to_constraint(self, migration_context: ContextLike | None = None) -> Constraint:
        """Return the described constraint as a new object, on a new table of that name.

        Args:
            migration_context: its naming convention is applied; None: no convention.
        """
        raise NotReversibleError(f"{type(self).__name__} has no to_constraint().")

    def reverse(self) -> DropConstraintOp:
        """Return the operation that drops the constraint; it keeps this one for its own reverse."""
        return DropConstraintOp.from_constraint(self.to_constraint())

    def to_diff_tuple(self) -> tuple[str, Constraint]:
        """Return ``("add_constraint", constraint)``."""
        return ("add_constraint", self.to_constraint())


@Operations.register_operation("create_primary_key")
@BatchOperations.register_operation("create_primary_key", "batch_create_primary_key")
@AddConstraintOp.register_add_constraint("primary_key_constraint")
class CreatePrimaryKeyOp(AddConstraintOp):
    """Add a primary key.

    Args:
        constraint_name: its name; None uses the naming convention, or the database's default.
        table_name: the table.
        columns: its column names, in order.
        schema: the table's schema; None is the connection's default schema.
        kw: arguments of SQLAlchemy's PrimaryKeyConstraint.
    """

    constraint_type = "primarykey"
    _type_to_drop = "primary"

    def __init__(
        self,
        constraint_name: str | None,
        table_name: str,
        columns: Sequence[str],
        *,
        schema: str | None = None,
        **kw: Any,
    ) -> None:
        self.constraint_name = constraint_name
        self.table_name = table_name
        self.columns = columns
        self.schema = schema
        self.kw = kw

    @classmethod
    def from_constraint(cls, constraint: Constraint) -> CreatePrimaryKeyOp:
        """Return the operation that adds ``constraint``, a primary key of a table."""
        return cls(
            final_name(constraint),
            constraint.table.name,
            _names_of_columns(constraint),
            schema=constraint.table.schema,
            **constraint.dialect_kwargs,
        )

    def to_constraint(self, migration_context: ContextLike | None = None) -> PrimaryKeyConstraint:
        """Return a new primary key; see :meth:`AddConstraintOp.to_constraint`."""
        reject_misspelt_options(self, self.kw, *FACTS)
        with explained_arguments(self):
            return SchemaObjects(migration_context).primary_key_constraint(
                self.constraint_name,
                table_name_of(self),
                column_names_of(self),
                schema=self.schema,
                **self.kw,
            )

    @classmethod
    def create_primary_key(
        cls,
        operations: Operations,
        constraint_name: str | None,
        table_name: str,
        columns: list[str],
        *,
        schema: str | None = None,
    ) -> None:
        """Add a primary key.

        Args:
            operations: executes the operation.
            constraint_name: its name; None uses the naming convention, or the database's default.
            table_name: the table.
            columns: its column names, in order.
            schema: the table's schema; None is the connection's default schema.
        """
        operations.invoke(cls(constraint_name, table_name, columns, schema=schema))

    @classmethod
    def batch_create_primary_key(
        cls, operations: BatchOperations, constraint_name: str | None, columns: list[str]
    ) -> None:
        """Add a primary key to the batch's table.

        Args:
            operations: records the operation.
            constraint_name: its name.
            columns: its column names, in order.
        """
        impl = operations.impl
        operations.invoke(cls(constraint_name, impl.table_name, columns, schema=impl.schema))


@Operations.register_operation("create_unique_constraint")
@BatchOperations.register_operation("create_unique_constraint", "batch_create_unique_constraint")
@AddConstraintOp.register_add_constraint("unique_constraint")
class CreateUniqueConstraintOp(AddConstraintOp):
    """Add a unique constraint.

    Args:
        constraint_name: its name; None uses the naming convention, or the database's default.
        table_name: the table.
        columns: its column names, in order.
        schema: the table's schema; None is the connection's default schema.
        kw: arguments of SQLAlchemy's UniqueConstraint.
    """

    constraint_type = "unique"
    _type_to_drop = "unique"

    def __init__(
        self,
        constraint_name: str | None,
        table_name: str,
        columns: Sequence[str],
        *,
        schema: str | None = None,
        **kw: Any,
    ) -> None:
        self.constraint_name = constraint_name
        self.table_name = table_name
        self.columns = columns
        self.schema = schema
        self.kw = kw

    @classmethod
    def from_constraint(cls, constraint: Constraint) -> CreateUniqueConstraintOp:
        """Return the operation that adds ``constraint``, which belongs to a table."""
        return cls(
            final_name(constraint),
            constraint.table.name,
            _names_of_columns(constraint),
            schema=constraint.table.schema,
            **timing_of(constraint),
            **constraint.dialect_kwargs,
        )

    def to_constraint(self, migration_context: ContextLike | None = None) -> UniqueConstraint:
        """Return a new unique constraint; see :meth:`AddConstraintOp.to_constraint`."""
        reject_misspelt_options(self, self.kw, *FACTS)
        with explained_arguments(self):
            return SchemaObjects(migration_context).unique_constraint(
                self.constraint_name,
                table_name_of(self),
                column_names_of(self),
                schema=self.schema,
                **self.kw,
            )

    @classmethod
    def create_unique_constraint(
        cls,
        operations: Operations,
        constraint_name: str | None,
        table_name: str,
        columns: Sequence[str],
        *,
        schema: str | None = None,
        **kw: Any,
    ) -> Any:
        """Add a unique constraint.

        Args:
            operations: executes the operation.
            constraint_name: its name; None uses the naming convention, or the database's default.
            table_name: the table.
            columns: its column names, in order.
            schema: the table's schema; None is the connection's default schema.
            kw: ``deferrable`` (True or False: add DEFERRABLE or NOT DEFERRABLE), ``initially``
                (add INITIALLY and this word) and options of dialects, named
                ``<dialectname>_<argument>``.
        """
        return operations.invoke(cls(constraint_name, table_name, columns, schema=schema, **kw))

    @classmethod
    def batch_create_unique_constraint(
        cls, operations: BatchOperations, constraint_name: str, columns: Sequence[str], **kw: Any
    ) -> Any:
        """Add a unique constraint to the batch's table.

        Args:
            operations: records the operation.
            constraint_name: its name.
            columns: its column names, in order.
            kw: ``deferrable``, ``initially`` and options of dialects.
        """
        impl = operations.impl
        kw["schema"] = impl.schema
        return operations.invoke(cls(constraint_name, impl.table_name, columns, **kw))


@Operations.register_operation("create_check_constraint")
@BatchOperations.register_operation("create_check_constraint", "batch_create_check_constraint")
@AddConstraintOp.register_add_constraint("check_constraint")
@AddConstraintOp.register_add_constraint("table_or_column_check_constraint")
@AddConstraintOp.register_add_constraint("column_check_constraint")
class CreateCheckConstraintOp(AddConstraintOp):
    """Add a check constraint.

    Args:
        constraint_name: its name; None uses the naming convention, or the database's default.
        table_name: the table.
        condition: must not be false for any row.
        schema: the table's schema; None is the connection's default schema.
        kw: arguments of SQLAlchemy's CheckConstraint.
    """

    constraint_type = "check"
    _type_to_drop = "check"

    def __init__(
        self,
        constraint_name: str | None,
        table_name: str,
        condition: str | TextClause | ColumnElement[Any],
        *,
        schema: str | None = None,
        **kw: Any,
    ) -> None:
        self.constraint_name = constraint_name
        self.table_name = table_name
        self.condition = condition
        self.schema = schema
        self.kw = kw

    @classmethod
    def from_constraint(cls, constraint: Constraint) -> CreateCheckConstraintOp:
        """Return the operation that adds ``constraint``, a check of a table."""
        condition: Any = getattr(constraint, "sqltext", None)
        return cls(
            final_name(constraint),
            constraint.table.name,
            condition,
            schema=constraint.table.schema,
            **timing_of(constraint),
            **constraint.dialect_kwargs,
        )

    def to_constraint(self, migration_context: ContextLike | None = None) -> CheckConstraint:
        """Return a new check; see :meth:`AddConstraintOp.to_constraint`."""
        reject_misspelt_options(self, self.kw, *FACTS)
        with explained_arguments(self):
            constraint = SchemaObjects(migration_context).check_constraint(
                self.constraint_name,
                table_name_of(self),
                self.condition,
                schema=self.schema,
                **self.kw,
            )
        reject_parameters(self, constraint.sqltext, "the condition")
        return constraint

    @classmethod
    def create_check_constraint(
        cls,
        operations: Operations,
        constraint_name: str | None,
        table_name: str,
        condition: str | ColumnElement[bool] | TextClause,
        *,
        schema: str | None = None,
        **kw: Any,
    ) -> None:
        r"""Add a check constraint.

        Args:
            operations: executes the operation.
            constraint_name: its name; None uses the naming convention, or the database's default.
            table_name: the table.
            condition: must not be false for any row: SQL as text, with ``\:`` for a colon before a
                word, or an expression of ``column()`` and the like.
            schema: the table's schema; None is the connection's default schema.
            kw: ``deferrable`` (True or False: add DEFERRABLE or NOT DEFERRABLE), ``initially``
                (add INITIALLY and this word) and options of dialects, named
                ``<dialectname>_<argument>``.
        """
        operations.invoke(cls(constraint_name, table_name, condition, schema=schema, **kw))

    @classmethod
    def batch_create_check_constraint(
        cls,
        operations: BatchOperations,
        constraint_name: str,
        condition: str | TextClause | ColumnElement[bool],
        **kw: Any,
    ) -> None:
        """Add a check constraint to the batch's table.

        Args:
            operations: records the operation.
            constraint_name: its name.
            condition: must not be false for any row.
            kw: ``deferrable``, ``initially`` and options of dialects.
        """
        impl = operations.impl
        operations.invoke(
            cls(constraint_name, impl.table_name, condition, schema=impl.schema, **kw)
        )


@Operations.register_operation("drop_constraint")
@BatchOperations.register_operation("drop_constraint", "batch_drop_constraint")
class DropConstraintOp(MigrateOperation):
    """Drop a constraint by its name.

    Args:
        constraint_name: its name; None uses the naming convention.
        table_name: the table.
        type_: ``"foreignkey"``, ``"primary"``, ``"unique"``, ``"check"``, or None if the
            database does not need it.
        schema: the table's schema; None is the connection's default schema.
        if_exists: ignore a missing constraint, if the database supports it.
        _reverse: the operation that adds it again.
    """

    def __init__(
        self,
        constraint_name: str | None,
        table_name: str,
        type_: str | None = None,
        *,
        schema: str | None = None,
        if_exists: bool | None = None,
        _reverse: AddConstraintOp | None = None,
    ) -> None:
        self.constraint_name = constraint_name
        self.table_name = table_name
        self.constraint_type = type_
        self.schema = schema
        self.if_exists = if_exists
        self._reverse = _reverse

    def reverse(self) -> AddConstraintOp:
        """Return the operation that adds the constraint again.

        Raises:
            ValueError: only the constraint's name is known.
        """
        return AddConstraintOp.from_constraint(self.to_constraint())

    def to_diff_tuple(self) -> tuple[str, Constraint]:
        """Return ``("remove_fk", constraint)`` or ``("remove_constraint", constraint)``.

        Raises:
            ValueError: only the constraint's name is known.
        """
        word = "remove_fk" if self.constraint_type == "foreignkey" else "remove_constraint"
        return (word, self.to_constraint())

    @classmethod
    def from_constraint(cls, constraint: Constraint) -> DropConstraintOp:
        """Return the operation that drops ``constraint`` and stores it for :meth:`reverse`."""
        added = AddConstraintOp.from_constraint(constraint)
        return cls(
            final_name(constraint),
            constraint.table.name,
            added._type_to_drop,  # noqa: SLF001 - a pair
            schema=constraint.table.schema,
            _reverse=added,
        )

    def to_constraint(self) -> Constraint:
        """Return the constraint as a new object, with the name and table of this operation.

        Raises:
            ValueError: only the constraint's name is known.
        """
        if self._reverse is None:
            raise IrreversibleError(
                "constraint cannot be produced; original constraint is not present: "
                f"{self.constraint_name!r} on table {self.table_name!r}"
            )
        constraint = self._reverse.to_constraint()
        constraint.name = self.constraint_name
        constraint.table.name = self.table_name
        constraint.table.schema = self.schema
        return constraint

    @classmethod
    def drop_constraint(
        cls,
        operations: Operations,
        constraint_name: str,
        table_name: str,
        type_: str | None = None,
        *,
        schema: str | None = None,
        if_exists: bool | None = None,
    ) -> None:
        """Drop a constraint by its name.

        Args:
            operations: executes the operation.
            constraint_name: its name.
            table_name: the table.
            type_: ``"foreignkey"``, ``"primary"``, ``"unique"`` or ``"check"``: some databases
                need it, and a naming convention for checks is only applied with ``"check"``.
            schema: the table's schema; None is the connection's default schema.
            if_exists: add IF EXISTS.
        """
        operations.invoke(
            cls(constraint_name, table_name, type_, schema=schema, if_exists=if_exists)
        )

    @classmethod
    def batch_drop_constraint(
        cls, operations: BatchOperations, constraint_name: str, type_: str | None = None
    ) -> None:
        """Drop a constraint of the batch's table by its name.

        Args:
            operations: records the operation.
            constraint_name: its name.
            type_: ``"foreignkey"``, ``"primary"``, ``"unique"`` or ``"check"``.
        """
        impl = operations.impl
        operations.invoke(cls(constraint_name, impl.table_name, type_=type_, schema=impl.schema))


def final_name(constraint: Constraint) -> str | None:
    """Return a constraint's name; None if it has none, or only a placeholder."""
    name = constraint.name
    return name if isinstance(name, str) else None


def timing_of(constraint: Constraint) -> dict[str, Any]:
    """Return the ``deferrable`` and ``initially`` arguments of a constraint, if set."""
    facts = {"deferrable": constraint.deferrable, "initially": constraint.initially}
    return {name: value for name, value in facts.items() if value}


def _names_of_columns(constraint: Constraint) -> list[str]:
    columns: Any = not_none(getattr(constraint, "columns", None))
    return [column.name for column in columns]
