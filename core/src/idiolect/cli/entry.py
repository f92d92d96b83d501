"""The entry point of the console script, and of ``python -m idiolect``.

Separate from :mod:`idiolect.cli.main`, which programs import too, because it changes the process.
"""

from __future__ import annotations

import gc


def main(prog: str | None = None) -> None:
    """Run the command line of this process.

    Garbage collection is disabled until the command is known: imported modules live until exit,
    and traversing them takes a good part of a short command's time.

    Args:
        prog: the program's name in usage messages; None takes it from ``sys.argv``.

    Raises:
        SystemExit: the exit status is not 0.
    """
    gc.disable()
    # What the interpreter itself has open, it closes in any case: see cli.finalization.
    gc.freeze()
    from idiolect.cli.main import main as run

    run(prog=prog)
