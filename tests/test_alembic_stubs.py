"""The stub package: what type checkers see of ``alembic`` where only Idiolect is installed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
STUBS = ROOT / "plugins" / "alembic" / "stubs" / "alembic-stubs"
#: An ignore that nothing needs is an error.
CODE = """\
from typing import TYPE_CHECKING, assert_type

import sqlalchemy as sa

import alembic
import alembic.command
from alembic import context, op
from alembic.autogenerate import compare_metadata, renderers
from alembic.ddl.impl import DefaultImpl
from alembic.ddl.postgresql import PostgresqlImpl
from alembic.operations import MigrateOperation, Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.script.revision import RevisionMap
from alembic.util.exc import CommandError

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext
    from alembic.config import Config


def upgrade() -> None:
    assert_type(op.create_table("t", sa.Column("id", sa.Integer)), sa.Table)
    op.add_column("t", sa.Column("a", sa.Integer), height=1)  # type: ignore[call-arg]
    with op.batch_alter_table("t") as batch:
        batch.drop_column("a")
    assert_type(alembic.__version__, str)
    assert_type(context.is_offline_mode(), bool)


def programs(config: Config, connection: sa.Connection) -> list[str]:
    alembic.command.upgrade(config, "head")
    alembic.op.execute("select 1")
    directory = ScriptDirectory.from_config(config)
    assert_type(directory.revision_map, RevisionMap)
    found = MigrationContext.configure(connection)
    compare_metadata(found, sa.MetaData())
    raise CommandError("x")


class Impl(DefaultImpl):
    __dialect__ = "other"


class Further(PostgresqlImpl):
    __dialect__ = "further"


@Operations.register_operation("fly")
class Fly(MigrateOperation):
    @classmethod
    def fly(cls, operations: Operations, height: int) -> None:
        operations.invoke(cls())


@renderers.dispatch_for(Fly)
def render_fly(autogen_context: AutogenContext, operation: Fly) -> str:
    return "op.fly()"
"""


def test_the_stubs_are_those_that_the_page_of_names_asks_for() -> None:
    """tools/write_alembic_stubs.py has nothing to write."""
    done = subprocess.run(
        [sys.executable, ROOT / "tools" / "write_alembic_stubs.py", "--check"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert (0, "", "") == (done.returncode, done.stdout, done.stderr)


@pytest.mark.full
def test_code_that_says_alembic_is_checked(tmp_path: Path) -> None:
    """Names have their types, and a misuse is found."""
    shutil.copytree(STUBS, tmp_path / "alembic")
    (tmp_path / "code.py").write_text(CODE)

    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "code.py"],
        cwd=tmp_path,
        env={**os.environ, "MYPYPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert "Success: no issues found in 1 source file\n" == done.stdout
