"""The real Alembic, kept apart: a venv of its own below the developers' cache, made on demand.

The tests here run its command line in a process of its own; nothing ever imports it.
"""

from __future__ import annotations

import fcntl
import sys
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

VERSION = "1.20.1"
TOOLS = Path(__file__).resolve().parents[2] / "tools"
REQUIREMENTS = (f"alembic=={VERSION}", "psycopg[binary]>=3.2", "pymysql>=1.1")


@cache
def reference_python() -> Path:
    """Return the Python of the venv that holds the real Alembic, and make it if need be.

    SQLAlchemy is the version that these tests run with, so that no difference comes from there.

    Raises:
        Failure: no venv can be made here, or pip failed.
    """
    import sqlalchemy

    # The developer's command is a program: its rooms are on the path for this alone.
    sys.path.append(str(TOOLS))
    from devtools.environment import make
    from devtools.shell import cache_folder

    release = f"{sys.version_info.major}.{sys.version_info.minor}"
    folder = cache_folder() / f"alembic-{VERSION}-sqlalchemy-{sqlalchemy.__version__}-py{release}"
    folder.parent.mkdir(parents=True, exist_ok=True)
    with _alone(folder.with_suffix(".lock")):
        return make(folder, [*REQUIREMENTS, f"sqlalchemy=={sqlalchemy.__version__}"])


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """Keep the workers of one test run from making the same venv at once."""
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
