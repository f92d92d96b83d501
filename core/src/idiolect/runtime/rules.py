"""Resolves a context's rules: calls each rule hook once and freezes the results.

Used while :class:`idiolect.runtime.migration.MigrationContext` is created; no rule hook is called
afterwards.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from idiolect.hooks.records import DialectRules

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.engine import Connection, Dialect

    from idiolect.ddl.impl import DefaultImpl
    from idiolect.hooks.dialects import DialectHooks


def resolve_rules(
    hooks: DialectHooks,
    dialect: Dialect,
    impl_class: type[DefaultImpl],
    connection: Connection | None,
    opts: Mapping[str, Any],
) -> DialectRules:
    """Return the dialect's rules for one context.

    Args:
        hooks: the hooks of the dialect.
        dialect: the context's SQLAlchemy dialect.
        impl_class: the impl class of the context.
        connection: the connection to migrate on; None for a script.
        opts: the options of ``configure()``; they override every plugin.
    """
    transactional = opts.get("transactional_ddl")
    if transactional is None:
        transactional = hooks.transactional_ddl(dialect, impl_class, connection)
    return DialectRules(
        transactional_ddl=bool(transactional),
        statement_terminator=hooks.statement_terminator(dialect, impl_class),
        batch_separator=hooks.batch_separator(dialect, impl_class, opts),
        offline_transaction=hooks.offline_transaction(dialect, impl_class),
        autocommit_level=hooks.autocommit_level(dialect, connection),
    )
