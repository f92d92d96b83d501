"""A context's rules: every question about the dialect asked once, the answers frozen.

Used by :class:`idiolect.runtime.migration.MigrationContext` while it is made. From then on no
plugin is asked about rules.
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
        hooks: whom to ask.
        dialect: the context's SQLAlchemy dialect.
        impl_class: the class that the context uses.
        connection: the connection to migrate on; None for a script.
        opts: the options of ``configure()``; what they say wins over every plugin.
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
