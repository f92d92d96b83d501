"""Two concurrent runs: one works, the other waits."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from idiolect.testing.capabilities import clause
from idiolect.testing.suite.base import Contract

if TYPE_CHECKING:
    import subprocess
    from pathlib import Path

    from idiolect.testing.project import Project

#: Creates its table only once. On request, leaves a file and continues when it is deleted.
_SLOW = """
import pathlib, time
sign = pathlib.Path({sign!r})
op.create_table('one', sa.Column('id', sa.Integer))
if os.environ.get('CONTRACT_WAIT'):
    sign.touch()
until = time.monotonic() + 300
while sign.exists() and time.monotonic() < until:
    time.sleep(0.02)
op.execute('INSERT INTO one VALUES (1)')
"""
_SECONDS = 300


class LocksContract(Contract):
    """The lock of a run."""

    @clause("lock", steady=False)
    def test_two_runs(self, project: Project, tmp_path: Path) -> None:
        """Of two concurrent runs each revision is run by one, and both succeed."""
        sign = self._slow(project, tmp_path)
        with project.start("upgrade", "head", CONTRACT_WAIT="1") as first:
            _await(sign, first)
            with project.start("upgrade", "head") as second:
                # Long enough to encounter the lock; a run that did not wait would have failed by
                # then.
                time.sleep(1)
                assert second.poll() is None, second.communicate()
                sign.unlink()
                ends = [each.communicate(timeout=_SECONDS)[1] for each in (first, second)]
        assert (0, 0) == (first.returncode, second.returncode), ends
        assert [(1,)] == self.rows_if_there(project.url, "one", "SELECT id FROM one")
        assert ["b2"] == self.heads(project.url)

    @clause("lock", steady=False)
    def test_a_run_while_another_is_killed(self, project: Project, tmp_path: Path) -> None:
        """A waiting run continues when the process that holds the lock is killed."""
        sign = self._slow(project, tmp_path)
        with project.start("upgrade", "head", CONTRACT_WAIT="1") as first:
            _await(sign, first)
            with project.start("upgrade", "head") as second:
                time.sleep(1)
                assert second.poll() is None, second.communicate()
                first.kill()
                first.wait()
                sign.unlink()
                errors = second.communicate(timeout=_SECONDS)[1]
        assert 0 == second.returncode, errors
        assert ["b2"] == self.heads(project.url)

    def _slow(self, project: Project, folder: Path) -> Path:
        sign = folder / "sign"
        project.revision("a1", None, _SLOW.format(sign=str(sign)))
        project.revision("b2", "a1", "op.create_table('two', sa.Column('id', sa.Integer))")
        return sign


def _await(sign: Path, process: subprocess.Popen[str]) -> None:
    until = time.monotonic() + _SECONDS
    while not sign.exists():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < until, "the first run has not begun"
        time.sleep(0.02)
