"""Server defaults as code: SQLite requires expressions in parentheses."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from idiolect.autogenerate import render_python_code
from idiolect.migration import MigrationContext
from idiolect.operations import ops

DEFAULTS: dict[str, tuple[Any, str]] = {
    "number": (sa.text("5"), "sa.text('5')"),
    "string": (sa.text("'it''s'"), """sa.text("'it''s'")"""),
    "a model's string": ("x", "'x'"),
    "expression": (sa.text("1 + 2"), "sa.text('(1 + 2)')"),
    "in brackets": (sa.text("(1 + 2)"), "sa.text('(1 + 2)')"),
    "two in brackets": (sa.text("(1) + (2)"), "sa.text('((1) + (2))')"),
    "brackets in a string": (sa.text("(')') || '('"), """sa.text("((')') || '(')")"""),
    "function": (sa.func.now(), "sa.text('(CURRENT_TIMESTAMP)')"),
}


@pytest.mark.parametrize(("default", "code"), DEFAULTS.values(), ids=DEFAULTS)
def test_defaults(default: Any, code: str) -> None:
    """The code's column is one that SQLite takes."""
    context = MigrationContext.configure(dialect_name="sqlite")
    add = ops.AddColumnOp("t", sa.Column("c", sa.Integer, server_default=default))
    text = render_python_code(ops.UpgradeOps([add]), migration_context=context)
    assert f"server_default={code}, nullable=True" in text
