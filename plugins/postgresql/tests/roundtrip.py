"""Runs what a comparison generates: the upgrade, the downgrade, and the upgrade again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy.dialects import postgresql

from idiolect.autogenerate import compare_metadata, produce_migrations, render_python_code
from idiolect.migration import MigrationContext
from idiolect.operations import Operations

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import MetaData
    from sqlalchemy.engine import Connection

OPTIONS: dict[str, Any] = {"compare_server_default": True}


def diffs(connection: Connection, metadata: MetaData, **opts: Any) -> list[Any]:
    """Return the differences."""
    context = MigrationContext.configure(connection, opts={**OPTIONS, **opts})
    found: list[Any] = compare_metadata(context, metadata)
    return found


def round_trip(
    connection: Connection, metadata: MetaData, restored: Callable[[], None] | None, **opts: Any
) -> str:
    """Upgrade and compare; downgrade, call ``restored``, upgrade and compare again.

    Args:
        connection: to the database.
        metadata: the models.
        restored: asserts that the downgrade has restored everything; None only upgrades.
        opts: more options of the comparison.

    Returns:
        The code of the upgrade.
    """
    context = MigrationContext.configure(connection, opts={**OPTIONS, **opts})
    script = produce_migrations(context, metadata)
    codes = []
    for container in (script.upgrade_ops, script.downgrade_ops):
        assert container is not None
        code = render_python_code(container, migration_context=context)
        codes.append("\n".join(line.removeprefix("    ") for line in code.splitlines()))
    upgrade, downgrade = codes
    run(connection, upgrade)
    assert [] == diffs(connection, metadata, **opts)
    if restored is not None:
        run(connection, downgrade)
        restored()
        run(connection, upgrade)
        assert [] == diffs(connection, metadata, **opts)
    return upgrade


def executed(code: str) -> list[str]:
    """Return the operations of generated code."""
    return [line for line in code.splitlines() if line.startswith("op.")]


def run(connection: Connection, code: str) -> None:
    """Execute the code of a revision."""
    operations = Operations(MigrationContext.configure(connection))
    exec(f"import sqlalchemy as sa\n{code}", {"op": operations, "postgresql": postgresql})
