"""``python -m idiolect_alembic``: run any program with ``alembic`` standing for Idiolect.

Used as ``python -m idiolect_alembic -m MODULE args...`` or ``python -m idiolect_alembic SCRIPT
args...``, as Python itself would be. The program sees its own ``sys.argv`` and ``sys.path``.
Processes that it starts have the alias only after ``--subprocesses``.
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
#: Holds a module that Python imports whenever it starts, for PYTHONPATH.
_INHERITED = Path(__file__).parent / "inherited"
USAGE_ERROR = 2


def main(argv: Sequence[str]) -> int:
    """Run the program that ``argv`` names, with the alias active.

    Args:
        argv: the words after ``python -m idiolect_alembic``.

    Returns:
        An exit status: 0, 1 where the alias cannot be had, 2 for wrong usage
        or a program that is not there. The program's own
        ``SystemExit`` passes through.
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
    """Have Python import the module in the folder ``inherited`` at each start from now."""
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
    # Python replaces the first word by the module's file.
    sys.argv[:] = [module, *args]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


def _run_script(script: str, args: list[str]) -> None:
    sys.argv[:] = [script, *args]
    if not sys.flags.safe_path and Path(script).is_file():
        # This program's own first entry is the current folder, a script's is the script's.
        sys.path[0] = str(Path(script).resolve().parent)
    runpy.run_path(script, run_name="__main__")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
