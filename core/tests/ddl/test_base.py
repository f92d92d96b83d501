"""Names in DDL, and the constructs on their own."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Column, FetchedValue, Integer, String, func, text
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.sql.elements import quoted_name

from idiolect.ddl import base
from idiolect.errors import OperationError

COMPILER: Any = DefaultDialect().ddl_compiler(DefaultDialect(), None)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "schema", "expected"),
    [
        ("t", None, "t"),
        ("t", "", "t"),
        ("My t", "s", 's."My t"'),
        ("a.b", "c.D", 'c."D"."a.b"'),
        ("t", quoted_name("c.D", quote=True), '"c.D".t'),
        ('q"q', None, '"q""q"'),
        ("größe", None, '"größe"'),
    ],
    ids=["plain", "empty schema", "space", "dots", "quoted name", "quote", "non-ASCII"],
)
def test_table_names(name: str, schema: str | None, expected: str) -> None:
    """A name is quoted where it needs to be, and a dotted schema is several names."""
    assert base.format_table_name(COMPILER, name, schema) == expected
    assert base.alter_table(COMPILER, name, schema) == f"ALTER TABLE {expected}"


def test_column_names_and_types() -> None:
    """Columns are quoted, types are as the dialect writes them."""
    assert base.format_column_name(COMPILER, "select") == '"select"'
    assert base.format_type(COMPILER, String(5)) == "VARCHAR(5)"


@pytest.mark.parametrize(
    ("default", "expected"),
    [("it's", "'it''s'"), (text("1 + 1"), "1 + 1"), (func.now(), "now()")],
    ids=["text", "SQL", "function"],
)
def test_server_defaults(default: Any, expected: str) -> None:
    """A default is written as in a column's definition."""
    assert base.format_server_default(COMPILER, default) == expected


@pytest.mark.parametrize("default", [None, FetchedValue()], ids=["none", "made elsewhere"])
def test_no_server_default(default: Any) -> None:
    """A dialect's rule that does not expect the removal of a default writes no ``DEFAULT None``."""
    with pytest.raises(OperationError, match=r"No default can be written as SQL: .*'default'"):
        base.format_server_default(COMPILER, default)


@pytest.mark.parametrize(
    ("construct", "expected"),
    [
        (base.RenameTable("a", "b", "s"), "ALTER TABLE s.a RENAME TO s.b"),
        (
            base.DropColumn("t", Column("c"), "s", if_exists=True),
            "ALTER TABLE s.t DROP COLUMN IF EXISTS c",
        ),
        (
            base.AddColumn("t", Column("c", Integer), if_not_exists=True),
            "ALTER TABLE t ADD COLUMN IF NOT EXISTS c INTEGER",
        ),
    ],
    ids=["rename", "drop column", "add column"],
)
def test_constructs_compile_by_themselves(construct: Any, expected: str) -> None:
    """A program may compile or execute a construct without an impl."""
    assert str(construct.compile(dialect=DefaultDialect())) == expected
