"""The two tools, each in a venv of its own with the same SQLAlchemy and drivers."""

from __future__ import annotations

import sys
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.differential.reference import reference_python

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two.

    Attributes:
        name: what the tables call it; also the name of its command and module.
        python: the Python of its venv.
    """

    name: str
    python: Path

    @property
    def command(self) -> str:
        """The path of the command as users run it."""
        return str(self.python.with_name(self.name))


def both() -> tuple[Side, Side]:
    """Return the real Alembic and Idiolect; makes their venvs if need be.

    Raises:
        Failure: a venv cannot be made, or pip failed.
    """
    import sqlalchemy

    alembic = Side("alembic", reference_python())
    # The developer's rooms are on the path since the first venv was asked for.
    from devtools.environment import install_wheels, make
    from devtools.shell import ROOT, cache_folder

    release = f"{sys.version_info.major}.{sys.version_info.minor}"
    # A venv of its own for each clone.
    clone = f"{zlib.crc32(str(ROOT).encode()):08x}"
    folder = cache_folder() / f"benchmark-{clone}-sqlalchemy-{sqlalchemy.__version__}-py{release}"
    pinned = [f"sqlalchemy=={sqlalchemy.__version__}", "psycopg[binary]>=3.2", "pymysql>=1.1"]
    python = make(folder, pinned)
    install_wheels(python, folder / "wheels")
    return alembic, Side("idiolect", python)
