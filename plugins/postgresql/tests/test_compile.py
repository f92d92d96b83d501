"""PostgreSQL's own text for the core's constructs."""

from __future__ import annotations

import pytest
from sqlalchemy.engine import make_url

import idiolect_postgresql.compile
from idiolect.ddl.base import RenameTable


@pytest.mark.parametrize(
    ("schema", "expected"),
    [(None, 'ALTER TABLE t RENAME TO "New"'), ("s", 'ALTER TABLE s.t RENAME TO "New"')],
    ids=["plain", "schema"],
)
def test_renamed_table_stays_in_its_schema(schema: str | None, expected: str) -> None:
    """The new name has no schema."""
    assert idiolect_postgresql.compile.visit_rename_table is not None
    construct = RenameTable("t", "New", schema)
    assert (
        str(construct.compile(dialect=make_url("postgresql+psycopg://").get_dialect()()))
        == expected
    )
