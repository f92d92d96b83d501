"""What is left when a revision fails, is killed, or leaves its transaction."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING, Any

import pytest

from idiolect.errors import AutocommitUnsupportedError
from idiolect.testing.capabilities import Support, clause
from idiolect.testing.suite.base import Contract

if TYPE_CHECKING:
    import sqlalchemy as sa

    from idiolect.testing.project import Project

_ONE = "op.create_table('one', sa.Column('id', sa.Integer))"
_TWO = "op.create_table('two', sa.Column('id', sa.Integer))"
_ROW = "op.execute('INSERT INTO one VALUES (1)')"
_FAIL = "raise RuntimeError('failed on purpose')"
_KILL = """
op.create_table('two', sa.Column('id', sa.Integer))
if os.environ.get('CONTRACT_KILL'):
    os.kill(os.getpid(), signal.SIGKILL)
"""


class TransactionsContract(Contract):
    """Failures, and the state they leave."""

    @clause("transactional_ddl")
    def test_failed_run(self, project: Project) -> None:
        """A run that fails leaves nothing: no table of any revision, no version row."""
        self._fail(project)
        assert ([], []) == (self.tables(project.url), self.heads(project.url))

    @clause("transactional_ddl")
    def test_failed_revision(self, project: Project) -> None:
        """With a transaction per revision, those before the failed one are kept."""
        self._fail(project, transaction_per_migration=True)
        assert (["one"], ["a1"]) == (self.tables(project.url), self.heads(project.url))

    @clause()
    def test_heads_tell_the_truth(self, project: Project) -> None:
        """After a failure the version table contains exactly the applied revisions."""
        self._fail(project)
        there = "one" in self.tables(project.url)
        assert (["a1"] if there else []) == self.heads(project.url)

    @clause()
    def test_rules_tell_the_truth(self, connection: sa.Connection) -> None:
        """The rule for transactional DDL matches the declaration."""
        declared = self.answer("transactional_ddl").support is Support.YES
        assert declared is self.context(connection).rules.transactional_ddl

    @clause("transactional_rows")
    def test_rows_of_a_failed_revision(self, project: Project) -> None:
        """The rows that a failed revision changed are restored."""
        project.revision("a1", None, _ONE)
        project.upgrade()
        project.revision("b2", "a1", f"{_ROW}\n{_FAIL}")
        with pytest.raises(RuntimeError):
            project.upgrade()
        assert [] == self.rows_if_there(project.url, "one", "SELECT id FROM one")

    @clause("autocommit")
    def test_autocommit_block(self, project: Project) -> None:
        """Changes in an autocommit block are kept, whatever happens afterwards."""
        project.revision(
            "a1", None, f"with op.get_context().autocommit_block():\n    {_ONE}\n{_FAIL}"
        )
        with pytest.raises(RuntimeError):
            project.upgrade()
        assert ["one"] == self.tables(project.url)

    @clause()
    def test_autocommit_is_refused_where_it_cannot_be(self, connection: sa.Connection) -> None:
        """Without autocommit support, the error is raised before the block runs."""
        context = self.context(connection)
        if self.answer("autocommit").support is Support.YES:
            assert context.rules.autocommit_level
            return
        with pytest.raises(AutocommitUnsupportedError), context.autocommit_block():
            pytest.fail("the block ran")

    @clause()
    def test_killed_run(self, project: Project) -> None:
        """A killed run leaves correct heads in the version table."""
        self._kill(project)

    @clause("resume")
    def test_run_after_a_killed_one(self, project: Project) -> None:
        """The next run completes what a killed one began, without special code in revisions."""
        self._kill(project)
        status, _, errors = project.apart("upgrade", "head")
        assert 0 == status, errors
        assert (["one", "two"], ["b2"]) == (self.tables(project.url), self.heads(project.url))

    def _kill(self, project: Project) -> None:
        project.revision("a1", None, _ONE)
        project.revision("b2", "a1", _KILL)
        status, _, errors = project.apart("upgrade", "head", CONTRACT_KILL="1")
        assert -signal.SIGKILL == status, errors
        there = "one" in self.tables(project.url)
        assert (["a1"] if there else []) == self.heads(project.url)

    def _fail(self, project: Project, **options: Any) -> None:
        project.revision("a1", None, _ONE)
        project.revision("b2", "a1", f"{_TWO}\n{_FAIL}")
        with pytest.raises(RuntimeError, match="on purpose"):
            project.upgrade(**options)
