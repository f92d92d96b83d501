"""The changes of a column, and the statements that apply them, in order.

Used by :meth:`DefaultImpl.alter_column`; a plugin may order and render the statements differently.
Nothing is executed here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import Computed, Identity

from idiolect.ddl import base

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Literal

    from sqlalchemy.types import TypeEngine

    from idiolect.ddl.base import AlterColumn, ServerDefault
    from idiolect.ddl.impl import DefaultImpl


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnChanges:
    """The changes of one ``alter_column``.

    Attributes:
        table_name: the table.
        column_name: the column's current name.
        schema: the table's schema.
        nullable: whether to allow NULL; None leaves it unchanged.
        server_default: the new default, None to drop it; False leaves it unchanged.
        name: the new name; None leaves it unchanged.
        type_: the new type; None leaves it unchanged.
        comment: the new comment, None to drop it; False leaves it unchanged.
        existing_type: the current type; None if unknown.
        existing_nullable: whether NULL is allowed at present; None if unknown.
        existing_server_default: the current default; None and False if there is none or it is
            unknown.
        existing_comment: the current comment; None if there is none or it is unknown.
        options: additional arguments: options of dialects.
    """

    table_name: str
    column_name: str
    schema: str | None = None
    nullable: bool | None = None
    server_default: ServerDefault | Literal[False] | None = False
    name: str | None = None
    type_: TypeEngine[Any] | None = None
    comment: str | Literal[False] | None = False
    existing_type: TypeEngine[Any] | None = None
    existing_nullable: bool | None = None
    existing_server_default: ServerDefault | Literal[False] | None = None
    existing_comment: str | None = None
    options: Mapping[str, Any] = field(default_factory=dict)

    def facts(self) -> dict[str, Any]:
        """Return the ``existing_...`` arguments that all statements about the column get."""
        return {
            "schema": self.schema,
            "existing_type": self.existing_type,
            "existing_nullable": self.existing_nullable,
            # Here a missing default and an unknown one are treated the same.
            "existing_server_default": _known(self.existing_server_default),
            "existing_comment": self.existing_comment,
        }


def statements(changes: ColumnChanges, impl: DefaultImpl) -> Iterator[AlterColumn]:
    """Yield standard SQL statements; the renaming comes last, so all use the old name."""
    where = (changes.table_name, changes.column_name)
    facts = changes.facts()
    if changes.nullable is not None:
        yield base.ColumnNullable(*where, changes.nullable, **facts)
    if changes.server_default is not False:
        yield from _defaults(changes, changes.server_default, impl)
    if changes.type_ is not None:
        yield base.ColumnType(*where, changes.type_, **facts)
    if changes.comment is not False:
        yield base.ColumnComment(*where, changes.comment, **facts)
    if changes.name is not None:
        yield base.ColumnName(*where, changes.name, **facts)


def _defaults(
    changes: ColumnChanges, new: ServerDefault | None, impl: DefaultImpl
) -> Iterator[AlterColumn]:
    where = (changes.table_name, changes.column_name)
    facts = changes.facts()
    old = facts["existing_server_default"]
    if isinstance(new, Computed) or isinstance(old, Computed):
        computed = new if isinstance(new, Computed) else None
        yield base.ComputedColumnDefault(*where, computed, **facts)
        return
    becomes_identity = isinstance(new, Identity)
    if isinstance(old, Identity) and not becomes_identity:
        yield base.IdentityColumnDefault(*where, None, impl, **facts)
        if new is None:
            return
    if isinstance(new, Identity):
        if old is not None and not isinstance(old, Identity):
            # A column has either a default or an identity: drop the old one first.
            yield base.ColumnDefault(*where, None, **facts)
            facts["existing_server_default"] = None
        yield base.IdentityColumnDefault(*where, new, impl, **facts)
    else:
        yield base.ColumnDefault(*where, new, **facts)


def _known(default: ServerDefault | Literal[False] | None) -> ServerDefault | None:
    return None if default is False else default
