"""Columns and keys of other tables that foreign keys need: the order in which they come and go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import (
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    Table,
    UniqueConstraint,
    create_engine,
)

from idiolect.autogenerate import produce_migrations
from idiolect.migration import MigrationContext
from idiolect.operations.ops import OpContainer

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.usefixtures("sqlite")
#: What both models may have, by name.
PARTS: dict[str, Any] = {
    "unique": ("parent", lambda: UniqueConstraint("code", name="uq")),
    "index": ("parent", lambda: Index("ix", "code", unique=True)),
    "plain": ("parent", lambda: Index("plain", "code")),
    "column": ("parent", lambda: Column("new", Integer)),
    "to code": ("child", lambda: ForeignKeyConstraint(["a"], ["parent.code"], name="fk")),
    "to new": ("child", lambda: ForeignKeyConstraint(["a"], ["parent.new"], name="fk")),
}


def made(*parts: str, tables: tuple[str, ...] = ("child", "parent")) -> MetaData:
    """Return a model; of the two tables, the one that refers comes first."""
    metadata = MetaData()
    for name in tables:
        columns = [Column(column, Integer) for column in ("id", "code", "a")]
        items = [PARTS[part][1]() for part in parts if PARTS[part][0] == name]
        Table(name, metadata, *columns, *items)
    return metadata


def each(container: OpContainer, table: str | None = None) -> Iterator[str]:
    """Yield the operations in words."""
    for one in container.ops:
        if isinstance(one, OpContainer):
            yield from each(one, one.table_name)  # type: ignore[attr-defined]
        else:
            word = type(one).__name__.removesuffix("Op")
            yield f"{word} {getattr(one, 'table_name', None) or table}"


#: The models, the upgrade, and the upgrade from the second to the first.
CASES: dict[str, tuple[MetaData, MetaData, list[str], list[str]]] = {
    "unique": (
        made(),
        made("unique", "to code"),
        ["CreateUniqueConstraint parent", "CreateForeignKey child"],
        ["DropConstraint child", "DropConstraint parent"],
    ),
    "unique index": (
        made(),
        made("index", "to code"),
        ["CreateIndex parent", "CreateForeignKey child"],
        ["DropConstraint child", "DropIndex parent"],
    ),
    "column": (
        made(),
        made("column", "to new"),
        ["AddColumn parent", "CreateForeignKey child"],
        ["DropConstraint child", "DropColumn parent"],
    ),
    "new table": (
        made(tables=("parent",)),
        made("unique", "to code"),
        ["CreateUniqueConstraint parent", "CreateTable child"],
        ["DropTable child", "DropConstraint parent"],
    ),
    "what is not needed stays where it is": (
        made(),
        made("plain", "column", "to code"),
        ["CreateForeignKey child", "AddColumn parent", "CreateIndex parent"],
        ["DropConstraint child", "DropIndex parent", "DropColumn parent"],
    ),
    "what is needed alone": (
        made("plain"),
        made("unique", "column", "to code"),
        [
            "CreateUniqueConstraint parent",
            "CreateForeignKey child",
            "AddColumn parent",
            "DropIndex parent",
        ],
        [
            "DropConstraint child",
            "DropConstraint parent",
            "CreateIndex parent",
            "DropColumn parent",
        ],
    ),
}


@pytest.mark.parametrize(("before", "after", "there", "back"), CASES.values(), ids=CASES)
def test_what_a_key_needs_comes_first(
    before: MetaData, after: MetaData, there: list[str], back: list[str]
) -> None:
    """It is there before the key, and goes after it; a downgrade is the upgrade in reverse."""
    for models, wanted, expected in ((before, after, there), (after, before, back)):
        with create_engine("sqlite://").connect() as connection:
            models.create_all(connection)
            found = produce_migrations(MigrationContext.configure(connection), wanted)
        assert found.upgrade_ops is not None
        assert found.downgrade_ops is not None
        assert expected == [*each(found.upgrade_ops)]
        tables = [one.split()[1] for one in expected]
        assert tables[::-1] == [one.split()[1] for one in each(found.downgrade_ops)]


def test_what_is_changed_stays_where_it_is() -> None:
    """A unique constraint that gets other columns is dropped and created where it is compared."""
    before, after = made("unique"), made("to code")
    parent = after.tables["parent"]
    parent.append_constraint(UniqueConstraint("code", "id", name="uq"))
    with create_engine("sqlite://").connect() as connection:
        before.create_all(connection)
        found = produce_migrations(MigrationContext.configure(connection), after)
    assert found.upgrade_ops is not None
    assert [
        "CreateForeignKey child",
        "DropConstraint parent",
        "CreateUniqueConstraint parent",
    ] == [*each(found.upgrade_ops)]
