"""A revision written by autogenerate, loaded as a module without editing."""

from __future__ import annotations

import types
from typing import TYPE_CHECKING, Any

from hypothesis import currently_in_test_context, note

from idiolect.autogenerate import _render_migration_diffs, compare_metadata
from idiolect.migration import MigrationContext
from idiolect.operations import Operations

if TYPE_CHECKING:
    import sqlalchemy as sa
    from sqlalchemy.engine import Connection

HEAD = "from idiolect import op\nimport sqlalchemy as sa\n"


def context_of(connection: Connection, metadata: sa.MetaData, **opts: Any) -> MigrationContext:
    """Return a context that compares ``metadata`` with the connection's database."""
    options = {
        "target_metadata": metadata,
        "sqlalchemy_module_prefix": "sa.",
        "alembic_module_prefix": "op.",
        "user_module_prefix": None,
        "upgrade_token": "upgrades",
        "downgrade_token": "downgrades",
        **opts,
    }
    return MigrationContext.configure(connection, opts=options)


def write(connection: Connection, metadata: sa.MetaData, **opts: Any) -> types.ModuleType:
    """Return the revision that creates ``metadata`` in the database, loaded from its text."""
    parts: dict[str, Any] = {}
    _render_migration_diffs(context_of(connection, metadata, **opts), parts)
    text = (
        f"{HEAD}{parts['imports']}\n\n\n"
        f"def upgrade():\n    {parts['upgrades']}\n\n\n"
        f"def downgrade():\n    {parts['downgrades']}\n"
    )
    # Outside of Hypothesis pytest shows what was printed.
    (note if currently_in_test_context() else print)(text)
    module = types.ModuleType("revision")
    exec(compile(text, "revision.py", "exec"), vars(module))
    return module


def run(connection: Connection, revision: types.ModuleType, function: str, **opts: Any) -> None:
    """Run a revision's function on the connection."""
    context = MigrationContext.configure(connection, opts=opts)
    with Operations.context(context):
        getattr(revision, function)()


def differences(connection: Connection, metadata: sa.MetaData, **opts: Any) -> list[Any]:
    """Return what still differs."""
    found: list[Any] = compare_metadata(context_of(connection, metadata, **opts), metadata)
    return found
