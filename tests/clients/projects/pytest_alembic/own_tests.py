"""Tests that a project writes with the library's fixtures."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from pytest_alembic.config import Config  # type: ignore[import-not-found] # is not installed here
from pytest_alembic.tests import (  # type: ignore[import-not-found] # as above
    test_model_definitions_match_ddl,
    test_single_head_revision,
    test_up_down_consistency,
    test_upgrade,
)
from pytest_alembic.tests.experimental import (  # type: ignore[import-not-found] # as above
    test_all_models_register_on_metadata,
    test_downgrade_leaves_no_trace,
)

__all__ = [
    "test_all_models_register_on_metadata",
    "test_downgrade_leaves_no_trace",
    "test_model_definitions_match_ddl",
    "test_single_head_revision",
    "test_up_down_consistency",
    "test_upgrade",
]


@pytest.fixture
def alembic_config() -> Any:
    """A row is put in on the way."""
    return Config(
        config_options={"script_location": "."},
        before_revision_data={"b2": {"__tablename__": "account", "id": 1}},
    )


@pytest.fixture
def alembic_engine() -> sa.Engine:
    """One database for each test, in memory."""
    return sa.create_engine("sqlite://", poolclass=sa.pool.StaticPool)


def test_rows_stay(alembic_runner: Any, alembic_engine: sa.Engine) -> None:
    """The runner goes up and down by one, and tracks the current revision."""
    alembic_runner.migrate_up_before("b2")
    alembic_runner.migrate_up_one()
    with alembic_engine.connect() as connection:
        assert [(1, "x")] == list(connection.execute(sa.text("SELECT * FROM account")))
    assert "b2" == alembic_runner.current
    assert ["a1", "b2"] == alembic_runner.history.revisions[1:3]
    alembic_runner.migrate_down_one()
    assert "a1" == alembic_runner.current


def test_refuses_what_is_no_revision(alembic_runner: Any) -> None:
    """An error is the library's own or Alembic's."""
    alembic_runner.migrate_up_to("nowhere")
