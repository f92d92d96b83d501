"""A schema of the corpus: a model, and the same model with one change.

The themes build them from tables of types, defaults and expressions; the tests use them from
there. A schema is created for each use: SQLAlchemy's items belong to one MetaData.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.types import SchemaType

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    #: Fills a MetaData.
    Make = Callable[[sa.MetaData], Any]


@dataclass(frozen=True, slots=True)
class Schema:
    """One schema.

    Attributes:
        name: for the test's id.
        make: adds its tables to a MetaData.
        changed: the same with one change; None if there is no counter-test.
        seen: the kinds of differences that the change causes, each once, sorted.
        convention: the naming convention of both.
        others: the number of further schemas required; their names are in
            ``metadata.info["schemas"]``.
    """

    name: str
    make: Make
    changed: Make | None = None
    seen: tuple[str, ...] = ()
    convention: Mapping[str, Any] | None = None
    others: int = 0

    def metadata(self, *others: str, change: bool = False) -> sa.MetaData:
        """Return the model, or the changed one."""
        convention: Any = self.convention
        metadata = sa.MetaData(naming_convention=convention, info={"schemas": others})
        make = self.changed if change else self.make
        if make is None:
            raise LookupError(self.name)
        make(metadata)
        return metadata


def table(*columns: sa.Column[Any], name: str = "thing", **kw: Any) -> Make:
    """Return a function that creates a table with a key and copies of the columns."""

    def make(metadata: sa.MetaData) -> sa.Table:
        key = sa.Column("id", sa.Integer, primary_key=True)
        copies = (column._copy() for column in columns)
        return sa.Table(name, metadata, key, *copies, **kw)

    return make


def of_type(name: str, type_: Any, other: Any = None) -> Schema:
    """Return a schema with columns of a type, with and without NULL.

    A type with a named CHECK has one column; the CHECK is dropped with the type.
    """
    has_check = getattr(type_, "create_constraint", False)

    def make(given: Any) -> Make:
        columns = [sa.Column("a", own(given)), sa.Column("b", own(given), nullable=False)]
        return table(*columns[: 1 if has_check else 2])

    changed = None if other is None else make(other)
    seen = ("modify_type", "remove_constraint") if has_check else ("modify_type",)
    return Schema(f"type {name}", make(type_), changed, seen)


def own(type_: Any) -> Any:
    """Return a type that no other table has: some belong to a MetaData."""
    copied: Any = type_
    return copied.copy() if isinstance(type_, SchemaType) else type_


def of_default(name: str, type_: Any, default: Any, other: Any = None) -> Schema:
    """Return a schema with a column that has a server default."""

    def make(given: Any) -> Make:
        return table(sa.Column("a", own(type_), server_default=given))

    changed = None if other is None else make(other)
    return Schema(f"default {name}", make(default), changed, ("modify_default",))


def of_index(
    name: str,
    what: Callable[[sa.Table], Any],
    other: Callable[[sa.Table], Any] | None = None,
    columns: tuple[sa.Column[Any], ...] = (),
    seen: tuple[str, ...] = ("add_index", "remove_index"),
) -> Schema:
    """Return a schema with an index, created by a function of the table."""

    def make(build: Callable[[sa.Table], Any]) -> Make:
        def fill(metadata: sa.MetaData) -> None:
            made = table(*columns)(metadata)
            for item in _listed(build(made)):
                if getattr(item, "table", None) is None:
                    made.append_constraint(item) if isinstance(
                        item, sa.Constraint
                    ) else item._set_parent(made)

        return fill

    return Schema(name, make(what), make(other) if other else None, seen)


def _listed(given: Any) -> list[Any]:
    return given if isinstance(given, list) else [given]
