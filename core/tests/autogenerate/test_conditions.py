"""Opt-in sets: conditions of checks and partial indexes, and primary keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    create_engine,
    text,
)

from idiolect.autogenerate import compare_metadata
from idiolect.hooks import hookimpl
from idiolect.migration import MigrationContext

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from idiolect.hooks import Expression
    from idiolect.hooks.manager import PluginManager

OURS = ["alembic.autogenerate.*", "idiolect.*"]


class Words:
    """A plugin that normalises expressions to lower case."""

    @hookimpl
    def normalise_expressions(self, expressions: Sequence[Expression]) -> list[str | None]:
        """Answer all of them."""
        return [one.text.lower() for one in expressions]


def table(*items: Callable[[], Any], key: bool = True) -> MetaData:
    """Return a table with two columns and more."""
    metadata = MetaData()
    columns = [Column("id", Integer, primary_key=key), Column("a", Integer, nullable=False)]
    Table("t", metadata, *columns, *[item() for item in items])
    return metadata


def check(sql: str, name: str | None = "ck") -> Callable[[], Any]:
    """Return a function that creates a check."""
    return lambda: CheckConstraint(sql, name=name)


def index(sql: str | None) -> Callable[[], Any]:
    """Return a function that creates an index, which may be partial."""
    return lambda: Index("ix", "a", sqlite_where=None if sql is None else text(sql))


def key(*columns: str) -> Callable[[], Any]:
    """Return a function that creates a primary key."""
    return lambda: PrimaryKeyConstraint(*columns, name="pk")


def differences(database: MetaData, models: MetaData, **opts: Any) -> list[str]:
    """Return what each difference does."""
    with create_engine("sqlite://").connect() as connection:
        database.create_all(connection)
        context = MigrationContext.configure(connection, opts=opts)
        return [diff[0] for diff in compare_metadata(context, models)]


CHANGE = ["remove_constraint", "add_constraint"]
CASES: dict[str, tuple[MetaData, MetaData, list[str]]] = {
    "check-added": (table(), table(check("a > 0")), ["add_constraint"]),
    "check-removed": (table(check("a > 0")), table(), ["remove_constraint"]),
    "check-changed": (table(check("a > 0")), table(check("a > 5")), CHANGE),
    "check-in-other-words": (table(check("A > 0")), table(check("a > 0")), []),
    "check-without-name": (table(check("a > 0")), table(check("a > 0", None)), []),
    "check-of-a-type": (
        table(lambda: Column("b", Boolean(create_constraint=True, name="ck"))),
        table(lambda: Column("b", Boolean(create_constraint=True, name="ck"))),
        [],
    ),
    "index-where": (table(index("a > 0")), table(index("a > 5")), ["remove_index", "add_index"]),
    "index-where-added": (table(index(None)), table(index("a > 5")), ["remove_index", "add_index"]),
    "index-where-in-other-words": (table(index("A > 0")), table(index("a > 0")), []),
    "key": (table(key("id"), key=False), table(key("id", "a"), key=False), CHANGE),
    "key-order": (table(key("id", "a"), key=False), table(key("a", "id"), key=False), CHANGE),
    "key-name": (
        table(key("id"), key=False),
        table(lambda: PrimaryKeyConstraint("id", name="other"), key=False),
        [],
    ),
}


@pytest.mark.parametrize(("database", "models", "expected"), CASES.values(), ids=CASES)
def test_seen_if_asked_for(
    sqlite: PluginManager, database: MetaData, models: MetaData, expected: list[str]
) -> None:
    """Equivalent expressions are equal; without the sets nothing is compared."""
    sqlite.register(Words())

    assert expected == differences(database, models, autogenerate_plugins=OURS)
    assert [] == differences(database, models)


def test_what_cannot_be_asked_is_the_same(sqlite: PluginManager) -> None:
    """Without a plugin that normalises conditions, different texts count as equal."""
    assert sqlite.plugins()
    before, after = table(check("a > 0"), index("a > 0")), table(check("a > 5"), index("a > 5"))

    assert [] == differences(before, after, autogenerate_plugins=OURS)


@pytest.mark.parametrize("kind", ["check_constraint", "index", "primary_key_constraint"])
def test_filters_leave_out(sqlite: PluginManager, kind: str) -> None:
    """include_object is called with the model's item and the database's."""
    sqlite.register(Words())
    before = table(check("a > 0"), index("a > 0"), key("id"), key=False)
    after = table(check("a > 5"), index("a > 5"), key("id", "a"), key=False)
    seen: list[Any] = []

    def include(item: Any, _name: Any, type_: str, reflected: bool, other: Any) -> bool:
        if type_ == kind:
            seen.append((reflected, type(item) is type(other)))
        return type_ != kind

    found = differences(before, after, autogenerate_plugins=OURS, include_object=include)

    assert 4 == len(found)
    assert [(False, True)] == seen


def test_a_comparator_before_is_not_repeated(sqlite: PluginManager) -> None:
    """Together with the set that compares names, a check is reported once."""
    sqlite.register(Words())
    sets = [*OURS, "alembic.ext.checkconstraint_byname"]

    assert ["add_constraint"] == differences(
        table(), table(check("a > 0")), autogenerate_plugins=sets
    )
