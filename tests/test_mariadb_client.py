"""Scripts run by MariaDB's client have the same effect as a run on a connection."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from mariadb_client import run_script
from projects import Project
from random_operations import Play, script_of

from idiolect.migration import MigrationContext
from idiolect.operations import Operations

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.mariadb


def _held(url: str) -> dict[str, Any]:
    """Return the contents of a database, in the server's SQL."""
    with sa.create_engine(url, poolclass=sa.NullPool).connect() as connection:
        held: dict[str, Any] = {}
        for (name,) in connection.exec_driver_sql("SHOW TABLES").all():
            quoted = f"`{name.replace('`', '``').replace('%', '%%')}`"
            created = connection.exec_driver_sql(f"SHOW CREATE TABLE {quoted}").one()
            held[name] = (created[1], connection.exec_driver_sql(f"SELECT * FROM {quoted}").all())
        triggers = connection.exec_driver_sql("SHOW TRIGGERS").all()
        held["(triggers)"] = sorted(tuple(one[:4]) for one in triggers)
    return held


SEEDS = [*range(6), *(pytest.param(seed, marks=pytest.mark.full) for seed in range(6, 150))]


@pytest.mark.parametrize("seed", SEEDS)
def test_random_operations(seed: int, fresh_mariadb: str, second_mariadb: str) -> None:
    """Tables, rows and triggers are the same, whatever names, literals and comments contain."""
    engine = sa.create_engine(fresh_mariadb, poolclass=sa.NullPool)
    with engine.begin() as connection:
        context = MigrationContext.configure(connection)
        Play(seed, Operations(context), "mariadb").run(12)
    run_script(second_mariadb, script_of(seed, "mariadb", 12))
    assert _held(fresh_mariadb) == _held(second_mariadb)


def test_a_whole_history(fresh_mariadb: str, second_mariadb: str, tmp_path: Path) -> None:
    """A script of ``upgrade --sql`` and one of ``downgrade --sql`` move the version table, too."""
    project = Project(tmp_path / "project", fresh_mariadb)
    project.revision(
        "a",
        None,
        """
        op.create_table("t", sa.Column("id", sa.Integer, primary_key=True))
        op.execute("CREATE PROCEDURE p() BEGIN SELECT 1; SELECT 2; END")
        """,
        "op.execute('DROP PROCEDURE p')\nop.drop_table('t')",
    )
    project.revision("b", "a", "op.add_column('t', sa.Column('b;', sa.String(9)))", "pass")
    project.upgrade()
    run_script(second_mariadb, project.sql(transaction_per_migration=True))
    assert _held(fresh_mariadb) == _held(second_mariadb)
    run_script(second_mariadb, project.sql("b:base", down=True))
    assert ["alembic_version"] == [name for name in _held(second_mariadb) if name[0] != "("]
