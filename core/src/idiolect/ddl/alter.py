"""The changes of a column, and the statements that make them, in order.

Used by :meth:`DefaultImpl.alter_column` with a record of the changes; a plugin may order and word
the statements differently. Nothing here executes.
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
        column_name: the column as it is called before.
        schema: the table's schema.
        nullable: whether it is to take NULL; None leaves it as it is.
        server_default: its new default, None for none; False leaves it.
        name: its new name; None leaves it.
        type_: its new type; None leaves it.
        comment: its new comment, None for none; False leaves it.
        existing_type: its type so far; None if unknown.
        existing_nullable: whether it took NULL so far; None if unknown.
        existing_server_default: its default so far; None and False where there is none or it was
            not told.
        existing_comment: its comment so far; None if there is none or it is unknown.
        options: what else was given, options of dialects.
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
        """Return what each statement about the column knows besides its own change."""
        return {
            "schema": self.schema,
            "existing_type": self.existing_type,
            "existing_nullable": self.existing_nullable,
            # Here a missing default and an unknown one are the same.
            "existing_server_default": _known(self.existing_server_default),
            "existing_comment": self.existing_comment,
        }


def statements(changes: ColumnChanges, impl: DefaultImpl) -> Iterator[AlterColumn]:
    """Yield the statements of standard SQL; the renaming is last, so all use the old name."""
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
            # A column is one or the other: what it had gives way first.
            yield base.ColumnDefault(*where, None, **facts)
            facts["existing_server_default"] = None
        yield base.IdentityColumnDefault(*where, new, impl, **facts)
    else:
        yield base.ColumnDefault(*where, new, **facts)


def _known(default: ServerDefault | Literal[False] | None) -> ServerDefault | None:
    return None if default is False else default
