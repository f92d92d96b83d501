"""What a statement changes on SQLite, and blocks outside of transactions that are resumed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from projects import Project

from idiolect_sqlite.journal import SQLiteJournal

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("CREATE TABLE t (a)", ["main.t"]),
        ('-- why\nCREATE UNIQUE INDEX IF NOT EXISTS aux."i ""1" ON t (a)', ['aux.i "1']),
        ("ALTER TABLE [a b] RENAME TO `c`", ["main.a b", "main.c"]),
        ("ALTER TABLE t RENAME COLUMN a TO b", ["main.t"]),
        ("DROP VIEW v", ["main.v"]),
        ("REINDEX t", []),
        ("ALIEN", None),
    ],
)
def test_objects(sql: str, expected: list[str] | None) -> None:
    """Names are qualified by schema; None if a statement's effect cannot be verified."""
    found = SQLiteJournal().objects(sql)
    assert expected == (None if found is None else list(found))


@pytest.mark.parametrize("done", [True, False])
def test_the_statement_in_flight(tmp_path: Path, done: bool) -> None:
    """The schema table shows whether the statement was executed."""
    project = Project(tmp_path / "project", f"sqlite:///{tmp_path / 'database.db'}")
    body = """
    op.create_table("t", sa.Column("a", sa.Integer))
    with op.get_context().autocommit_block():
        op.create_index("i", "t", ["a"])
    """
    project.revision("a", None, f"{body}\n    raise RuntimeError('cut off')")
    with pytest.raises(RuntimeError):
        project.upgrade()
    with project.engine().begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version_journal SET state = 'intent'")
        if not done:
            connection.exec_driver_sql("DROP INDEX i")
    project.revision("a", None, body)
    project.upgrade()
    assert ["a"] == project.heads()
    assert ["i"] == project.rows("SELECT name FROM sqlite_master WHERE name = 'i'")
    assert ["alembic_version", "t"] == project.tables()
