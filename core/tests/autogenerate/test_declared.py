"""Renames declared in the models are rendered as renames; other changes as usual."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Column, ForeignKey, Index, Integer, MetaData, String, Table, create_engine

from idiolect.autogenerate import compare_metadata, produce_migrations, render_python_code
from idiolect.errors import CommandError
from idiolect.migration import MigrationContext
from idiolect.operations import Operations

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.usefixtures("sqlite")


def was(*names: Any) -> dict[str, Any]:
    """Return what declares a rename."""
    return {"info": {"renamed_from": names[0] if len(names) == 1 else list(names)}}


def shop(metadata: MetaData) -> None:
    """Make the tables as they were."""
    Table(
        "account",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("nick", String(5)),
        Index("ix_nick", "nick"),
    )
    Table("visit", metadata, Column("account_id", ForeignKey("account.id")))


def renamed(metadata: MetaData) -> None:
    """Make them with new names of a table, its key and another column."""
    Table(
        "person",
        metadata,
        Column("number", Integer, primary_key=True, **was("id")),
        Column("name", String(5), **was("nick")),
        Index("ix_nick", "name"),
        **was("account"),
    )
    Table("visit", metadata, Column("account_id", ForeignKey("person.number")))


def new_column(metadata: MetaData) -> None:
    """Make the table with a column that has a new name and a new type."""
    Table(
        "account",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("name", String(9), **was("label", "nick")),
        Index("ix_nick", "name"),
    )
    Table("visit", metadata, Column("account_id", ForeignKey("account.id")))


CASES: dict[str, tuple[Callable[[MetaData], None], list[str]]] = {
    "everything": (
        renamed,
        [
            "op.rename_table('account', 'person')",
            "op.alter_column('person', 'id',",
            "existing_type=sa.INTEGER(),",
            "new_column_name='number',",
            "existing_nullable=False)",
            "op.alter_column('person', 'nick',",
            "existing_type=sa.VARCHAR(length=5),",
            "new_column_name='name',",
            "existing_nullable=True)",
        ],
    ),
    "column": (
        new_column,
        [
            "op.alter_column('account', 'nick',",
            "existing_type=sa.VARCHAR(length=5),",
            "new_column_name='name',",
            "existing_nullable=True)",
            "op.alter_column('account', 'name',",
            "existing_type=sa.VARCHAR(length=5),",
            "type_=sa.String(length=9),",
            "existing_nullable=True)",
        ],
    ),
    "nothing": (shop, ["pass"]),
}


def made(make: Callable[[MetaData], None]) -> MetaData:
    """Return models."""
    metadata = MetaData()
    make(metadata)
    return metadata


@pytest.mark.parametrize(("make", "expected"), CASES.values(), ids=CASES)
def test_written_as_renames(make: Callable[[MetaData], None], expected: list[str]) -> None:
    """Foreign keys, indexes and keys that follow a rename are no difference."""
    with create_engine("sqlite://").connect() as connection:
        made(shop).create_all(connection)
        context = MigrationContext.configure(connection)
        upgrade = produce_migrations(context, made(make)).upgrade_ops
        assert upgrade is not None
        code = render_python_code(upgrade, migration_context=context)

    assert expected == [line.strip() for line in code.splitlines()[1:-1]]


def test_runs_and_is_undone() -> None:
    """Afterwards nothing differs, even with the declaration; a downgrade restores everything."""
    with create_engine("sqlite://").connect() as connection:
        made(shop).create_all(connection)
        context = MigrationContext.configure(connection)
        script = produce_migrations(context, made(tables_alone))
        for container, models in (
            (script.upgrade_ops, made(tables_alone)),
            (script.downgrade_ops, made(shop)),
        ):
            assert container is not None
            with Operations.context(context) as operations:
                for operation in container.ops:
                    operations.invoke(operation)
            assert [] == compare_metadata(context, models)


def tables_alone(metadata: MetaData) -> None:
    """Make them with a new name of the table."""
    Table(
        "person",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("nick", String(5)),
        Index("ix_nick", "nick"),
        **was("nobody", "account"),
    )
    Table("visit", metadata, Column("account_id", ForeignKey("person.id")))


def test_told_as_tuples() -> None:
    """The tuples say what is renamed."""
    with create_engine("sqlite://").connect() as connection:
        made(shop).create_all(connection)
        found = compare_metadata(MigrationContext.configure(connection), made(renamed))

    tuples = [one for each in found for one in (each if isinstance(each, list) else [each])]
    assert [
        ("rename_table", None, "account", "person"),
        ("modify_name", None, "person", "id", "number"),
        ("modify_name", None, "person", "nick", "name"),
    ] == [one if len(one) == 4 else (*one[:3], *one[5:]) for one in tuples]


WRONG: dict[str, tuple[Callable[[MetaData], Any], str]] = {
    "number": (
        lambda metadata: Table("x", metadata, Column("id", Integer), **was(5)),
        r"info\['renamed_from'\] of table 'x' is 5; expected: its former name",
    ),
    "column": (
        lambda metadata: Table("account", metadata, Column("x", Integer, **was(None))),
        r"of column 'account.x' is None; expected",
    ),
    "two-tables": (
        lambda metadata: [
            Table(name, metadata, Column("id", Integer), **was("account")) for name in "xy"
        ],
        r"Both 'x' and 'y' of the models say that they are the table 'account' under a new name",
    ),
    "two-columns": (
        lambda metadata: Table(
            "account", metadata, *[Column(name, Integer, **was("nick")) for name in "xy"]
        ),
        r"Both 'x' and 'y' of the models say that they are the column 'account.nick'",
    ),
}


@pytest.mark.parametrize(("make", "message"), WRONG.values(), ids=WRONG)
def test_wrong_declarations(make: Callable[[MetaData], Any], message: str) -> None:
    """The error names the table or column with the declaration."""
    with create_engine("sqlite://").connect() as connection:
        made(shop).create_all(connection)
        with pytest.raises(CommandError, match=message):
            compare_metadata(MigrationContext.configure(connection), made(make))


def test_expressions_follow() -> None:
    """SQL text of reflected checks and indexes is adapted to the new name."""

    def before(metadata: MetaData) -> None:
        Table(
            "t",
            metadata,
            Column("old", String(9)),
            sa.CheckConstraint("old <> 'old' AND older", name="ck"),
            Column("older", Integer),
        )

    def after(metadata: MetaData) -> None:
        Table(
            "t",
            metadata,
            Column("new", String(9), **was("old")),
            sa.CheckConstraint("new <> 'old' AND older", name="ck"),
            Column("older", Integer),
        )

    sets = ["alembic.autogenerate.*", "alembic.ext.checkconstraint_byname"]
    with create_engine("sqlite://").connect() as connection:
        made(before).create_all(connection)
        context = MigrationContext.configure(connection, opts={"autogenerate_plugins": sets})
        found = compare_metadata(context, made(after))

    assert ["modify_name"] == [each[0][0] for each in found]


def test_filters_leave_a_rename_out() -> None:
    """A table that include_object rejects is not renamed."""
    with create_engine("sqlite://").connect() as connection:
        made(shop).create_all(connection)
        opts = {"include_object": lambda _item, name, *_more: name != "person"}
        found = compare_metadata(MigrationContext.configure(connection, opts=opts), made(renamed))

    assert [] == found
