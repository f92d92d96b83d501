"""A database that does not keep the names of the models, compared with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    create_engine,
)

from idiolect.autogenerate import compare_metadata
from idiolect.ddl.impl import DefaultImpl
from idiolect.migration import MigrationContext

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    Make = Callable[[MetaData], Any]

pytestmark = pytest.mark.usefixtures("sqlite")
LONGEST = 8


class ShortImpl(DefaultImpl):
    """An impl of a database that truncates names to a few characters."""

    def changed_names(self, names: Iterable[str]) -> dict[str, str]:
        """Return the truncated form of names that are too long."""
        return {name: name[:LONGEST] for name in names if len(name) > LONGEST}


def whole(name: str) -> str:
    """Return the name in the model."""
    return name


def cut(name: str) -> str:
    """Return the truncated name."""
    return name[:LONGEST]


def shop(metadata: MetaData, name: Callable[[str], str], **changes: Any) -> None:
    """Create tables with long names of tables, columns, indexes and constraints."""
    Table(
        name("warehouses"),
        metadata,
        Column(name("identifier"), Integer, primary_key=True),
        Column(name("description"), changes.get("type_", Integer)),
        UniqueConstraint(name("description"), name=name("uq_description")),
        CheckConstraint(f"{name('description')} > 5", name=name("ck_description")),
    )
    Table(
        name("deliveries"),
        metadata,
        Column(
            name("warehouse"),
            ForeignKey(f"{name('warehouses')}.{name('identifier')}", ondelete=changes.get("rule")),
        ),
        Index(name("ix_warehouse"), name("warehouse"), unique=changes.get("unique", False)),
    )


def found(there: Make, wanted: Make, **opts: Any) -> list[str]:
    """Return the kinds of differences between a database created from one model and another."""
    before, after = MetaData(), MetaData()
    there(before)
    wanted(after)
    with create_engine("sqlite://").connect() as connection:
        before.create_all(connection)
        given = {"autogenerate_plugins": ["alembic.*", "idiolect.autogenerate.*"], **opts}
        context = MigrationContext.configure(connection, opts=given)
        context.impl.__class__ = ShortImpl
        each = compare_metadata(context, after)
    return sorted(one[0][0] if isinstance(one, list) else one[0] for one in each)


@pytest.mark.parametrize(
    ("changes", "kinds"),
    [
        ({}, []),
        ({"type_": String(5)}, ["modify_type"]),
        ({"rule": "CASCADE"}, ["add_fk", "remove_fk"]),
        ({"unique": True}, ["add_index", "remove_index"]),
    ],
    ids=["nothing", "type", "rule", "unique"],
)
def test_what_is_kept_is_no_difference(changes: dict[str, Any], kinds: list[str]) -> None:
    """Objects are found under their truncated names; other differences are reported."""
    assert kinds == found(lambda m: shop(m, cut), lambda m: shop(m, whole, **changes))


def test_names_that_are_there_as_they_are() -> None:
    """An object with the full name takes precedence."""

    def both(metadata: MetaData) -> None:
        for name in ("warehouses", "warehous"):
            Table(name, metadata, Column("identifier", Integer), Column("identifi", Integer))

    assert [] == found(both, both)


def test_of_two_that_cannot_be_told_apart() -> None:
    """The first one exists, and the other is added: the database will reject it."""

    def one(metadata: MetaData) -> None:
        Table("warehous", metadata, Column("id", Integer))

    def two(metadata: MetaData) -> None:
        for name in ("warehouse_b", "warehouse_a"):
            Table(name, metadata, Column("id", Integer))

    assert ["add_table"] == found(one, two)


def test_a_declared_rename_of_what_was_cut() -> None:
    """A rename to a name that is truncated is reported once; afterwards the name exists."""

    def was(metadata: MetaData) -> None:
        Table("old", metadata, Column("id", Integer))

    def now(metadata: MetaData, name: Callable[[str], str] = whole) -> None:
        Table(name("warehouses"), metadata, Column("id", Integer), info={"renamed_from": "old"})

    assert ["rename_table"] == found(was, now)
    assert [] == found(lambda m: now(m, cut), now)
