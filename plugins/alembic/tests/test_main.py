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
    """Without a program the usage is printed to stderr and the exit status is 2."""
    done = python("-m", "idiolect_alembic", *args)

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("usage: python -m idiolect_alembic [--subprocesses] -m MODULE")


@pytest.mark.parametrize("option", ["-h", "--help"])
def test_help_is_printed(option: str, python: Python) -> None:
    """Help goes to stdout with exit status 0."""
    done = python("-m", "idiolect_alembic", option)

    assert (done.returncode, done.stderr) == (0, "")
    assert "import alembic" in done.stdout


def test_a_real_alembic_imported_at_start_up_is_refused(
    program: Path, python: Python, real_alembic: Path
) -> None:
    """If Python's start-up imports the real package, one message says so."""
    (real_alembic / "sitecustomize.py").write_text("import alembic\n")

    done = python("-m", "idiolect_alembic", str(program), "0", path=real_alembic)

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("FAILED: Cannot make 'alembic' resolve to Idiolect")
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
    """The error for a missing program names it, with exit status 2."""
    done = python("-m", "idiolect_alembic", *args)

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(message)
    assert done.stderr.count("\n") == 1


PARENT = """\
import subprocess, sys
done = subprocess.run([sys.executable, "-c", CHILD], capture_output=True, text=True)
print(done.stdout.strip() or done.stderr)
"""
#: Whether it sees the real package, and whether its own start-up module was run.
CHILD_OF_REAL = (
    "import alembic, builtins; print(hasattr(alembic, 'REAL'), hasattr(builtins, 'OWN'))"
)


@pytest.mark.parametrize("with_own", [False, True], ids=["plain", "own-sitecustomize"])
def test_subprocesses_have_the_alias_where_asked(
    tmp_path: Path, python: Python, real_alembic: Path, with_own: bool
) -> None:
    """With --subprocesses children see Idiolect, and what Python would have run at their start."""
    script = tmp_path / "parent.py"
    script.write_text(f"CHILD = {CHILD_OF_REAL!r}\n{PARENT}")
    if with_own:
        (real_alembic / "sitecustomize.py").write_text("import builtins\nbuiltins.OWN = 1\n")

    without = python("-m", "idiolect_alembic", str(script), path=real_alembic)
    done = python("-m", "idiolect_alembic", "--subprocesses", str(script), path=real_alembic)

    assert ("True False" if not with_own else "True True") == without.stdout.splitlines()[0]
    assert ("False False" if not with_own else "False True") == done.stdout.splitlines()[0]


def test_a_real_alembic_in_a_subprocess_is_refused(
    tmp_path: Path, python: Python, real_alembic: Path
) -> None:
    """A child that has imported the real package before the alias ends at once."""
    child = tmp_path / "child.py"
    child.write_text(
        "import alembic, runpy, sys\n"
        "from idiolect_alembic import __main__ as main\n"
        "runpy.run_path(str(main._INHERITED / 'sitecustomize.py'))\n"
        "print('went on')\n"
    )

    done = python(str(child), path=real_alembic)

    assert (1, "") == (done.returncode, done.stdout)
    assert done.stderr.startswith("FAILED: Cannot make 'alembic' resolve to Idiolect")
