"""A dialect's rules: impl class, terminator, separator, transactions."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from idiolect.ddl import lookup
from idiolect.ddl.impl import DefaultImpl
from idiolect.runtime.migration import MigrationContext
from idiolect.testing.capabilities import clause
from idiolect.testing.suite.base import Contract

if TYPE_CHECKING:
    import pytest

# The documented methods of every impl, and its attributes for rules.
_METHODS = (
    "add_column",
    "add_constraint",
    "alter_column",
    "bulk_insert",
    "cast_for_batch_migrate",
    "compare_server_default",
    "compare_type",
    "create_column_comment",
    "create_index",
    "create_table",
    "create_table_comment",
    "drop_column",
    "drop_constraint",
    "drop_index",
    "drop_table",
    "drop_table_comment",
    "emit_begin",
    "emit_commit",
    "execute",
    "get_by_dialect",
    "prep_table_for_batch",
    "rename_table",
    "render_ddl_sql_expr",
    "render_type",
    "requires_recreate_in_batch",
    "start_migrations",
    "static_output",
    "version_table_impl",
)


class RulesContract(Contract):
    """The rules of a dialect, as contexts see them."""

    def script(self, **opts: Any) -> tuple[MigrationContext, io.StringIO]:
        """Return a context that writes a script, and its buffer."""
        written = io.StringIO()
        opts = {"as_sql": True, "output_buffer": written, **opts}
        return MigrationContext.configure(dialect_name=self.dialect, opts=opts), written

    @clause()
    def test_impl_class(self) -> None:
        """The plugin is found by its entry point and has an impl with the documented methods."""
        impl = self.script()[0].impl
        missing = [name for name in _METHODS if not callable(getattr(impl, name, None))]
        assert DefaultImpl is not type(impl)
        assert isinstance(impl, DefaultImpl)
        assert [] == missing

    @clause()
    def test_users_subclass(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A user's subclass of the impl replaces it, including its attributes."""
        monkeypatch.setattr(lookup, "_classes", dict(lookup._classes))  # noqa: SLF001 - to forget it afterwards
        own = type(self.script()[0].impl)
        users = type(
            "Users",
            (own,),
            {
                "__dialect__": self.dialect,
                "__module__": "users_env",
                "transactional_ddl": not own.transactional_ddl,
            },
        )
        context = self.script()[0]
        assert users is type(context.impl)
        assert users.transactional_ddl is context.rules.transactional_ddl

    @clause()
    def test_terminator_and_separator(self) -> None:
        """Each statement of a script is followed by the terminator, then by the separator."""
        context, written = self.script()
        context.impl.execute(sa.text("DELETE FROM pet"))
        rules = context.rules
        separator = f"{rules.batch_separator}\n\n" if rules.batch_separator else ""
        assert f"DELETE FROM pet{rules.statement_terminator}\n\n{separator}" == (  # noqa: S608 - no value of anybody's
            written.getvalue()
        )

    @clause()
    def test_transaction_words(self) -> None:
        """With transactional DDL, a script begins and commits a transaction."""
        context, written = self.script(transactional_ddl=True)
        with context.begin_transaction():
            context.impl.execute(sa.text("DELETE FROM pet"))
        words, rules = context.rules.offline_transaction, context.rules
        lines = written.getvalue().split("\n\n")
        assert words.begin + rules.statement_terminator == lines[0]
        assert words.commit + rules.statement_terminator in lines[2:]

    @clause()
    def test_no_transaction_words(self) -> None:
        """Without transactional DDL, a script does neither."""
        context, written = self.script(transactional_ddl=False)
        with context.begin_transaction():
            context.impl.execute(sa.text("DELETE FROM pet"))
        assert context.rules.offline_transaction.begin not in written.getvalue()
        assert context.rules.offline_transaction.commit not in written.getvalue()

    @clause()
    def test_rules_online(self, connection: sa.Connection) -> None:
        """The rules of a connection are resolved, and no transaction is left open."""
        context = self.context(connection)
        assert isinstance(context.rules.transactional_ddl, bool)
        assert isinstance(context.rules.autocommit_level, str)
        assert not connection.in_transaction()
