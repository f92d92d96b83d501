"""Columns with ON UPDATE CURRENT_TIMESTAMP: it is compared, and changes with the default."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import Column, DateTime, FetchedValue, Integer, MetaData, Table, text
from sqlalchemy.dialects import mysql

from idiolect.autogenerate import compare_metadata, produce_migrations, render_python_code
from idiolect.migration import MigrationContext
from idiolect.operations import Operations
from idiolect_mysql.updates import comparable, with_update, without_update

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

MOMENT = "'2020-01-02 03:04:05'"
UPDATE = "ON UPDATE CURRENT_TIMESTAMP"


def column(default: str | None = None, **kw: Any) -> dict[str, Any]:
    """Return the arguments of a column."""
    return {**kw, "server_default": None if default is None else text(default)}


def model(facts: dict[str, Any]) -> MetaData:
    """Return a table with the column."""
    metadata = MetaData()
    given = {"type_": DateTime(), **facts}
    column = Column("d", given.pop("type_"), **given)
    Table("t", metadata, Column("id", Integer, primary_key=True), column)
    return metadata


def kinds(connection: Connection, facts: dict[str, Any]) -> list[str]:
    """Return what differs in the column."""
    opts = {"compare_server_default": True}
    found = compare_metadata(MigrationContext.configure(connection, opts=opts), model(facts))
    return [change[0] for changes in found for change in changes]


def definition(connection: Connection) -> str:
    """Return the column as the server defines it."""
    told = str(connection.exec_driver_sql("SHOW CREATE TABLE t").one()[1])
    return next(line for line in told.splitlines() if "`d`" in line)


BOTH = column(f"CURRENT_TIMESTAMP {UPDATE}")
ALONE = column(f"NULL {UPDATE}")
PRECISE = "CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6)"
CHANGES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "update goes": (BOTH, column("CURRENT_TIMESTAMP")),
    "both go": (BOTH, column()),
    "both go, NOT NULL": ({**BOTH, "nullable": False}, column(nullable=False)),
    "update alone goes": (ALONE, column()),
    "update alone comes": (column(), ALONE),
    "update comes": (column(MOMENT), column(f"{MOMENT} {UPDATE}")),
    "update goes, and a moment stays": (column(f"{MOMENT} {UPDATE}"), column(MOMENT)),
    "microseconds": (
        {**column(PRECISE), "type_": mysql.TIMESTAMP(fsp=6), "nullable": False},
        {**column(MOMENT), "type_": mysql.TIMESTAMP(fsp=6), "nullable": False},
    ),
}


@pytest.mark.parametrize(("before", "after"), CHANGES.values(), ids=CHANGES)
def test_changes(connection: Connection, before: dict[str, Any], after: dict[str, Any]) -> None:
    """The generated code makes the change and undoes it; nothing of ON UPDATE is left."""
    model(before).create_all(connection)
    there = definition(connection)
    assert [] == kinds(connection, before)
    assert ["modify_default"] == kinds(connection, after)
    context = MigrationContext.configure(connection, opts={"compare_server_default": True})
    script = produce_migrations(context, model(after))
    for container, wanted in ((script.upgrade_ops, after), (script.downgrade_ops, before)):
        assert container is not None
        code = render_python_code(container, migration_context=context)
        lines = "\n".join(line.removeprefix("    ") for line in code.splitlines())
        exec(f"import sqlalchemy as sa\n{lines}", {"op": Operations(context), "mysql": mysql})
        assert [] == kinds(connection, wanted)
        is_kept = UPDATE in str(wanted["server_default"])
        assert is_kept is ("on update" in definition(connection).lower())
    assert there == definition(connection)


FETCHED: dict[str, tuple[dict[str, Any], dict[str, Any], list[str]]] = {
    "default": (BOTH, column("now()"), []),
    "no default": (ALONE, column(), []),
    "no default, NOT NULL": (ALONE, column(nullable=False), ["modify_nullable"]),
    "another default": (BOTH, column(MOMENT), ["modify_default"]),
    "default goes": (column(f"{MOMENT} {UPDATE}"), column(), ["modify_default"]),
    "comment": (BOTH, column("now()", comment="new"), ["modify_comment"]),
}


@pytest.mark.parametrize(("before", "after", "expected"), FETCHED.values(), ids=FETCHED)
def test_an_update_that_the_model_only_mentions(
    connection: Connection, before: dict[str, Any], after: dict[str, Any], expected: list[str]
) -> None:
    """With ``server_onupdate=FetchedValue()`` it is no difference, and changes keep it."""
    model(before).create_all(connection)
    after = {**after, "server_onupdate": FetchedValue()}
    assert expected == kinds(connection, after)
    context = MigrationContext.configure(connection, opts={"compare_server_default": True})
    script = produce_migrations(context, model(after))
    assert script.upgrade_ops is not None
    for part in script.upgrade_ops.ops:
        for one in part.ops:
            Operations(context).invoke(one)
    assert [] == kinds(connection, after)
    assert "on update" in definition(connection).lower()


@pytest.mark.parametrize(
    ("default", "nullable", "expected"),
    [
        (None, True, "NULL ON UPDATE now()"),
        (None, False, None),
        ("'x'", False, "'x' ON UPDATE now()"),
        ("a() on update b()", True, "a() on update b() ON UPDATE now()"),
        ("now() on update now()", True, "now() on update now()"),
    ],
)
def test_with_update(default: str | None, nullable: bool, expected: str | None) -> None:
    """It is added once, and only where CREATE TABLE accepts it."""
    assert expected == with_update(default, "now()", nullable=nullable)


@pytest.mark.parametrize(
    ("default", "expected"),
    [
        (None, None),
        ("NULL ON UPDATE CURRENT_TIMESTAMP", None),
        ("'0000-00-00 00:00:00' ON UPDATE current_timestamp()", None),
        ("'0000-00-00 00:00:00.000' on update current_timestamp(3)", None),
        ("now(6)  on update now(6)", "now(6)"),
        ("'on update'", "'on update'"),
    ],
)
def test_without_update(default: str | None, expected: str | None) -> None:
    """What is left is the default, if there is one."""
    assert expected == without_update(default)


def test_what_is_compared() -> None:
    """A model that declares it is compared with it, whatever else it says."""
    reflected = "now() ON UPDATE now()"
    fetched: Column[Any] = Column("d", DateTime, server_onupdate=FetchedValue())

    assert reflected == comparable(Column("d", DateTime), "now()", reflected)
    assert "now()" == comparable(fetched, "now()", reflected)
    assert reflected == comparable(fetched, "now() on update now()", reflected)
