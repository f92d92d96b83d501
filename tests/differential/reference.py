"""The real Alembic in a separate venv below the developers' cache, created on demand.

The tests here run its command line in a separate process; nothing ever imports it.
"""

from __future__ import annotations

import fcntl
import os
import sys
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Iterator

VERSION = "1.20.1"
RELEASE = f"{sys.version_info.major}.{sys.version_info.minor}"
TOOLS = Path(__file__).resolve().parents[2] / "tools"
REQUIREMENTS = (
    f"alembic=={VERSION}",
    "aiosqlite>=0.20",
    "asyncpg>=0.29",
    "greenlet>=3.1",
    "psycopg[binary]>=3.2",
    "pymysql>=1.1",
)


@cache
def reference_python() -> Path:
    """Return the Python of the venv with the real Alembic; create it if necessary.

    Its SQLAlchemy has the version that these tests run with, to exclude differences caused by it.

    Raises:
        pytest.skip.Exception: no venv can be created here, or pip failed; in CI that is a failure.
    """
    import sqlalchemy

    folder = cached_folder() / f"alembic-{VERSION}-sqlalchemy-{sqlalchemy.__version__}-py{RELEASE}"
    from devtools.environment import make
    from devtools.shell import Failure

    with alone(folder.with_suffix(".lock")):
        try:
            return make(folder, [*REQUIREMENTS, f"sqlalchemy=={sqlalchemy.__version__}"])
        except Failure as exc:
            missing(f"the real Alembic was not fetched from the package index; {exc}")


def missing(reason: str) -> NoReturn:
    """Skip a test whose requirement is not available here; in CI, fail it.

    Args:
        reason: printed in either case.

    Raises:
        pytest.skip.Exception: always, except in CI.
    """
    # Not at the top: the interpreter of the real Alembic imports this file too, without pytest.
    import pytest

    if os.environ.get("CI"):
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


def cached_folder() -> Path:
    """Return the folder where downloads and venvs of tests are cached."""
    # The developer's command is a program: its rooms are on the path for this alone.
    if str(TOOLS) not in sys.path:
        sys.path.append(str(TOOLS))
    from devtools.shell import cache_folder

    return cache_folder()


@contextmanager
def alone(lock: Path) -> Iterator[None]:
    """Hold a lock, so that the workers of a test run do not create the same folder at once.

    Args:
        lock: the lock file.
    """
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
