"""The operation that adds a foreign key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from idiolect.operations.arguments import column_names_of, reject_misspelt_options, table_name_of
from idiolect.operations.base import BatchOperations, Operations
from idiolect.operations.explain import explained_arguments
from idiolect.operations.ops.constraints import FACTS, AddConstraintOp, final_name
from idiolect.operations.schemaobj import SchemaObjects, referent_of

if TYPE_CHECKING:
    from sqlalchemy import Constraint, ForeignKeyConstraint

    from idiolect.abc import ContextLike

#: Arguments of SQLAlchemy's constraint that an operation copies if they are set.
_RULES = ("onupdate", "ondelete", "initially", "deferrable", "use_alter", "match")
_SCHEMAS = ("source_schema", "referent_schema", "link_to_name")


@Operations.register_operation("create_foreign_key")
@BatchOperations.register_operation("create_foreign_key", "batch_create_foreign_key")
@AddConstraintOp.register_add_constraint("foreign_key_constraint")
class CreateForeignKeyOp(AddConstraintOp):
    """Add a foreign key.

    Args:
        constraint_name: its name; None uses the naming convention, or the database's default.
        source_table: the referring table.
        referent_table: the referred table.
        local_cols: names of the referring columns, in order.
        remote_cols: names of the referred columns, in the same order.
        kw: ``source_schema`` and ``referent_schema``; arguments of SQLAlchemy's
            ForeignKeyConstraint.
    """

    constraint_type = "foreignkey"
    _type_to_drop = "foreignkey"

    def __init__(
        self,
        constraint_name: str | None,
        source_table: str,
        referent_table: str,
        local_cols: list[str],
        remote_cols: list[str],
        **kw: Any,
    ) -> None:
        self.constraint_name = constraint_name
        self.source_table = source_table
        self.referent_table = referent_table
        self.local_cols = local_cols
        self.remote_cols = remote_cols
        self.kw = kw

    def to_diff_tuple(self) -> tuple[str, ForeignKeyConstraint]:
        """Return ``("add_fk", constraint)``."""
        return ("add_fk", self.to_constraint())

    @classmethod
    def from_constraint(cls, constraint: Constraint) -> CreateForeignKeyOp:
        """Return the operation that adds ``constraint``, a foreign key of a table."""
        foreign_key = cast("ForeignKeyConstraint", constraint)
        given = {name: getattr(foreign_key, name) for name in _RULES}
        schema, referent, _column = referent_of(foreign_key.elements[0])
        return cls(
            final_name(foreign_key),
            foreign_key.table.name,
            referent,
            [element.parent.name for element in foreign_key.elements],
            [str(referent_of(element)[2]) for element in foreign_key.elements],
            **{name: value for name, value in given.items() if value},
            source_schema=foreign_key.table.schema,
            referent_schema=schema,
            **foreign_key.dialect_kwargs,
        )

    def to_constraint(self, migration_context: ContextLike | None = None) -> ForeignKeyConstraint:
        """Return a new foreign key; see :meth:`AddConstraintOp.to_constraint`."""
        reject_misspelt_options(self, self.kw, *_RULES, *_SCHEMAS, *FACTS)
        with explained_arguments(self):
            return SchemaObjects(migration_context).foreign_key_constraint(
                self.constraint_name,
                table_name_of(self, "source_table"),
                table_name_of(self, "referent_table"),
                column_names_of(self, "local_cols"),
                column_names_of(self, "remote_cols"),
                **self.kw,
            )

    @classmethod
    def create_foreign_key(  # noqa: PLR0917 - documented order
        cls,
        operations: Operations,
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
            operations: executes the operation.
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
        operations.invoke(
            cls(
                constraint_name,
                source_table,
                referent_table,
                local_cols,
                remote_cols,
                onupdate=onupdate,
                ondelete=ondelete,
                deferrable=deferrable,
                initially=initially,
                match=match,
                source_schema=source_schema,
                referent_schema=referent_schema,
                **dialect_kw,
            )
        )

    @classmethod
    def batch_create_foreign_key(
        cls,
        operations: BatchOperations,
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
            operations: records the operation.
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
        operations.invoke(
            cls(
                constraint_name,
                operations.impl.table_name,
                referent_table,
                local_cols,
                remote_cols,
                onupdate=onupdate,
                ondelete=ondelete,
                deferrable=deferrable,
                initially=initially,
                match=match,
                source_schema=operations.impl.schema,
                referent_schema=referent_schema,
                **dialect_kw,
            )
        )
