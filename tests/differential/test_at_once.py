"""Both tools on one database at the same time: one fails, and nothing is left half done."""

from __future__ import annotations

import subprocess
import time
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from tests.differential.databases import databases
from tests.differential.harness import alembic, idiolect

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

SECONDS = 300
#: Tells that it has begun, and takes its time.
REVISION = """\
import time
from pathlib import Path
import sqlalchemy as sa
from alembic import op
revision = "a1"
down_revision = None


def upgrade():
    op.create_table("first", sa.Column("id", sa.Integer))
    Path("begun").touch()
    time.sleep(2)
    op.create_table("second", sa.Column("id", sa.Integer))
"""


@pytest.fixture(
    params=[
        "sqlite",
        pytest.param("postgresql", marks=[pytest.mark.postgresql, pytest.mark.full]),
    ]
)
def new_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], str]]:
    """Return a function that returns the URL of another empty database."""
    with databases(request, request.param, tmp_path) as new:
        yield new


@pytest.mark.parametrize("order", ["alembic-first", "idiolect-first"])
def test_the_second_of_both_fails_and_spoils_nothing(
    order: str, new_url: Callable[[], str], tmp_path: Path
) -> None:
    """Alembic takes no lock: the database refuses the second, which is rolled back."""
    tools = [alembic(), idiolect()]
    first, second = tools if order == "alembic-first" else tools[::-1]
    url = new_url()
    alembic().must(tmp_path, "init", "migrations")
    (tmp_path / "migrations" / "versions" / "a1.py").write_text(REVISION)
    ini = tmp_path / "alembic.ini"
    value = url.replace("%", "%%")
    lines = ini.read_text().splitlines()
    lines = [f"sqlalchemy.url = {value}" if x.startswith("sqlalchemy.url") else x for x in lines]
    ini.write_text("\n".join(lines))

    with subprocess.Popen(
        [*first.command, "upgrade", "head"], cwd=tmp_path, stderr=subprocess.DEVNULL
    ) as running:
        deadline = time.monotonic() + SECONDS
        while not (tmp_path / "begun").exists() and running.poll() is None:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        done = second.run(tmp_path, "upgrade", "head")
        status = running.wait(SECONDS)

    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        tables = sorted(sa.inspect(connection).get_table_names())
        version = connection.execute(sa.text("SELECT version_num FROM alembic_version")).all()
    # On a busy machine the second may come when all is done, and finds nothing to do.
    refused = done.status != 0 or "Running upgrade" not in done.err
    assert (0, True) == (status, refused), done.err
    assert (["alembic_version", "first", "second"], [("a1",)]) == (tables, version)
