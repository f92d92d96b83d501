"""The template for several databases with two-phase commit: all of them commit, or none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import NullPool, create_engine, inspect, text

from idiolect.cli.main import main

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Engine

SCHEMAS = ("first", "second")


@pytest.fixture
def engine(fresh_postgresql: str) -> Iterator[Engine]:
    """A database with two schemas, which represent two databases."""
    engine = create_engine(fresh_postgresql, poolclass=NullPool)
    with engine.begin() as connection:
        for schema in SCHEMAS:
            connection.execute(text(f"CREATE SCHEMA {schema}"))
    yield engine
    engine.dispose()


@pytest.fixture
def project(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with a project whose revision creates a table in each of the two."""
    for name in ("IDIOLECT_CONFIG", "ALEMBIC_CONFIG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    main(["-q", "init", "-t", "multidb", "migrations"], prog="idiolect")
    ini = tmp_path / "idiolect.ini"
    config = ini.read_text("utf-8").partition("[loggers]")[0]
    for schema in SCHEMAS:
        url = engine.url.update_query_dict({"options": f"-csearch_path={schema}"})
        written = url.render_as_string(hide_password=False).replace("%", "%%")
        config = config.replace(f"driver://user:pass@localhost/{schema}", written)
    ini.write_text(config, "utf-8")
    env = tmp_path / "migrations" / "env.py"
    env.write_text(env.read_text("utf-8").replace("TWOPHASE = False", "TWOPHASE = True"), "utf-8")
    (tmp_path / "migrations" / "versions" / "a1.py").write_text(
        "from idiolect import op\n"
        "revision, down_revision = 'a1', None\n"
        "def upgrade(engine_name):\n"
        "    op.execute('CREATE TABLE t (i INTEGER)')\n"
        "def downgrade(engine_name):\n"
        "    op.execute('DROP TABLE t')\n",
        "utf-8",
    )
    return tmp_path


def tables(engine: Engine) -> list[list[str]]:
    """Return the tables of each schema."""
    return [sorted(inspect(engine).get_table_names(schema)) for schema in SCHEMAS]


def is_supported(engine: Engine) -> bool:
    """Return whether the server has room for both transactions."""
    with engine.connect() as connection:
        limit = connection.scalar(text("SHOW max_prepared_transactions"))
    return int(limit) >= len(SCHEMAS)


@pytest.mark.postgresql
@pytest.mark.usefixtures("project")
def test_all_databases_commit_or_none(engine: Engine, capsys: pytest.CaptureFixture[str]) -> None:
    """A server without room for prepared transactions is named, and nothing was done."""
    if is_supported(engine):
        main(["-q", "upgrade", "head"])
        assert [["alembic_version", "t"]] * 2 == tables(engine)
        return

    with pytest.raises(SystemExit) as ended:
        main(["-q", "upgrade", "head"])

    assert 1 == ended.value.code
    assert [[], []] == tables(engine)
    message = capsys.readouterr().err
    assert "does not prepare the transaction, which two-phase commit requires: " in message
    assert "max_prepared_transactions" in message
