"""Foreign keys and the indexes that they need: revisions that run, there and back."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
    text,
)

from idiolect.autogenerate import compare_metadata, produce_migrations, render_python_code
from idiolect.migration import MigrationContext
from idiolect.operations import Operations
from idiolect.operations.ops import OpContainer
from idiolect_mysql.reflect import keeps_order

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.engine import Connection

    from idiolect.operations import MigrateOperation

Items = tuple[Callable[[], Any], ...]


def key(*columns: str, name: str = "fk", **kw: Any) -> Callable[[], ForeignKeyConstraint]:
    """Return a function that creates a foreign key, on one column unless others are named."""
    own = columns or ("a",)
    target = ["parent.id"] if len(own) == 1 else ["parent.x", "parent.y"]
    return partial(ForeignKeyConstraint, own, target, name=name, **kw)


def index(name: str, *columns: Any) -> Callable[[], Index]:
    """Return a function that creates an index."""
    return partial(Index, name, *columns)


def unique() -> UniqueConstraint:
    """Return a unique constraint."""
    return UniqueConstraint("a", name="uq")


def column() -> Column[int]:
    """Return a column that some of the models have."""
    return Column("d", Integer)


def made(items: Items) -> MetaData:
    """Return a model with a table that refers to another one."""
    metadata = MetaData()
    Table(
        "parent",
        metadata,
        *(Column(name, Integer, nullable=False) for name in ("id", "x", "y")),
        PrimaryKeyConstraint("id"),
        UniqueConstraint("x", "y", name="xy"),
    )
    columns = [Column("id", Integer, primary_key=True)]
    columns += [Column(name, Integer) for name in "abc"]
    Table("child", metadata, *columns, *(item() for item in items), mysql_engine="InnoDB")
    return metadata


CASES: dict[str, tuple[Items, Items, list[str]]] = {
    "key comes": ((), (key(),), ["add_fk"]),
    "key goes": ((key(),), (), ["remove_fk"]),
    "key and its index come": ((), (key(), index("ix", "a")), ["add_index", "add_fk"]),
    "key and its index go": ((key(), index("ix", "a")), (), ["remove_fk", "remove_index"]),
    "key and its column come": ((), (column, key("d")), ["add_column", "add_fk"]),
    "key and its column go": ((column, key("d")), (), ["remove_fk", "remove_column"]),
    "index comes in place of the implied one": ((key(),), (key(), index("ix", "a")), ["add_index"]),
    "index has another name": (
        (key(), index("ix", "a")),
        (key(), index("other", "a")),
        ["add_index", "remove_index"],
    ),
    "wide index comes": ((key(),), (key(), index("ix", "a", "b")), ["add_index"]),
    "wide index goes, and the key stays": (
        (key(), index("ix", "a", "b")),
        (key(),),
        ["remove_fk", "remove_index", "add_fk"],
    ),
    "wide index goes with the key": (
        (key(), index("ix", "a", "b")),
        (),
        ["remove_fk", "remove_index"],
    ),
    "unique goes, and the key stays": (
        (key(), unique),
        (key(),),
        ["remove_fk", "remove_index", "add_fk"],
    ),
    "index of other columns": (
        (key(), index("ix", "a", "b")),
        (key(), index("ix", "b")),
        ["remove_fk", "remove_index", "add_index", "add_fk"],
    ),
    "rule": ((key(),), (key(ondelete="CASCADE"),), ["remove_fk", "add_fk"]),
    "rule, and the index comes": (
        (key(),),
        (key(ondelete="CASCADE"), index("ix", "a")),
        ["add_index", "remove_fk", "add_fk"],
    ),
    "two columns": ((), (key("b", "c"),), ["add_fk"]),
    "two columns go": ((key("b", "c"),), (), ["remove_fk"]),
    "an index for two keys": (
        (key(), key("a", "c", name="two"), index("ix", "a", "c")),
        (key(), key("a", "c", name="two"), index("other", "a", "c", "b")),
        ["add_index", "remove_index"],
    ),
    "both keys of a column go": ((key(), key(name="two")), (), ["remove_fk", "remove_fk"]),
    "one of two keys goes": (
        (key(), key("a", "c", name="two")),
        (key(),),
        ["remove_fk", "remove_fk", "add_fk"],
    ),
}


def kinds(connection: Connection, items: Items) -> list[str]:
    """Return the kinds of differences to a model."""
    found = compare_metadata(MigrationContext.configure(connection), made(items))
    return [one[0] for one in found]


def structure(connection: Connection) -> set[str]:
    """Return the lines of the table's definition, in no order."""
    told = connection.exec_driver_sql("SHOW CREATE TABLE child").one()[1]
    return {line.strip().rstrip(",") for line in told.splitlines()}


def each(container: OpContainer) -> Iterator[MigrateOperation]:
    """Yield all operations."""
    for operation in container.ops:
        if isinstance(operation, OpContainer):
            yield from each(operation)
        else:
            yield operation


@pytest.mark.parametrize(("before", "after", "expected"), CASES.values(), ids=CASES)
def test_there_and_back(
    connection: Connection, before: Items, after: Items, expected: list[str]
) -> None:
    """The upgrade leaves no difference, the downgrade restores the table, and both repeat."""
    made(before).create_all(connection)
    assert [] == kinds(connection, before)
    assert expected == kinds(connection, after)
    context = MigrationContext.configure(connection)
    script = produce_migrations(context, made(after))
    assert script.upgrade_ops is not None
    assert script.downgrade_ops is not None
    ways = ((script.upgrade_ops, after), (script.downgrade_ops, before))
    seen = [structure(connection)]
    for container, wanted in ways * 2:
        for operation in each(container):
            Operations(context).invoke(operation)
        assert [] == kinds(connection, wanted)
        seen.append(structure(connection))
    assert [seen[0]] * 2 == seen[2::2]
    assert seen[1] == seen[3]


#: With the differences on MariaDB, and on MySQL, where a foreign key does not use such an index.
DESCENDING: dict[str, tuple[Items, Items, list[str], list[str]]] = {
    "index has another order": (
        (key(), index("ix", text("a DESC"))),
        (key(), index("ix", "a")),
        ["remove_fk", "remove_index", "add_index", "add_fk"],
        ["remove_index", "add_index"],
    ),
    "falling index goes, and the key stays": (
        (key(), index("ix", text("a DESC"))),
        (key(), index("other", "a", "b")),
        ["add_index", "remove_index"],
        ["remove_index", "add_index"],
    ),
}


@pytest.mark.parametrize("case", DESCENDING.values(), ids=DESCENDING)
def test_descending_indexes(
    connection: Connection, is_mysql: bool, case: tuple[Items, Items, list[str], list[str]]
) -> None:
    """As in ``test_there_and_back``, on a server that keeps the order of columns."""
    if not keeps_order(connection):
        pytest.skip("MariaDB keeps the order of columns since 10.8")
    before, after, on_mariadb, on_mysql = case
    test_there_and_back(connection, before, after, on_mysql if is_mysql else on_mariadb)


def rendered(connection: Connection, before: Items, after: Items) -> tuple[list[str], list[str]]:
    """Return the directives of upgrade and downgrade."""
    made(before).create_all(connection)
    context = MigrationContext.configure(connection)
    script = produce_migrations(context, made(after))
    up, down = (
        [
            line.strip()[3:]
            for line in render_python_code(part, migration_context=context).splitlines()
            if line.strip().startswith("op.")
        ]
        for part in (script.upgrade_ops, script.downgrade_ops)
        if part is not None
    )
    return up, down


def test_the_implied_index_is_dropped_with_the_key(connection: Connection, is_mysql: bool) -> None:
    """The index that the database created for a new key is dropped in the downgrade, if present."""
    up, down = rendered(connection, (), (key(),))
    assert ["create_foreign_key('fk', 'child', 'parent', ['a'], ['id'])"] == up
    only = "" if is_mysql else ", if_exists=True"
    assert [
        "drop_constraint('fk', 'child', type_='foreignkey')",
        f"drop_index('fk', table_name='child'{only})",
    ] == down


def test_the_index_of_a_removed_key(connection: Connection) -> None:
    """It is one difference, written as two directives, and comes back before the key."""
    up, down = rendered(connection, (key(),), ())
    assert [
        "drop_constraint(op.f('fk'), 'child', type_='foreignkey')",
        "drop_index(op.f('fk'), table_name='child')",
    ] == up
    assert [
        "create_index(op.f('fk'), 'child', ['a'], unique=False)",
        "create_foreign_key(op.f('fk'), 'child', 'parent', ['a'], ['id'])",
    ] == down


def test_a_filter_keeps_the_index(connection: Connection) -> None:
    """An index that include_object rejects is not dropped with its key."""
    made((key(),)).create_all(connection)

    def include(_item: Any, _name: Any, kind: str, *_more: Any) -> bool:
        return kind != "index"

    context = MigrationContext.configure(connection, opts={"include_object": include})
    script = produce_migrations(context, made(()))
    assert script.upgrade_ops is not None
    code = render_python_code(script.upgrade_ops, migration_context=context)
    assert "drop_constraint" in code
    assert "drop_index" not in code


def test_an_index_beside_that_of_the_model(connection: Connection) -> None:
    """One that has the name of a key is no difference, although the key could use another."""
    items = (key(), index("ix", "a"))
    made(items).create_all(connection)
    connection.exec_driver_sql("CREATE INDEX fk ON child (a)")
    assert [] == kinds(connection, items)


def family(type_: Any, rule: str | None = None) -> MetaData:
    """Return a model whose tables refer to each other, and to themselves, by a type."""
    metadata = MetaData()
    for name, target in (("a_child", "parent"), ("parent", "parent"), ("z_child", "a_child")):
        Table(
            name,
            metadata,
            Column("id", type_, primary_key=True),
            Column("ref", type_),
            ForeignKeyConstraint(["ref"], [f"{target}.id"], name=f"fk_{name}", ondelete=rule),
        )
    return metadata


@pytest.mark.parametrize("rule", [None, "CASCADE"])
def test_types_of_both_sides(connection: Connection, rule: str | None) -> None:
    """Columns that foreign keys tie together get another type, there and back."""
    models = [family(Integer), family(BigInteger, rule)]
    models[0].create_all(connection)
    context = MigrationContext.configure(connection)
    script = produce_migrations(context, models[1])
    for container, wanted in ((script.upgrade_ops, models[1]), (script.downgrade_ops, models[0])):
        assert container is not None
        operations = [*each(container)]
        for operation in operations:
            Operations(context).invoke(operation)
        assert [] == compare_metadata(MigrationContext.configure(connection), wanted)
        kinds = [type(one).__name__ for one in operations]
        assert ["DropConstraintOp"] * 3 == kinds[:3]
        assert ["CreateForeignKeyOp"] * 3 == kinds[-3:]
