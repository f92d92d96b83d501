"""Statements that leave the transaction by themselves, with the option ``auto_autocommit``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from projects import Project
from sqlalchemy.exc import DBAPIError

from idiolect import command

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.postgresql
TABLE = "op.create_table('t', sa.Column('id', sa.Integer))"
INDEX = "op.create_index('ix', 't', ['id'], postgresql_concurrently=True)"
VALID = "SELECT count(*) FROM pg_index WHERE indexrelid = 'ix'::regclass AND indisvalid"


@pytest.fixture
def postgresql(fresh_postgresql: str, tmp_path: Path) -> Project:
    """A project on an empty database."""
    return Project(tmp_path / "project", fresh_postgresql)


@pytest.mark.parametrize("per_migration", [False, True])
@pytest.mark.parametrize("index", [INDEX, "op.execute('create index concurrently ix on t (id)')"])
def test_an_index_is_built_concurrently(
    postgresql: Project, index: str, per_migration: bool
) -> None:
    """Only with the option; without, the revision is rolled back."""
    postgresql.revision("a", None, f"{TABLE}\n{index}")
    with pytest.raises(DBAPIError, match="CONCURRENTLY cannot run inside a transaction block"):
        postgresql.upgrade(transaction_per_migration=per_migration)
    assert "t" not in postgresql.tables()

    postgresql.upgrade(auto_autocommit=True, transaction_per_migration=per_migration)

    assert ["a"] == postgresql.heads()
    assert [1] == postgresql.rows(VALID)


def test_what_follows_is_in_a_transaction(postgresql: Project) -> None:
    """What an error rolls back is run again, and only that."""
    attributes = "op.get_context().config.attributes"
    body = f"{TABLE}\n{INDEX}\nop.execute('INSERT INTO t VALUES (1)')"
    postgresql.revision("a", None, f"{body}\nif {attributes}.get('fails'): op.execute('oops')")
    postgresql.attributes["fails"] = True
    with pytest.raises(DBAPIError, match="oops"):
        postgresql.upgrade(auto_autocommit=True)
    assert [] == postgresql.heads()
    assert [] == postgresql.rows("SELECT id FROM t")

    del postgresql.attributes["fails"]
    postgresql.upgrade(auto_autocommit=True)

    assert ["a"] == postgresql.heads()
    assert [1] == postgresql.rows("SELECT id FROM t")


def test_the_config_file_sets_it(postgresql: Project) -> None:
    """As ``auto_autocommit``."""
    postgresql.revision("a", None, f"{TABLE}\n{INDEX}")
    config = postgresql.config()
    config.set_main_option("auto_autocommit", "true")

    command.upgrade(config, "head")

    assert [1] == postgresql.rows(VALID)


def test_a_block_of_the_revision_is_enough(postgresql: Project) -> None:
    """The transaction is left once."""
    block = f"with op.get_context().autocommit_block():\n    {INDEX}"
    postgresql.revision("a", None, f"{TABLE}\n{block}")

    script = postgresql.sql(auto_autocommit=True)
    postgresql.upgrade(auto_autocommit=True)

    assert script == postgresql.sql()
    assert [1] == postgresql.rows(VALID)
