"""Libraries that are written on Alembic, pinned, and the projects that they are tried on."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.differential.fetch import fetched

if TYPE_CHECKING:
    from collections.abc import Iterable

PROJECTS = Path(__file__).with_name("projects")
TEMPLATE = '''\
"""${message}"""

from alembic import op
import sqlalchemy as sa
${imports if imports else ""}

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}


def upgrade():
    ${upgrades if upgrades else "pass"}


def downgrade():
    ${downgrades if downgrades else "pass"}
'''
INI = """\
[alembic]
script_location = %(here)s
file_template = %%(rev)s
sqlalchemy.url = {url}
"""
PYTEST = (
    *("pytest==8.4.2", "pluggy==1.6.0", "iniconfig==2.3.0", "packaging==25.0", "pygments==2.19.2"),
)
FLASK = (
    *("flask==3.1.2", "werkzeug==3.1.5", "jinja2==3.1.6", "click==8.3.1", "itsdangerous==2.2.0"),
    *("blinker==1.9.0", "flask-sqlalchemy==3.1.1", "markupsafe==3.0.3"),
)


@dataclass(frozen=True, slots=True)
class Client:
    """One library.

    Attributes:
        name: the distribution.
        version: pinned.
        sha256: of its wheel.
        needs: pinned distributions that it imports.
        is_namespace: whether one of them has its top package too, so that they share a folder.
    """

    name: str
    version: str
    sha256: str
    needs: tuple[str, ...] = ()
    is_namespace: bool = False

    @property
    def project(self) -> Path:
        """The folder with the project that it is tried on."""
        return PROJECTS / self.name.replace("-", "_")


CLIENTS = {
    client.name: client
    for client in (
        Client(
            "advanced-alchemy",
            "1.12.0",
            "c7835c1c01cc65f3711a579e604b7d7207a1c34fe24160194376b7f0f039e128",
        ),
        Client(
            "alembic-postgresql-enum",
            "1.11.0",
            "6eff63ab05b1695b27680d16fd8d1a926706a297e80389f0c19da4fb0bef6c9f",
        ),
        Client(
            "alembic-utils",
            "0.8.8",
            "2c2545dc545833c5deb63bce2c3cde01c1807bf99da5efab2497bc8d817cb86e",
            needs=("flupy==1.2.3", "parse==1.20.2", "typing-extensions==4.15.0"),
        ),
        Client(
            "flask-migrate",
            "4.1.0",
            "24d8051af161782e0743af1b04a152d007bad9772b2bca67b7ec1e8ceeb3910d",
            needs=(*FLASK, *PYTEST),
        ),
        Client(
            "pytest-alembic",
            "0.13.1",
            "141b410c2d338d98401981dc4f8a848ea46c2c5c46dae106f1bcbed33dccdc47",
            needs=PYTEST,
        ),
        Client(
            "sqla-wrapper",
            "6.0.0",
            "39665c54c310a40832bf79db36c6c4230d5654a73b109847203cd6b98c93af95",
            needs=("proper-cli==2.1.0", "pyceo==2.200716", "click==8.3.1"),
        ),
    )
}


def search_path(client: Client) -> str:
    """Return the PYTHONPATH with the library and what it needs, fetched if need be.

    Args:
        client: the library.

    Raises:
        pytest.skip.Exception: the package index did not answer; in CI that is a failure.
    """
    requirement = f"{client.name}=={client.version}"
    beside = client.needs if client.is_namespace else ()
    folders = [fetched(client.name, (requirement, *beside), client.sha256)]
    if client.needs and not beside:
        folders.append(fetched("needs", client.needs))
    return os.pathsep.join(map(str, folders))


def make_project(folder: Path, client: Client, url: str, project: str | None = None) -> None:
    """Copy the library's project and point it to a database.

    Args:
        folder: created by this.
        client: the library.
        url: the database.
        project: the project, if not named like the library.
    """
    shutil.copytree(PROJECTS / project if project else client.project, folder)
    (folder / "versions").mkdir(exist_ok=True)
    (folder / "script.py.mako").write_text(TEMPLATE, encoding="utf-8")
    ini = INI.format(url=url.replace("%", "%%"))
    (folder / "alembic.ini").write_text(ini, encoding="utf-8")


def revisions(folder: Path) -> dict[str, str]:
    """Return the text of the revision files by name."""
    return texts((folder / "versions").glob("*.py"))


def texts(paths: Iterable[Path]) -> dict[str, str]:
    """Return the text of files by name."""
    return {path.name: path.read_text(encoding="utf-8") for path in sorted(paths)}
