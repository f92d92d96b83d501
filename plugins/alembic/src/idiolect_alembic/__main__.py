"""``python -m idiolect_alembic``: runs any program with ``alembic`` as an alias of Idiolect.

Usage: ``python -m idiolect_alembic -m MODULE args...`` or ``python -m idiolect_alembic SCRIPT
args...``, as for Python itself. The program gets its own ``sys.argv`` and ``sys.path``.
Subprocesses have the alias only with ``--subprocesses``.
"""

from __future__ import annotations

import os
import runpy
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from idiolect_alembic.alias import AlembicImportedError, activate, explain

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

USAGE = """\
usage: python -m idiolect_alembic [--subprocesses] -m MODULE [args...]
       python -m idiolect_alembic [--subprocesses] SCRIPT [args...]

Run a program in which 'import alembic' means Idiolect. With --subprocesses,
it means the same in Python processes that the program starts.
"""
#: A folder for PYTHONPATH with a module that Python imports at every start.
_INHERITED = Path(__file__).parent / "inherited"
USAGE_ERROR = 2


def main(argv: Sequence[str]) -> int:
    """Run the program that ``argv`` names, with the alias active.

    Args:
        argv: the arguments after ``python -m idiolect_alembic``.

    Returns:
        An exit status: 0, 1 if the alias cannot be activated, 2 for a usage error or a missing
        program. The program's own ``SystemExit`` propagates.
    """
    if argv[:1] in (["-h"], ["--help"]):
        sys.stdout.write(USAGE)
        return 0
    inherited = argv[:1] == ["--subprocesses"]
    argv = argv[1:] if inherited else argv
    run = _runner(argv)
    if run is None:
        sys.stderr.write(USAGE)
        return USAGE_ERROR
    try:
        activate()
    except AlembicImportedError as exc:
        sys.stderr.write(f"FAILED: {exc} [{exc.code}]\n")
        return 1
    missing = _missing(argv)
    if missing is not None:
        sys.stderr.write(f"FAILED: {missing}\n")
        return USAGE_ERROR
    if inherited:
        _let_subprocesses_inherit()
    try:
        run()
    except (AttributeError, ImportError, TypeError) as exc:
        advice = explain(exc)
        if advice is not None:
            exc.add_note(advice)
        raise
    return 0


def _let_subprocesses_inherit() -> None:
    """Add the folder ``inherited`` to PYTHONPATH for subprocesses."""
    paths = [str(_INHERITED), os.environ.get("PYTHONPATH", "")]
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, paths))


def _runner(argv: Sequence[str]) -> Callable[[], object] | None:
    match list(argv):
        case ["-m", module, *args]:
            return lambda: _run_module(module, args)
        case [script, *args] if not script.startswith("-"):
            return lambda: _run_script(script, args)
        case _:
            return None


def _missing(argv: Sequence[str]) -> str | None:
    if argv[0] != "-m":
        return None if Path(argv[0]).exists() else f"There is no program file {argv[0]!r}."
    try:
        found = find_spec(argv[1])
    except ModuleNotFoundError as exc:
        return f"Cannot run module {argv[1]!r}: {exc}"
    return None if found else f"Cannot run module {argv[1]!r}: it is not installed."


def _run_module(module: str, args: list[str]) -> None:
    # runpy replaces the first element by the module's file.
    sys.argv[:] = [module, *args]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


def _run_script(script: str, args: list[str]) -> None:
    sys.argv[:] = [script, *args]
    if not sys.flags.safe_path and Path(script).is_file():
        # The first entry is the current folder; for a script it has to be the script's folder.
        sys.path[0] = str(Path(script).resolve().parent)
    runpy.run_path(script, run_name="__main__")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
