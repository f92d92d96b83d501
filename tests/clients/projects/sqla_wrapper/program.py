"""An application whose library has no env.py: it makes environment contexts of its own."""

from __future__ import annotations

import sys
from pathlib import Path

from sqla_wrapper import Alembic, SQLAlchemy  # type: ignore[import-not-found] # not installed here
from sqlalchemy import Column, Integer, String

TEMPLATE = """\
from alembic import op
import sqlalchemy as sa

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}


def upgrade():
    ${upgrades if upgrades else "pass"}


def downgrade():
    ${downgrades if downgrades else "pass"}
"""


class Numbered(Alembic):  # type: ignore[misc] # its base is not installed here
    """Migrations with ids that are the same in each run."""

    last = 0

    def rev_id(self) -> str:
        """Return the next id."""
        self.last += 1
        return f"{self.last:04}"


def main(url: str) -> None:
    """Go through the library's methods."""
    folder = Path("migrations")
    folder.mkdir()
    (folder / "script.py.mako").write_text(TEMPLATE, encoding="utf-8")
    db = SQLAlchemy(url)
    migrations = Numbered(db, folder, file_template="%%(rev)s")

    type("Ping", (db.Model,), {"__tablename__": "ping", "id": Column(Integer, primary_key=True)})
    migrations.revision("first")
    migrations.upgrade()
    columns = {"id": Column(Integer, primary_key=True), "text": Column(String(9), index=True)}
    type("Pong", (db.Model,), {"__tablename__": "pong", **columns})
    migrations.revision("second")
    migrations.revision("third", empty=True)
    migrations.upgrade()
    migrations.head(verbose=True)
    migrations.downgrade("-1")
    migrations.downgrade(1)
    migrations.current()
    migrations.history(start="current")
    migrations.history(end="current")
    migrations.upgrade("base:head", sql=True)
    migrations.downgrade("head:base", sql=True)
    migrations.stamp("0002")
    migrations.stamp("0001", purge=True)
    migrations.current(verbose=True)
    migrations.create_all()
    migrations.downgrade(1)


main(*sys.argv[1:])
