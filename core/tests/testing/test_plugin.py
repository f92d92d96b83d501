"""The table at the end of a run of the contract."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

MODULE = """
from idiolect.ddl.impl import DefaultImpl
from idiolect.testing.capabilities import answers, clause, impossible
from idiolect.testing.suite import RulesContract

class AcmeImpl(DefaultImpl):
    __dialect__ = "sqlite"

class TestAcme(RulesContract):
    dialect = "sqlite"
    untried = "no server"
    capabilities = answers(impossible("none", "identity", "computed"))

    @clause("identity")
    def test_identity(self):
        raise RuntimeError

    @clause("computed")
    def test_computed(self):
        "It works."
"""


@pytest.fixture
def run(tmp_path: Path) -> subprocess.CompletedProcess[str]:
    """A run of pytest on a module with a contract."""
    (tmp_path / "test_acme.py").write_text(MODULE, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-p", "idiolect.testing.plugin", "--rootdir=."]
    return subprocess.run(
        [
            *command,
            "-p",
            "no:cacheprovider",
            "--contract-report=table.md",
            "--contract-answers",
            "test_acme.py",
        ],
        cwd=tmp_path,
        env={**os.environ, "IDIOLECT_DISABLE_PLUGINS": "sqlite"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_terminal(run: subprocess.CompletedProcess[str]) -> None:
    """It shows what is not possible and why, what failed, and what was not run."""
    assert 1 == run.returncode, run.stdout
    assert "contract of sqlite: 5 of 7 pass" in run.stdout
    assert "`identity` not possible: none\n" in run.stdout
    assert "`computed` FAIL\n" in run.stdout
    assert re.search(r"^\d\d not tried: no server$", run.stdout, re.MULTILINE)
    assert "declared 'not possible: none'" in run.stdout
    assert '        impossible("reason", "computed"),\n' in run.stdout


def test_file(run: subprocess.CompletedProcess[str], tmp_path: Path) -> None:
    """The same as Markdown, all rows."""
    assert 1 == run.returncode, run.stdout
    lines = (tmp_path / "table.md").read_text(encoding="utf-8").splitlines()
    assert "|  | sqlite |" == lines[0]
    assert "| `identity` | not possible: none |" in lines
    assert "| `computed` | FAIL |" in lines
    assert 7 + 2 == len(lines)
