"""The operation on domains, for which the documented API has no directive.

Created by comparisons and rendered as ``op.execute()``, so that revisions only need that API.

Source: "ALTER DOMAIN" in PostgreSQL's manual: a base type and a collation cannot be changed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from idiolect.operations import Operations
from idiolect_postgresql.own_ops import ChangeTypeOp
from idiolect_postgresql.quoting import QUOTE, qualified

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from idiolect_postgresql.catalogue import TypeColumn
    from idiolect_postgresql.domaintypes import DomainType


class ChangeDomainOp(ChangeTypeOp):
    """Create a domain, change its definition, or drop it.

    Args:
        name: the domain.
        before: its current definition; None if it does not exist.
        after: its new definition; None to drop it.
        schema: its schema; None is the connection's default schema.
        columns: the database columns that use it.
        with_table: SQLAlchemy creates it together with a table.
        using: whether columns need USING to get the new base type, and to get the old one again.
    """

    def __init__(
        self,
        name: str,
        before: DomainType | None,
        after: DomainType | None,
        *,
        schema: str | None = None,
        columns: Sequence[TypeColumn] = (),
        with_table: bool = False,
        using: tuple[bool, bool] = (False, False),
    ) -> None:
        super().__init__(name, before, after, schema=schema, columns=columns, with_table=with_table)
        self.before: DomainType | None
        self.after: DomainType | None
        self.using = using

    def reverse(self) -> ChangeDomainOp:
        """Return the operation that restores the domain."""
        return ChangeDomainOp(
            self.name,
            self.after,
            self.before,
            schema=self.schema,
            columns=self.columns,
            with_table=self.with_table,
            using=(self.using[1], self.using[0]),
        )

    def to_diff_tuple(self) -> tuple[Any, ...]:
        """Return ``("add_domain" | "remove_domain" | "change_domain", schema, name, ...)``.

        Followed by the definition, or the old and the new definition, as statements.
        """
        place = self.place
        name = qualified(*place)
        before, after = (one and one.create(name) for one in (self.before, self.after))
        if before is None:
            return ("add_domain", *place, after)
        if after is None:
            return ("remove_domain", *place, before)
        return ("change_domain", *place, before, after)

    def statements(self) -> list[str]:
        """Return the statements, in order."""
        name = qualified(self.schema, self.name)
        if self.before is None:
            return [] if self.with_table or self.after is None else [self.after.create(name)]
        if self.after is None:
            return [f"DROP DOMAIN {name}"]
        if is_replaced(self.before, self.after):
            return list(self._replacement(name, self.after))
        return [f"ALTER DOMAIN {name} {change}" for change in _changes(self.before, self.after)]

    def _replacement(self, name: str, after: DomainType) -> Iterator[str]:
        """Yield statements that replace the old domain by a new one; rows keep their values."""
        yield f"ALTER DOMAIN {name} RENAME TO {QUOTE.quote(self.former_name)}"
        yield after.create(name)
        for one in self.columns:
            column = QUOTE.quote(one.name)
            alter = f"ALTER TABLE {qualified(one.schema, one.table)} ALTER COLUMN {column}"
            items = "[]" if one.is_array else ""
            # A cast that is not needed would cut values that are too long.
            base = f"{after.type}{items}" if self.using[0] else ""
            if one.default is not None:
                yield f"{alter} DROP DEFAULT"
            using = f" USING {column}::{base}::{name}{items}" if base else ""
            yield f"{alter} TYPE {name}{items}{using}"
            if one.default is not None:
                yield f"{alter} SET DEFAULT {f'({one.default})::{base}' if base else one.default}"
        yield f"DROP DOMAIN {qualified(self.schema, self.former_name)}"


def is_replaced(before: DomainType, after: DomainType) -> bool:
    """Return whether a change requires a new domain."""
    return (before.type, before.collation) != (after.type, after.collation)


def _changes(before: DomainType, after: DomainType) -> Iterator[str]:
    """Yield what follows the name in statements that change a domain."""
    for name, sql in before.checks:
        if (name, sql) not in after.checks:
            yield f"DROP CONSTRAINT {QUOTE.quote(name)}"
    for name, sql in after.checks:
        if (name, sql) not in before.checks:
            yield f"ADD CONSTRAINT {QUOTE.quote(name)} {sql}"
    if before.default != after.default:
        yield "DROP DEFAULT" if after.default is None else f"SET DEFAULT {after.default}"
    if before.not_null is not after.not_null:
        yield "SET NOT NULL" if after.not_null else "DROP NOT NULL"


@Operations.implementation_for(ChangeDomainOp)
def change_domain(operations: Operations, operation: ChangeDomainOp) -> None:
    """Send the statements."""
    operation.send(operations)
