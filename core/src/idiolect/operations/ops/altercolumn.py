"""The operation that changes a column."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from idiolect.operations.base import BatchOperations, Operations
from idiolect.operations.explain import IrreversibleError, describe
from idiolect.operations.ops.core import AlterTableOp

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Literal

    from sqlalchemy.types import TypeEngine

    from idiolect.ddl.base import ServerDefault

_MODIFY = "modify_"
_EXISTING = "existing_"


@Operations.register_operation("alter_column")
@BatchOperations.register_operation("alter_column", "batch_alter_column")
class AlterColumnOp(AlterTableOp):
    """Change a column.

    Args:
        table_name: the table.
        column_name: the column's current name.
        schema: the table's schema; None is the connection's default schema.
        existing_type: the current type.
        existing_server_default: the current default, None if there is none; False if unknown.
        existing_nullable: whether NULL is allowed at present.
        existing_comment: the current comment.
        modify_nullable: whether to allow NULL; None leaves it unchanged.
        modify_comment: the new comment, None to drop it; False leaves it unchanged.
        modify_server_default: the new default, None to drop it; False leaves it unchanged.
        modify_name: the new name; None leaves it unchanged.
        modify_type: the new type; None leaves it unchanged.
        kw: ``autoincrement``, ``existing_autoincrement`` and options of dialects.
    """

    #: Whether code names the current default even though it changes; set by impls that need it.
    names_existing_default: bool = False

    def __init__(
        self,
        table_name: str,
        column_name: str,
        *,
        schema: str | None = None,
        existing_type: Any | None = None,
        existing_server_default: Any = False,
        existing_nullable: bool | None = None,
        existing_comment: str | None = None,
        modify_nullable: bool | None = None,
        modify_comment: str | Literal[False] | None = False,
        modify_server_default: Any = False,
        modify_name: str | None = None,
        modify_type: Any | None = None,
        **kw: Any,
    ) -> None:
        super().__init__(table_name, schema=schema)
        self.column_name = column_name
        self.existing_type = existing_type
        self.existing_server_default = existing_server_default
        self.existing_nullable = existing_nullable
        self.existing_comment = existing_comment
        self.modify_nullable = modify_nullable
        self.modify_comment = modify_comment
        self.modify_server_default = modify_server_default
        self.modify_name = modify_name
        self.modify_type = modify_type
        self.kw = kw

    def has_changes(self) -> bool:
        """Return whether anything changes."""
        return (
            self.modify_nullable is not None
            or self.modify_server_default is not False
            or self.modify_type is not None
            or self.modify_comment is not False
            or self.modify_name is not None
            or any(name.startswith(_MODIFY) for name in self.kw)
        )

    def to_diff_tuple(self) -> list[tuple[Any, ...]]:
        """Return a list with one tuple per change.

        Each is ``("modify_type" | "modify_nullable" | "modify_default" | "modify_comment" |
        "modify_name", schema, table name, column name, {existing facts}, old value, new value)``.
        """
        return list(self._diffs())

    def _diffs(self) -> Iterator[tuple[Any, ...]]:
        known = {
            "existing_nullable": self.existing_nullable,
            "existing_type": self.existing_type,
            "existing_server_default": self.existing_server_default,
            "existing_comment": self.existing_comment,
        }
        changes = (
            ("modify_type", "existing_type", self.modify_type, None),
            ("modify_nullable", "existing_nullable", self.modify_nullable, None),
            ("modify_default", "existing_server_default", self.modify_server_default, False),
            ("modify_comment", "existing_comment", self.modify_comment, False),
        )
        place = (self.schema, self.table_name, self.column_name)
        for word, before, after, unchanged in changes:
            if after is not unchanged:
                others = {name: value for name, value in known.items() if name != before}
                yield (word, *place, others, known[before], after)
        if self.modify_name is not None:
            yield ("modify_name", *place, known, self.column_name, self.modify_name)

    def reverse(self) -> AlterColumnOp:
        """Return the operation that restores the column, as far as its current state is known.

        Raises:
            ValueError: the ``existing_...`` counterpart of a ``modify_...`` argument is missing.
        """
        facts: dict[str, Any] = {
            "existing_type": self.existing_type,
            "existing_nullable": self.existing_nullable,
            "existing_server_default": self.existing_server_default,
            "existing_comment": self.existing_comment,
            **self.kw,
        }
        if self.modify_type is not None:
            facts["modify_type"] = self.modify_type
        if self.modify_nullable is not None:
            facts["modify_nullable"] = self.modify_nullable
        if self.modify_server_default is not False:
            facts["modify_server_default"] = self.modify_server_default
        if self.modify_comment is not False:
            facts["modify_comment"] = self.modify_comment
        for modify in [name for name in facts if name.startswith(_MODIFY)]:
            existing = _EXISTING + modify.removeprefix(_MODIFY)
            if existing not in facts:
                raise IrreversibleError(
                    f"{describe(self)}: operation is not reversible; {existing} is not given"
                )
            facts[modify], facts[existing] = facts[existing], facts[modify]
        column_name = self.column_name
        if self.modify_name is not None:
            column_name, facts["modify_name"] = self.modify_name, self.column_name
        return type(self)(self.table_name, column_name, schema=self.schema, **facts)

    @classmethod
    def alter_column(
        cls,
        operations: Operations,
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
            operations: executes the operation.
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
        operations.invoke(
            cls(
                table_name,
                column_name,
                schema=schema,
                existing_type=existing_type,
                existing_server_default=existing_server_default,
                existing_nullable=existing_nullable,
                existing_comment=existing_comment,
                modify_name=new_column_name,
                modify_type=type_,
                modify_server_default=server_default,
                modify_nullable=nullable,
                modify_comment=comment,
                **kw,
            )
        )

    @classmethod
    def batch_alter_column(
        cls,
        operations: BatchOperations,
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
            operations: records the operation.
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
        places = {"insert_before": insert_before, "insert_after": insert_after}
        operations.invoke(
            cls(
                operations.impl.table_name,
                column_name,
                schema=operations.impl.schema,
                existing_type=existing_type,
                existing_server_default=existing_server_default,
                existing_nullable=existing_nullable,
                existing_comment=existing_comment,
                modify_name=new_column_name,
                modify_type=type_,
                modify_server_default=server_default,
                modify_nullable=nullable,
                modify_comment=comment,
                **{name: value for name, value in places.items() if value},
                **kw,
            )
        )
