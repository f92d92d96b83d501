"""A colon in a default or check that was read from the database is a colon."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from idiolect.autogenerate import produce_migrations, render_python_code
from idiolect.migration import MigrationContext

if TYPE_CHECKING:
    from idiolect.hooks.manager import PluginManager


def test_a_colon_is_written_as_one(sqlite: PluginManager) -> None:
    """SQLAlchemy takes it for a parameter, and would make NULL of it."""
    engine = sa.create_engine("sqlite://")
    with engine.connect() as connection:
        connection.exec_driver_sql(
            "CREATE TABLE t (a TEXT DEFAULT ':x', CONSTRAINT k CHECK (a <> ':y'))"
        )
        context = MigrationContext.configure(connection)
        found = produce_migrations(context, sa.MetaData()).downgrade_ops
        code = render_python_code(found, migration_context=context)
    engine.dispose()
    assert r"""server_default=sa.text("'\\:x'")""" in code
    assert r"""sa.CheckConstraint("a <> '\\:y'", name=op.f('k'))""" in code
