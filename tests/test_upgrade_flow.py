"""One project through its life on each database: up, down, branches, stamps, scripts."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from projects import Project
from sqlalchemy import inspect, text

from idiolect import command
from idiolect.errors import VersionTableError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(
    params=[
        "sqlite",
        pytest.param("postgresql", marks=pytest.mark.postgresql),
        pytest.param("mariadb", marks=pytest.mark.mariadb),
    ]
)
def project(request: pytest.FixtureRequest, tmp_path: Path) -> Project:
    """A project whose history branches and merges, on each database.

    ``base1 <- left, right <- merge``, and next to it ``other`` which depends on ``left``.
    """
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'database.db'}"
    else:
        url = request.getfixturevalue(f"fresh_{request.param}")
    made = Project(tmp_path / "project", url)
    for name, down in (("base1", None), ("left", "base1"), ("right", "base1")):
        made.revision(name, down, table(f"t_{name}"), f"op.drop_table('t_{name}')")
    made.revision("merge", ("left", "right"))
    made.revision(
        "other",
        None,
        "op.execute('INSERT INTO t_left VALUES (7)')",
        "op.execute('DELETE FROM t_left')",
        depends_on="left",
    )
    return made


def table(name: str) -> str:
    """Return the directive that creates a table."""
    return f"op.create_table({name!r}, sa.Column('id', sa.Integer))"


ALL = ["t_base1", "t_left", "t_right"]


def tables(project: Project) -> list[str]:
    """Return the tables that the revisions created."""
    return [name for name in project.tables() if name != "alembic_version"]


def test_up_and_down_and_up(project: Project) -> None:
    """The heads and the tables follow each move."""
    project.upgrade("base1")
    assert (["base1"], ["t_base1"]) == (project.heads(), tables(project))
    project.upgrade("left")
    project.upgrade("right")
    assert (["left", "right"], ALL) == (project.heads(), tables(project))
    project.upgrade("heads")
    assert (["merge", "other"], [7]) == (project.heads(), project.rows("SELECT id FROM t_left"))
    project.downgrade("base")
    assert ([], []) == (project.heads(), tables(project))
    project.upgrade("heads")
    assert (["merge", "other"], ALL) == (project.heads(), tables(project))


def test_a_dependency_is_run_first(project: Project) -> None:
    """A dependency is not a separate head while another revision depends on it."""
    project.upgrade("other")
    assert (["other"], ["t_base1", "t_left"]) == (project.heads(), tables(project))
    project.upgrade("heads")
    assert ["merge", "other"] == project.heads()


def test_relative_moves(project: Project) -> None:
    """Steps back from where the database is, and steps seen from a revision."""
    project.upgrade("left")
    project.downgrade("-1")
    assert ["base1"] == project.heads()
    project.upgrade("base1")
    project.upgrade("left")
    project.downgrade("left-1")
    assert ["base1"] == project.heads()
    (project.folder / "versions" / "right_.py").unlink()
    (project.folder / "versions" / "merge_.py").unlink()
    (project.folder / "versions" / "other_.py").unlink()
    project.upgrade("+1")
    assert ["left"] == project.heads()


def test_stamps_run_nothing(project: Project) -> None:
    """Only the version table moves."""
    command.stamp(project.config(), "heads")
    assert (["merge", "other"], []) == (project.heads(), tables(project))
    command.stamp(project.config(), "base")
    assert [] == project.heads()


@pytest.mark.parametrize("per_migration", [False, True])
def test_a_script_does_what_the_run_does(project: Project, per_migration: bool) -> None:
    """Its SQL, run on the database, has the same tables, rows and heads as a result."""
    script = project.sql("heads", literal_binds=True, transaction_per_migration=per_migration)
    feed(project, script)
    assert (["merge", "other"], ALL) == (project.heads(), tables(project))
    assert [7] == project.rows("SELECT id FROM t_left")
    back = project.sql("merge:base1", down=True)
    feed(project, back)
    assert ["t_base1"] == tables(project)


def feed(project: Project, script: str) -> None:
    """Run a script with the bare driver."""
    if project.url.startswith("sqlite"):
        connection = sqlite3.connect(project.url.removeprefix("sqlite:///"))
        connection.executescript(script)
        connection.close()
        return
    with project.engine().connect() as sqlalchemy_connection:
        level = sqlalchemy_connection.execution_options(isolation_level="AUTOCOMMIT")
        for statement in script.split(";\n\n"):
            if statement.strip():
                level.execute(text(statement))


@pytest.mark.parametrize("per_migration", [False, True])
def test_a_failure_can_be_mended_and_run_again(project: Project, per_migration: bool) -> None:
    """Nothing of the failed revision is in the way, but what MariaDB had committed by then."""
    commits = project.url.startswith("mariadb")
    broken = project.revision("fails", "merge", f"{table('t_fails')}\nraise RuntimeError('broken')")
    with pytest.raises(RuntimeError, match="broken"):
        project.upgrade("fails", transaction_per_migration=per_migration)
    if commits:
        left = sorted([*ALL, "alembic_version_journal", "t_fails"])
        assert (["merge"], left) == (project.heads(), tables(project))
        with project.engine().begin() as connection:
            connection.execute(text("DROP TABLE t_fails"))
    else:
        assert (["merge"] if per_migration else []) == project.heads()
        assert (ALL if per_migration else []) == tables(project)
    broken.write_text(broken.read_text().replace("raise RuntimeError('broken')", ""))
    project.upgrade("fails")
    assert (["fails"], sorted([*ALL, "t_fails"])) == (project.heads(), tables(project))


def test_a_row_that_another_run_took_away(project: Project) -> None:
    """The run notices at its end and undoes what it did, as far as the database can."""
    project.upgrade("base1")
    project.revision(
        "robbed", "base1", f"{table('t_robbed')}\nop.execute('DELETE FROM alembic_version')"
    )
    with pytest.raises(Exception, match=r"updating 'base1' to 'robbed' .* 0 found"):
        project.upgrade("robbed")
    if project.url.startswith("mariadb"):
        assert ["alembic_version_journal", "t_base1", "t_robbed"] == tables(project)
        return
    assert (["base1"], ["t_base1"]) == (project.heads(), tables(project))


LONG = "a_revision_whose_id_is_longer_than_others"


def width(project: Project) -> int | None:
    """Return how many characters the version table takes; None where SQLite does not care."""
    with project.engine().connect() as connection:
        columns = inspect(connection).get_columns("alembic_version")
    size = getattr(columns[0]["type"], "length", None)
    return size if isinstance(size, int) and "sqlite" not in project.url else None


@pytest.mark.parametrize("per_migration", [False, True])
def test_a_long_id(project: Project, per_migration: bool) -> None:
    """A narrow version table is widened when the id is to be written, and rows stay."""
    command.upgrade(project.config(), "merge")
    assert width(project) in {None, 32}
    project.revision(LONG, "merge", table("t_long"), "op.drop_table('t_long')")
    project.upgrade("heads", transaction_per_migration=per_migration)
    assert [LONG, "other"] == project.heads()
    assert width(project) in {None, len(LONG)}
    project.downgrade("base")
    assert [] == project.heads()


def test_a_long_id_from_the_start(project: Project) -> None:
    """A new version table has room for all ids of the directory."""
    project.revision(LONG, "merge")
    project.upgrade("left")
    assert width(project) in {None, len(LONG)}


def test_a_long_id_that_finds_no_room(project: Project) -> None:
    """If the column cannot be widened, the run fails before the revision."""
    if "postgresql" not in project.url:
        pytest.skip("another's table takes a server with owners and a limit that is kept")
    command.upgrade(project.config(), "merge")
    project.revision(LONG, "merge", table("t_long"))
    with project.engine().begin() as connection:
        # A view over the table takes its rows, and keeps its column as it is.
        connection.execute(text("ALTER TABLE alembic_version RENAME TO kept"))
        connection.execute(text("CREATE VIEW alembic_version AS SELECT version_num FROM kept"))
    with pytest.raises(VersionTableError, match=rf"'{LONG}' has 41 char.*takes 32.*VARCHAR\(41\)"):
        project.upgrade(LONG)
    assert ALL == tables(project)[-3:]


def test_a_project_with_pyproject_toml_alone(tmp_path: Path) -> None:
    """Every command that uses the database works without an ini file."""
    versions = tmp_path / "scripts" / "versions"
    versions.mkdir(parents=True)
    (tmp_path / "pyproject.toml").write_text('[tool.idiolect]\nscript_location = "scripts"\n')
    (tmp_path / "scripts" / "env.py").write_text(
        """\
import sqlalchemy as sa
from idiolect import context

with sa.create_engine("sqlite:///data.db").connect() as connection:
    context.configure(connection=connection, target_metadata=sa.MetaData())
    with context.begin_transaction():
        context.run_migrations()
"""
    )
    (versions / "a1.py").write_text(
        "revision = 'a1'\ndown_revision = None\ndef upgrade(): pass\ndef downgrade(): pass\n"
    )
    said = [
        subprocess.run(
            [sys.executable, "-m", "idiolect", *words.split()],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=300,
            check=True,
        ).stdout
        for words in ("upgrade head", "current --check-heads", "history -i", "check", "stamp base")
    ]

    assert ["", "a1 (head)\n", "<base> -> a1 (head) (current), \n"] == said[:3]
