"""Cached results do not depend on the driver."""

from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from projects import Project

if TYPE_CHECKING:
    from pathlib import Path

ASYNC_ENV = """
import asyncio
from idiolect import context
from sqlalchemy import NullPool
from sqlalchemy.ext.asyncio import create_async_engine

url = context.config.get_main_option("sqlalchemy.url")


def run(connection):
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()


async def main():
    engine = create_async_engine(url, poolclass=NullPool)
    async with engine.connect() as connection:
        await connection.run_sync(run)
    await engine.dispose()


asyncio.run(main())
"""
BODY = """
bind = op.get_bind()
op.create_table("t", sa.Column("id", sa.Integer, primary_key=True), sa.Column("s", sa.String(40)))
t = sa.Table("t", sa.MetaData(), sa.Column("id", sa.Integer, primary_key=True), sa.Column("s"))
rows = [{"s": f"row {number}"} for number in range(1500)]
ids = bind.execute(t.insert().returning(t.c.id), rows).scalars().all()
one = bind.execute(t.insert().returning(t.c.id, t.c.s), {"s": "one"}).one()
bind.execute(t.update().where(t.c.id == one.id).values(s=f"{one.s} {len(ids)} {sum(ids)}"))
bind.commit()
with op.batch_alter_table("t", recreate="always") as batch:
    batch.alter_column("s", new_column_name="w", existing_type=sa.String(40))
bind.commit()
"""
REST = """
with op.get_context().autocommit_block():
    op.execute("INSERT INTO t (id, w) VALUES (9001, 'block')")
"""
STOP = "\nraise RuntimeError('cut off')\n"


def resume(project: Project, url: str) -> None:
    """Stop the revision at two places; the third run answers it as the first was answered."""
    for body in (BODY + STOP, BODY + REST + STOP):
        project.revision("a", None, body)
        with pytest.raises(RuntimeError, match="cut off"):
            project.upgrade()
    project.revision("a", None, BODY + REST)
    project.upgrade()
    project.url = url
    assert (["a"], ["alembic_version", "t"]) == (project.heads(), project.tables())
    assert [1502] == project.rows("SELECT count(*) FROM t")
    expected = f"one 1500 {sum(range(1501))}"
    assert [expected, "block"] == project.rows("SELECT w FROM t WHERE id > 1500 ORDER BY id")


def project_for(folder: Path, url: str, driver: str, *, is_async: bool) -> Project:
    """Return a project that uses a driver."""
    module = driver.partition("+")[2]
    if importlib.util.find_spec(module) is None:
        pytest.skip(f"{module} is not installed")
    own = sa.make_url(url).set(drivername=driver).render_as_string(hide_password=False)
    project = Project(folder / "project", own)
    if is_async:
        project.env(ASYNC_ENV)
    return project


@pytest.mark.postgresql
@pytest.mark.parametrize("driver", ["psycopg", "psycopg2", "pg8000", "asyncpg"])
def test_on_postgresql(tmp_path: Path, fresh_postgresql: str, driver: str) -> None:
    """Rows of writes, in portions too, and of a batch that reflects."""
    is_async = driver == "asyncpg"
    name = f"postgresql+{driver}"
    resume(project_for(tmp_path, fresh_postgresql, name, is_async=is_async), fresh_postgresql)


def test_on_aiosqlite(tmp_path: Path) -> None:
    """Likewise."""
    url = f"sqlite:///{tmp_path / 'project.db'}"
    resume(project_for(tmp_path, url, "sqlite+aiosqlite", is_async=True), url)


@pytest.mark.postgresql
def test_where_the_driver_commits(tmp_path: Path, fresh_postgresql: str) -> None:
    """The driver's own autocommit mode is treated like that of the engine."""
    project = project_for(tmp_path, fresh_postgresql, "postgresql+psycopg", is_async=False)
    project.attributes["engine"] = sa.create_engine(
        project.url, poolclass=sa.NullPool, connect_args={"autocommit": True}
    )
    body = "op.execute('CREATE TABLE t (i INTEGER)')\nop.execute('INSERT INTO t VALUES (1)')"
    project.revision("a", None, body + STOP)
    with pytest.raises(RuntimeError, match="cut off"):
        project.upgrade()
    project.revision("a", None, f"{body}\nop.execute('INSERT INTO t VALUES (2)')")
    project.upgrade()
    assert ["a"] == project.heads()
    assert [1, 2] == project.rows("SELECT i FROM t ORDER BY i")
