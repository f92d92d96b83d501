"""The recorded facts about revisions."""

from __future__ import annotations

import getpass
import hashlib
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from idiolect.testing.project import Project

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

TEMPLATE = """
import sqlalchemy as sa
from idiolect import op
revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
def upgrade():
    ${upgrades}
def downgrade():
    ${downgrades}
"""
LONG = "2026_11_21_0941_add_the_address_of_the_customer"


on_each_database = pytest.mark.parametrize(
    "project",
    [
        "sqlite",
        pytest.param("postgresql", marks=pytest.mark.postgresql),
        pytest.param("mariadb", marks=pytest.mark.mariadb),
    ],
    indirect=True,
)


@pytest.fixture
def project(request: pytest.FixtureRequest, tmp_path: Path) -> Project:
    """A project with two revisions."""
    database = getattr(request, "param", "sqlite")
    url = f"sqlite:///{tmp_path}/shop.db"
    if database != "sqlite":
        url = request.getfixturevalue(f"fresh_{database}")
    project = Project(tmp_path / "project", url)
    project.revision(
        "a1", None, "op.create_table('pet', sa.Column('id', sa.Integer))", "op.drop_table('pet')"
    )
    project.revision(LONG, "a1")
    return project


@pytest.fixture
def rows(project: Project) -> Callable[[str], list[Any]]:
    """Return a function that returns the rows of a table."""

    def read(table: str) -> list[Any]:
        engine = sa.create_engine(project.url, poolclass=sa.NullPool)
        with engine.connect() as connection:
            found = sa.Table(table, sa.MetaData(), autoload_with=connection)
            return list(connection.execute(sa.select(found).order_by(found.columns[0])))

    return read


def run(project: Project, *words: str, **environment: str) -> str:
    """Run a command with the plugin."""
    status, out, errors = project.apart(*words, **environment)
    assert 0 == status, errors
    return out


@on_each_database
def test_a_new_database(project: Project, rows: Callable[[str], list[Any]]) -> None:
    """The version table has the facts of the last step, the history those of all."""
    run(project, "upgrade", "head")
    (row,) = rows("alembic_version")
    file = project.folder / "versions" / f"{LONG}_.py"
    assert (LONG, getpass.getuser(), hashlib.sha256(file.read_bytes()).hexdigest()) == (
        row.version_num,
        row.applied_by,
        row.checksum,
    )
    assert 0 <= row.duration < 60
    assert row.applied_at is not None
    steps = [(row.from_revisions, row.to_revisions) for row in rows("alembic_version_history")]
    assert [("", "a1"), ("a1", LONG)] == steps


@on_each_database
def test_an_older_database(project: Project, rows: Callable[[str], list[Any]]) -> None:
    """A standard version table is upgraded, and its row kept."""
    run(project, "upgrade", "a1", IDIOLECT_DISABLE_PLUGINS="applied")
    assert [("a1",)] == [tuple(row) for row in rows("alembic_version")]
    run(project, "upgrade", "head")
    (row,) = rows("alembic_version")
    assert (LONG, getpass.getuser()) == (row.version_num, row.applied_by)


def test_the_history_forgets_nothing(project: Project, rows: Callable[[str], list[Any]]) -> None:
    """Downgrades and stamps are recorded as well; failed steps are not."""
    run(project, "stamp", LONG)
    run(project, "downgrade", "a1")
    project.revision("b2", "a1", "raise RuntimeError('on purpose')")
    assert 0 != project.apart("upgrade", "b2")[0]
    kinds = [(row.kind, row.checksum is None) for row in rows("alembic_version_history")]
    assert [("stamp", True), ("downgrade", False)] == kinds
    assert ["a1"] == [row.version_num for row in rows("alembic_version")]


def test_a_script_is_as_ever(project: Project) -> None:
    """``--sql`` contains neither time nor user."""
    out = run(project, "upgrade", "head", "--sql")
    assert "INSERT INTO alembic_version (version_num) VALUES ('a1')" in out
    assert "history" not in out


def test_autogenerate_leaves_the_history_alone(project: Project) -> None:
    """A new revision neither drops the table nor creates it on downgrade."""
    env = project.folder / "env.py"
    text = env.read_text()
    env.write_text(
        text.replace("connection=connection", "connection=connection, target_metadata=models")
        .replace("options =", "models = MetaData()\noptions =")
        .replace("import NullPool,", "import MetaData, NullPool,")
    )
    (project.folder / "script.py.mako").write_text(TEMPLATE)
    run(project, "upgrade", "head")
    run(project, "revision", "--autogenerate", "--rev-id", "c3")
    (written,) = (project.folder / "versions").glob("c3*")
    assert "drop_table('pet')" in written.read_text()
    assert "history" not in written.read_text()
