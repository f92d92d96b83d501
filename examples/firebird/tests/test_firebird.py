"""Firebird's syntax, and rows in a table created in the same revision."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from idiolect.migration import MigrationContext
from idiolect.operations import Operations
from idiolect.testing.project import Project

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytest.importorskip("sqlalchemy_firebird", reason="sqlalchemy-firebird is not installed")


@pytest.mark.parametrize(
    ("play", "expected"),
    [
        (lambda op: op.add_column("t", sa.Column("c", sa.Integer)), "ALTER TABLE t ADD c INTEGER;"),
        (lambda op: op.drop_column("t", "c"), "ALTER TABLE t DROP c;"),
        (
            lambda op: op.alter_column("t", "c", new_column_name="d"),
            "ALTER TABLE t ALTER COLUMN c TO d;",
        ),
    ],
    ids=["add", "drop", "rename"],
)
def test_grammar(play: Callable[[Operations], Any], expected: str) -> None:
    """ALTER TABLE is rendered in Firebird's syntax."""
    buffer = io.StringIO()
    opts = {"as_sql": True, "output_buffer": buffer}
    play(Operations(MigrationContext.configure(dialect_name="firebird.firebird", opts=opts)))
    assert expected == buffer.getvalue().strip()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_rows_in_a_new_table(contract_url: str, tmp_path: Path) -> None:
    """A revision creates a table, by a directive or as text, and inserts rows."""
    project = Project(tmp_path / "project", contract_url)
    project.revision(
        "a1",
        None,
        """
        op.create_table("pet", sa.Column("id", sa.Integer))
        op.execute("INSERT INTO pet VALUES (1)")
        op.execute("CREATE TABLE toy (id INTEGER)")
        op.execute("INSERT INTO toy VALUES (2)")
        """,
    )
    project.upgrade()
    engine = sa.create_engine(contract_url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        rows = connection.execute(sa.text("SELECT * FROM pet UNION SELECT * FROM toy")).all()
    engine.dispose()
    assert [(1,), (2,)] == [tuple(row) for row in rows]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_failed_revision(contract_url: str, tmp_path: Path) -> None:
    """Its rows are rolled back to the last table that it created."""
    project = Project(tmp_path / "project", contract_url)
    project.revision("a1", None, "op.create_table('pet', sa.Column('id', sa.Integer))")
    project.revision("b2", "a1", "op.execute('INSERT INTO pet VALUES (1)')\nraise RuntimeError")
    with pytest.raises(RuntimeError):
        project.upgrade()
    engine = sa.create_engine(contract_url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        rows = connection.execute(sa.text("SELECT COUNT(*) FROM pet")).scalar()
        heads = MigrationContext.configure(connection).get_current_heads()
    engine.dispose()
    assert (0, ("a1",)) == (rows, heads)
