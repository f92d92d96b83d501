"""SQLite's own text for the core's constructs."""

from __future__ import annotations

import pytest
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite

import idiolect_sqlite.compile
from idiolect.ddl.base import RenameTable


@pytest.mark.parametrize(
    ("schema", "expected"),
    [(None, 'ALTER TABLE t RENAME TO "New"'), ("s", 'ALTER TABLE s.t RENAME TO "New"')],
    ids=["plain", "schema"],
)
def test_renamed_table_stays_in_its_file(schema: str | None, expected: str) -> None:
    """The new name has no schema."""
    assert idiolect_sqlite.compile.visit_rename_table is not None
    construct = RenameTable("t", "New", schema)
    assert str(construct.compile(dialect=SQLiteDialect_pysqlite())) == expected
