"""Code of users that type checkers accept, and misuse that they find. Never run.

mypy reads it with the rest; an ignore that nothing needs is an error there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_type

import sqlalchemy as sa

from idiolect import context, op
from idiolect.operations import Operations, ops

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from idiolect.runtime.migration import MigrationContext
    from idiolect.settings.config import Config


def upgrade() -> None:
    """Use every kind of directive."""
    table = op.create_table(
        "account",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.UniqueConstraint("id", name=op.f("uq")),
        schema="s",
    )
    assert_type(table, sa.Table)
    op.bulk_insert(table, [{"id": 1}], multiinsert=False)
    op.alter_column("t", "c", type_=sa.Integer, existing_type=sa.String(), server_default=None)
    op.alter_column("t", "c", server_default=sa.text("1"), comment=None, postgresql_using="c::int")
    op.alter_column("t", "c", server_default=sa.Identity(), existing_server_default=False)
    op.create_foreign_key(None, "t", "u", ["a"], ["b"], ondelete="CASCADE", source_schema="s")
    op.create_check_constraint("ck", "t", sa.column("a") > 1, deferrable=True)
    op.create_exclude_constraint("ex", "t", ("a", "="), using="gist")
    op.drop_constraint("ck", "t", "check", if_exists=True)
    op.create_table_comment("t", None)
    op.execute(sa.text("select 1").bindparams())
    assert_type(op.get_bind(), sa.Connection)
    assert_type(op.invoke(ops.DropTableCommentOp("t")) is None, bool)
    assert_type(op.run_async(_awaited), int)


def misuse() -> None:
    """Use names that do not exist, which a type checker reports."""
    op.create_tabel("t")  # type: ignore[attr-defined]
    op.drop_table(1)  # type: ignore[arg-type]
    op.alter_column("t", "c", True)  # type: ignore[call-arg]
    op.create_primary_key("pk", "t")  # type: ignore[call-arg]
    op.rename_table("a", "b", schem="c")  # type: ignore[call-arg]
    context.configure(transactional_ddl="no")  # type: ignore[arg-type]


def run_env() -> None:
    """Use the environment as env.py does."""
    config: Config = context.config
    context.configure(url=config.get_main_option("url"), literal_binds=True, own_option=1)
    with context.begin_transaction() as transaction:
        assert isinstance(transaction, object)
        context.run_migrations()
    assert_type(context.get_x_argument(as_dictionary=True), dict[str, str])
    assert_type(context.get_x_argument(), list[str])
    context.execute("select 1")
    assert_type(context.is_offline_mode(), bool)


def run_alone(migration_context: MigrationContext) -> None:
    """Use Operations without a command."""
    operations = Operations(migration_context)
    operations.create_unique_constraint("uq", "t", ["a"])
    operations.create_exclude_constraint("ex", "t", ("a", "="))
    bound: AbstractContextManager[Operations] = Operations.context(migration_context)
    with bound as bound_operations:
        bound_operations.drop_index("ix", if_exists=True)


async def _awaited(connection: object) -> int:
    return 1
