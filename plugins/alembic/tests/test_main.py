"""``python -m idiolect_alembic``: programs run with the alias."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    Python = Callable[..., subprocess.CompletedProcess[str]]

PROGRAM = """\
import sys
from pathlib import Path
import alembic.util.exc
if __name__ == "__main__":
    print(alembic.__version__, alembic.util.exc.__name__, sys.argv[1:], Path(sys.path[0]).name)
    print(sys.modules["__main__"].__dict__ is globals())
    sys.exit(int(sys.argv[1]))
"""


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """Return a script that prints what it sees and exits with its first argument."""
    path = tmp_path / "tool" / "program.py"
    path.parent.mkdir()
    path.write_text(PROGRAM)
    return path


def test_a_script_runs_with_the_alias(program: Path, python: Python) -> None:
    """A script sees the alias, its own arguments and folder, and its exit status counts."""
    done = python("-m", "idiolect_alembic", str(program), "3", "-m", "x")

    assert done.stdout == "1.20.1 idiolect.util.exc ['3', '-m', 'x'] tool\nTrue\n"
    assert (done.returncode, done.stderr) == (3, "")


def test_a_module_runs_with_the_alias(program: Path, python: Python) -> None:
    """A module runs as with ``python -m``: the current folder comes first in sys.path."""
    done = python("-m", "idiolect_alembic", "-m", "program", "4", path=program.parent)

    assert done.stdout == "1.20.1 idiolect.util.exc ['4'] cwd\nTrue\n"
    assert (done.returncode, done.stderr) == (4, "")


def test_the_alias_itself_can_be_run(python: Python, tmp_path: Path) -> None:
    """``-m alembic`` runs Idiolect's command line."""
    own = python("-m", "idiolect", "--help")

    done = python("-m", "idiolect_alembic", "-m", "alembic", "--help")

    assert (own.returncode, own.stderr) == (done.returncode, done.stderr)
    assert own.stdout.split()[2:] == done.stdout.split()[2:]
    assert "upgrade" in done.stdout


def test_a_program_that_asks_for_an_unknown_name_is_advised(python: Python, tmp_path: Path) -> None:
    """An import that fails in the program shows the program's frame and the advice."""
    script = tmp_path / "script.py"
    script.write_text("from alembic.util.exc import CommandErrors\n")

    done = python("-m", "idiolect_alembic", str(script))

    assert done.returncode == 1
    assert "script.py" in done.stderr
    assert "'alembic.util.exc' is provided by Idiolect" in done.stderr.splitlines()[-1]


def test_other_import_errors_stay_as_they_are(python: Python, tmp_path: Path) -> None:
    """An import error that is not about Idiolect gets no advice."""
    script = tmp_path / "script.py"
    script.write_text("import nothing_of_that_name\n")

    done = python("-m", "idiolect_alembic", str(script))

    assert done.returncode == 1
    assert done.stderr.endswith("ModuleNotFoundError: No module named 'nothing_of_that_name'\n")


@pytest.mark.parametrize("args", [[], ["-m"], ["-x", "y"]], ids=["none", "no-module", "option"])
def test_wrong_usage_is_told(args: list[str], python: Python) -> None:
    """Without a program to run the usage goes to stderr and the exit status is 2."""
    done = python("-m", "idiolect_alembic", *args)

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("usage: python -m idiolect_alembic -m MODULE")


@pytest.mark.parametrize("option", ["-h", "--help"])
def test_help_is_printed(option: str, python: Python) -> None:
    """Help goes to stdout with exit status 0."""
    done = python("-m", "idiolect_alembic", option)

    assert (done.returncode, done.stderr) == (0, "")
    assert "import alembic" in done.stdout


def test_a_real_alembic_imported_at_start_up_is_refused(
    program: Path, python: Python, real_alembic: Path
) -> None:
    """Where the interpreter's start imports the real package, one message says so."""
    (real_alembic / "sitecustomize.py").write_text("import alembic\n")

    done = python("-m", "idiolect_alembic", str(program), "0", path=real_alembic)

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("FAILED: Cannot let 'alembic' stand for Idiolect")
    assert done.stderr.endswith("[IDI-106]\n")


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["nothing.py"], "FAILED: There is no program file 'nothing.py'."),
        (["-m", "nothing"], "FAILED: Cannot run module 'nothing': it is not installed."),
        (["-m", "nothing.below"], "FAILED: Cannot run module 'nothing.below': No module named"),
        (["-m", "alembic.utill"], "FAILED: Cannot run module 'alembic.utill': No module named"),
    ],
    ids=["script", "module", "submodule", "alias"],
)
def test_a_missing_program_is_named(args: list[str], message: str, python: Python) -> None:
    """A program that is not there gives one line that names it, and exit status 2."""
    done = python("-m", "idiolect_alembic", *args)

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(message)
    assert done.stderr.count("\n") == 1
