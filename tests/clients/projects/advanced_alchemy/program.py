"""An application that manages its migrations through the library's own commands."""

from __future__ import annotations

import sys
from pathlib import Path

from advanced_alchemy.alembic.commands import (  # type: ignore[import-not-found] # not installed here
    AlembicCommands,
)
from advanced_alchemy.base import BigIntAuditBase  # type: ignore[import-not-found] # as above
from advanced_alchemy.config import (  # type: ignore[import-not-found] # as above
    AlembicSyncConfig,
    SQLAlchemySyncConfig,
)
from sqlalchemy.orm import Mapped  # noqa: TC002 - the mapper reads it


class Account(BigIntAuditBase):  # type: ignore[misc] # its base is not installed here
    """The one model."""

    __tablename__ = "account"
    name: Mapped[str]


def main(url: str) -> None:
    """Go through the commands, each once."""
    folder = str(Path("migrations").absolute())
    alembic = AlembicSyncConfig(script_location=folder, version_table_name="own_version")
    commands = AlembicCommands(SQLAlchemySyncConfig(connection_string=url, alembic_config=alembic))
    commands.init(directory=folder)
    commands.revision(message="accounts", autogenerate=True, rev_id="a1")
    commands.upgrade()
    commands.check()
    commands.current(verbose=False)
    commands.history()
    commands.heads()
    commands.branches()
    commands.stamp("base")
    commands.stamp("head")
    commands.downgrade("-1")
    commands.upgrade(sql=True)
    commands.upgrade()
    commands.revision(message="empty", rev_id="b2")
    commands.upgrade("b2")


main(*sys.argv[1:])
