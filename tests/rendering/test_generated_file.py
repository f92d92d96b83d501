"""A generated revision file loads and runs unedited, with all of its imports."""

from __future__ import annotations

import sys
from argparse import Namespace
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from idiolect import command
from idiolect.config import Config

if TYPE_CHECKING:
    from pathlib import Path

TYPES = """
import sqlalchemy as sa
from sqlalchemy.types import UserDefinedType


class Name(sa.TypeDecorator):
    impl = sa.String
    cache_ok = True


class Kinds:
    class Point(UserDefinedType):
        cache_ok = True

        def __init__(self, size, unit="m"):
            self.size = size
            self.unit = unit

        def get_col_spec(self, **kw):
            return "BLOB"
"""

ENV = """
import sqlalchemy as sa
from house import types as house
from idiolect import context
from sqlalchemy.dialects import mysql, postgresql

metadata = sa.MetaData(naming_convention={"ix": "ix_%(column_0_label)s"})
sa.Table(
    "account",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("name", house.Name(5), index=True),
    sa.Column("place", house.Kinds.Point(3, unit="cm")),
    sa.Column("data", sa.JSON().with_variant(postgresql.JSONB(), "postgresql")),
    sa.Column("many", sa.String(5).with_variant(mysql.TINYTEXT(), "mysql")),
    sa.Column("void", sa.types.NullType().with_variant(sa.Integer(), "sqlite")),
    sa.Column("at", sa.DateTime, server_default=sa.func.now()),
    sa.Column("share", sa.String, server_default=sa.text("'50% \\\\:x'")),
    sa.Column("upper", sa.String, sa.Computed("upper(name)")),
    sa.CheckConstraint("name <> 'it''s'", name="named"),
)
sa.Table("other", metadata, sa.Column("account", sa.ForeignKey("account.id")))

engine = sa.create_engine(context.config.get_main_option("sqlalchemy.url"))
with engine.connect() as connection:
    context.configure(connection, target_metadata=metadata)
    with context.begin_transaction():
        context.run_migrations()
engine.dispose()
"""


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Config:
    """A project of the standard template, whose models use types from a package."""
    house = tmp_path / "house"
    house.mkdir()
    (house / "__init__.py").write_text("")
    (house / "types.py").write_text(TYPES)
    monkeypatch.syspath_prepend(tmp_path)
    for name in ("house", "house.types"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    made = Config(tmp_path / "idiolect.ini", cmd_opts=Namespace(quiet=True))
    command.init(made, str(tmp_path / "migrations"))
    (tmp_path / "migrations" / "env.py").write_text(ENV)
    made.set_main_option("sqlalchemy.url", f"sqlite:///{tmp_path / 'shop.db'}")
    return made


def test_the_file_runs_as_it_is(config: Config, tmp_path: Path) -> None:
    """Types of the user's, of dialects and variants, defaults and names need no editing."""
    script = command.revision(config, "all", autogenerate=True, rev_id="a1")
    text = next((tmp_path / "migrations" / "versions").glob("a1_*.py")).read_text()

    command.upgrade(config, "head")
    command.check(config)
    command.downgrade(config, "base")

    assert script
    for line in ("import house.types", "from sqlalchemy.dialects import mysql"):
        assert f"{line}\n" in text
    engine = sa.create_engine(str(config.get_main_option("sqlalchemy.url")))
    assert ["alembic_version"] == sa.inspect(engine).get_table_names()
    engine.dispose()
