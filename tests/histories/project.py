"""The folder that a published history is run in: config file, env.py, and where its files are."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.histories.published import Published

ENVS = Path(__file__).with_name("envs")
INI = """\
[alembic]
script_location = {script_location}
version_locations = {version_locations}
path_separator = os
sqlalchemy.url = {url}

[configure]
{options}

[loggers]
keys = root

[handlers]
keys = console

[formatters]
keys =

[logger_root]
level = WARNING
handlers = console

[handler_console]
class = StreamHandler
args = (sys.stderr,)
"""


def make_project(folder: Path, package: Published) -> None:
    """Create the folder in which a package's history is run, without a database.

    Args:
        folder: created by this.
        package: the package with the history.
    """
    folder.mkdir()
    if (ENVS / package.env).is_dir():
        shutil.copytree(ENVS / package.env, folder / "migrations")


def use_database(
    folder: Path, package: Published, unpacked: Sequence[Path], url: str
) -> dict[str, str]:
    """Point the project to a database; return the environment variables that it needs.

    Args:
        folder: the project.
        package: the package with the history.
        unpacked: the folders of its files and of its dependencies.
        url: the database, with the driver that the tests use.
    """
    parsed = sa.make_url(url)
    driver = package.drivers.get(parsed.get_backend_name())
    if driver:
        parsed = parsed.set(drivername=driver)
    own = parsed.render_as_string(hide_password=False)
    is_ours = (ENVS / package.env).is_dir()
    text = INI.format(
        script_location=folder / "migrations" if is_ours else unpacked[0] / package.env,
        version_locations=os.pathsep.join(str(unpacked[0] / place) for place in package.locations),
        url=own.replace("%", "%%"),
        options="\n".join(
            f"{name} = {str(value).lower() if isinstance(value, bool) else value}"
            for name, value in package.options.items()
        ),
    )
    (folder / "alembic.ini").write_text(text, encoding="utf-8")
    return {
        "DATABASE_URL": own,
        "FLASK_APP": str(folder / "migrations" / "app.py"),
        "PYTHONPATH": os.pathsep.join(map(str, unpacked)),
    }
