"""Published packages with migration histories, fetched once from the package index, by hash.

They are unpacked below the developers' cache and never installed: the package with its
dependencies is put on the path of the two tools; SQLAlchemy and the drivers are the tools' own.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.differential.fetch import fetched

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

SERVERS = ("sqlite", "postgresql", "mariadb")
CLI = "alembic.config:main"


@dataclass(frozen=True, slots=True)
class Published:
    """One published package and how its history is run.

    Attributes:
        name: the distribution.
        version: pinned.
        sha256: of its wheel.
        why: the style that it represents.
        locations: folders of revision files, below where it is unpacked.
        needs: pinned distributions that its files import.
        env: the package's own folder with env.py; or the name of one in `envs/`.
        options: keyword arguments that an env.py of `envs/` passes to ``configure()``.
        middle: where the first upgrade ends, after which rows are inserted into all tables; None
            if its own code fails on such rows.
        down: where the downgrade ends; None if the history has no downgrade.
        databases: where the history runs with the real Alembic.
        drivers: by database, the driver that its env.py requires.
        command: the function that reads a command line, and the command prefix.
        sample: the database it is run on without `--full`.
    """

    name: str
    version: str
    sha256: str
    why: str
    locations: tuple[str, ...]
    needs: tuple[str, ...] = ()
    env: str = "plain"
    options: Mapping[str, Any] = field(default_factory=dict)
    middle: str | None = "heads"
    down: str | None = "base"
    databases: tuple[str, ...] = SERVERS
    drivers: Mapping[str, str] = field(default_factory=dict)
    command: tuple[str, ...] = (CLI,)
    sample: str = "sqlite"

    @property
    def version_table(self) -> str:
        """The version table that its env.py uses."""
        name: str = self.options.get("version_table", "alembic_version")
        return name


def unpacked(package: Published) -> tuple[Path, ...]:
    """Return the folders of the package and of what it needs, fetched if need be.

    Args:
        package: which.

    Raises:
        pytest.skip.Exception: the package index did not answer; in CI that is a failure.
    """
    own = fetched(package.name, (f"{package.name}=={package.version}",), package.sha256)
    return (own, fetched("needs", package.needs)) if package.needs else (own,)
