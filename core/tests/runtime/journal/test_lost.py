"""Revisions that roll back: their own work, that of others, or to a savepoint."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from idiolect.errors import TransactionLostError

if TYPE_CHECKING:
    from projects import Project

TABLE = "op.create_table('t', sa.Column('id', sa.Integer))\n"
OTHER = "op.create_table('u', sa.Column('id', sa.Integer))\n"
INSERT = "op.execute('INSERT INTO t VALUES (1)')\n"
ROLLBACK = "op.get_bind().rollback()\n"
NESTED = "with op.get_bind().begin_nested() as savepoint:\n    {}    savepoint.rollback()\n"
SESSION = (
    "from sqlalchemy.orm import Session\n"
    "session = Session(op.get_bind(), join_transaction_mode='create_savepoint')\n"
    "session.execute(sa.text('INSERT INTO t VALUES (1)'))\nsession.rollback()\n"
)
FAILING = "try:\n    op.execute('CREATE oops')\nexcept sa.exc.OperationalError:\n    " + ROLLBACK


@pytest.mark.parametrize("per_migration", [False, True])
def test_changes_of_the_schema_are_not_lost_silently(project: Project, per_migration: bool) -> None:
    """The revision fails, names the first statement that is lost, and says what to do."""
    project.revision("a", None, TABLE)
    project.upgrade()
    project.revision("b", "a", OTHER + INSERT + ROLLBACK)

    with pytest.raises(TransactionLostError, match=r"CREATE TABLE u .*begin_nested") as caught:
        project.upgrade(transaction_per_migration=per_migration)

    assert caught.value.__notes__[0].startswith("in upgrade() of revision 'b'")
    assert ["a"] == project.heads()
    assert "u" not in project.tables()


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(INSERT + ROLLBACK, id="rows"),
        pytest.param(FAILING, id="a-statement-that-failed"),
        pytest.param(OTHER + ROLLBACK + OTHER, id="done-again"),
        pytest.param(ROLLBACK + OTHER, id="before"),
        pytest.param(OTHER + NESTED.format(INSERT), id="savepoint"),
        pytest.param(OTHER + SESSION, id="session"),
        pytest.param(f"{OTHER}op.get_bind().commit()\n{INSERT}{ROLLBACK}", id="committed"),
    ],
)
def test_what_may_be_rolled_back(project: Project, body: str) -> None:
    """Rows, savepoints, and what is done again; the revision is recorded."""
    project.revision("a", None, TABLE)
    project.upgrade()
    project.revision("b", "a", body)

    project.upgrade()

    assert ["b"] == project.heads()
    assert [] == project.rows("SELECT id FROM t")
    assert ("create_table" in body) == ("u" in project.tables())


def test_the_first_revision_may_roll_back(project: Project) -> None:
    """The version table, which the same transaction has created, is created again."""
    project.revision("a", None, f"op.execute('SELECT 1')\n{ROLLBACK}{TABLE}")

    project.upgrade()

    assert ["a"] == project.heads()
    assert "t" in project.tables()


def test_revisions_before_are_not_lost_silently(project: Project) -> None:
    """In the transaction of a run; with one for each revision, they are committed."""
    project.revision("a", None, TABLE)
    project.revision("b", "a", INSERT + ROLLBACK)
    with pytest.raises(TransactionLostError, match="the revisions before it"):
        project.upgrade()
    assert [] == project.tables()

    project.upgrade(transaction_per_migration=True)

    assert ["b"] == project.heads()


def test_without_a_journal_nothing_is_watched(project: Project) -> None:
    """The switch back: as with Alembic, the revision counts as applied."""
    project.revision("a", None, TABLE)
    project.upgrade()
    project.revision("b", "a", OTHER + ROLLBACK)

    project.upgrade(journal=False)

    assert ["b"] == project.heads()
    assert "u" not in project.tables()
