"""The command ``alembic``, a console script of idiolect-alembic-script.

If the real Alembic is installed as well, both have the same command, so each run prints which of
them it is.
"""

from __future__ import annotations

import sys
from importlib.metadata import PackageNotFoundError, version

from idiolect import __version__
from idiolect.config import main as run
from idiolect_alembic.alias import activate, is_active


def main() -> None:
    """Run Idiolect's command line as ``alembic``.

    Raises:
        SystemExit: the exit status is not 0.
    """
    if not is_active():
        try:
            real = version("alembic")
        except PackageNotFoundError:
            pass
        else:
            sys.stderr.write(
                f"alembic: this is Idiolect {__version__}. Alembic {real} is installed too; "
                "'python -m alembic' runs it.\n"
            )
        activate()
    run(prog="alembic")
