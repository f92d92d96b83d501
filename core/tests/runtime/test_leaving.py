"""Statements that leave the transaction by themselves, with the option ``auto_autocommit``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from projects import ENV

from idiolect.errors import AutocommitUnsupportedError
from idiolect.hooks import hookimpl

if TYPE_CHECKING:
    from projects import Project

    from idiolect.hooks.manager import PluginManager

#: SQLite refuses it inside a transaction.
BODY = "op.create_table('t', sa.Column('id', sa.Integer))\nop.execute('VACUUM')"
BLOCK = "with op.get_context().autocommit_block():\n    op.execute('VACUUM')"


class Vacuum:
    """A plugin that knows what SQLite refuses."""

    @hookimpl
    def requires_autocommit(self, statement: str) -> bool | None:
        """Name it."""
        return statement == "VACUUM" or None


@pytest.fixture(autouse=True)
def vacuum(sqlite: PluginManager) -> None:
    """Register the plugin."""
    sqlite.register(Vacuum())


def test_a_block_of_the_revision_is_enough(project: Project) -> None:
    """The transaction is left once."""
    project.revision("a", None, BLOCK)

    script = project.sql(auto_autocommit=True)

    words = re.findall(r"^(?:BEGIN|COMMIT|VACUUM)", script, re.MULTILINE)
    assert ["BEGIN", "COMMIT", "VACUUM", "BEGIN", "COMMIT"] == words


def test_a_script_ends_the_transaction_before(project: Project) -> None:
    """And begins another after."""
    project.revision("a", None, BODY)

    script = project.sql(auto_autocommit=True)

    words = re.findall(r"^(?:BEGIN|COMMIT|VACUUM|CREATE TABLE t)", script, re.MULTILINE)
    assert ["BEGIN", "CREATE TABLE t", "COMMIT", "VACUUM", "BEGIN", "COMMIT"] == words


def test_a_transaction_of_env_py_is_not_left(project: Project) -> None:
    """The run says that it cannot, and changes nothing."""
    project.env(ENV.replace("engine.connect()", "engine.begin()"))
    project.revision("a", None, BODY)

    with pytest.raises(AutocommitUnsupportedError, match=r"by env\.py"):
        project.upgrade(auto_autocommit=True)

    assert [] == project.tables()
