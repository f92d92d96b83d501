"""``autocommit_block()``: out of the run's transaction, and into a new one after it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from idiolect.errors import AutocommitUnsupportedError

if TYPE_CHECKING:
    from projects import Project

TABLE = "op.create_table('t', sa.Column('id', sa.Integer))"


def test_an_autocommit_block_in_a_script(project: Project) -> None:
    """The transaction is closed before it and opened after it."""
    project.revision(
        "a",
        None,
        """
        op.execute("SELECT 1 AS a")
        with op.get_context().autocommit_block():
            op.execute("VACUUM")
        op.execute("SELECT 1 AS b")
        """,
    )
    words = project.sql().replace("\n\n", "\n")
    assert "SELECT 1 AS a;\nCOMMIT;\nVACUUM;\nBEGIN;\nSELECT 1 AS b;" in words
    assert "BEGIN" not in project.sql(transactional_ddl=False)


def test_an_autocommit_block_commits_what_came_before(project: Project, sent: list[str]) -> None:
    """SQLAlchemy counts a transaction inside it; statements after it are in a new one."""
    project.revision(
        "a",
        None,
        """
        op.execute("SELECT 1 AS a")
        with op.get_context().autocommit_block():
            assert op.get_bind().in_transaction()
        op.execute("SELECT 1 AS b")
        """,
    )
    project.upgrade()
    expected = ["BEGIN", "CREATE", "a", *["COMMIT", "BEGIN"] * 2, "b", "INSERT", "COMMIT"]
    # The heads and the journal are read, each by itself.
    assert [*["BEGIN", "ROLLBACK"] * 2, *expected] == sent


def test_autocommit_blocks_nest(project: Project) -> None:
    """The inner block restores the outer one's level, and a transaction follows."""
    project.revision(
        "a",
        None,
        """
        bind = op.get_bind()
        op.create_table("t", sa.Column("id", sa.Integer))
        with op.get_context().autocommit_block():
            with op.get_context().autocommit_block():
                pass
            assert "AUTOCOMMIT" == bind.get_execution_options()["isolation_level"]
        op.execute("INSERT INTO t VALUES (1)")
        raise RuntimeError("broken")
        """,
    )
    with pytest.raises(RuntimeError, match="broken"):
        project.upgrade()
    assert ["alembic_version", "alembic_version_journal", "t"] == project.tables()
    assert [] == project.rows("SELECT id FROM t")


def test_an_autocommit_block_is_refused_in_env_pys_transaction(project: Project) -> None:
    """The block cannot leave it, and nothing is changed."""
    project.env(
        """
        from idiolect import context
        with context.config.attributes["engine"].begin() as connection:
            context.configure(connection=connection)
            with context.begin_transaction():
                context.run_migrations()
        """
    )
    project.revision("a", None, f"{TABLE}\nwith op.get_context().autocommit_block(): pass")
    with pytest.raises(AutocommitUnsupportedError, match=r"engine\.connect\(\)"):
        project.upgrade()
    assert [] == project.tables()
