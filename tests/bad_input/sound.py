"""The project without faults that every row starts from."""

from __future__ import annotations

import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

from tests.bad_input.row import FIRST, FIRST_FILE, SECOND, SECOND_FILE, Project
from tests.bad_input.spoil import url

if TYPE_CHECKING:
    from pathlib import Path

_REVISION = '''"""{doc}"""

import sqlalchemy as sa
from idiolect import op

revision = {rev!r}
down_revision = {down!r}


def upgrade():
    op.create_table("{doc}", sa.Column("id", sa.Integer, primary_key=True))


def downgrade():
    op.drop_table("{doc}")
'''


def make_sound(folder: Path) -> Path:
    """Make a project without faults, its SQLite database at the first of two revisions."""
    _idiolect(folder, "-q", "init", "migrations")
    project = Project(folder)
    # Text that no message may show, wherever the file is spoilt.
    url("sqlite:///app.db\nreporting.url = postgresql://app:THE-SECRET@db.example/app")(project)
    for rev, down, file, doc in (
        (FIRST, None, FIRST_FILE, "first"),
        (SECOND, FIRST, SECOND_FILE, "second"),
    ):
        (project.versions / file).write_text(_REVISION.format(rev=rev, down=down, doc=doc))
    _idiolect(folder, "upgrade", FIRST)
    return folder


def copy_sound(sound: Path, folder: Path, server: str = "") -> Project:
    """Return a copy of the project for a row."""
    # As with Alembic, bytecode stands in for an env.py that is gone: none is copied or made.
    without_bytecode = shutil.ignore_patterns("__pycache__")
    project = Project(shutil.copytree(sound, folder, ignore=without_bytecode), server)
    ini = folder / "idiolect.ini"
    ini.write_text(ini.read_text("utf-8").replace("THE-SECRET", project.secret), "utf-8")
    return project


def _idiolect(folder: Path, *words: str) -> None:
    subprocess.run(
        [sys.executable, "-m", "idiolect", *words], cwd=folder, check=True, capture_output=True
    )
