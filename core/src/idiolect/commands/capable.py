"""The capabilities that a dialect's plugin reports without a database, for ``plugins``.

The plugin is queried in a separate manager with the core's defaults, so that nothing is registered.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from idiolect.errors import IdiolectError
from idiolect.hooks.dialects import DialectHooks
from idiolect.hooks.manager import PluginManager

if TYPE_CHECKING:
    from sqlalchemy.engine import Dialect

    from idiolect.hooks.entrypoints import PluginSource


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a dialect's plugin reports independently of any configuration.

    Attributes:
        impl_class: ``module:name`` of the impl class.
        transactional_scripts: whether scripts run DDL in a transaction.
        autocommit_block: whether ``autocommit_block()`` is supported.
        statement_terminator: ends each statement in a script.
        batch_separator: the line after each statement of a script; may be empty.
    """

    impl_class: str
    transactional_scripts: bool
    autocommit_block: bool
    statement_terminator: str
    batch_separator: str


def capabilities_of(name: str, plugin: Any, source: PluginSource | None) -> Capabilities | None:
    """Return a plugin's capabilities; None if it cannot report them without a server.

    Args:
        name: SQLAlchemy's name of the dialect.
        plugin: the loaded plugin.
        source: its entry point.
    """
    from sqlalchemy.exc import SQLAlchemyError

    from idiolect.runtime.rules import resolve_rules

    manager = PluginManager()
    try:
        manager.register(plugin, source.name if source else None, dialect=name)
        hooks = DialectHooks(name, manager.scope(name))
        dialect = _dialect(name)
        impl_class = hooks.get_impl_class(dialect)
        if impl_class is None:
            return None
        rules = resolve_rules(hooks, dialect, impl_class, None, {})
    except (IdiolectError, SQLAlchemyError, ImportError, TypeError, AttributeError):
        return None  # reported where the plugin is used
    return Capabilities(
        impl_class=f"{impl_class.__module__}:{impl_class.__qualname__}",
        transactional_scripts=rules.transactional_ddl,
        autocommit_block=bool(rules.autocommit_level),
        statement_terminator=rules.statement_terminator,
        batch_separator=rules.batch_separator,
    )


def _dialect(name: str) -> Dialect:
    """Return SQLAlchemy's dialect, without its driver."""
    from sqlalchemy.engine import URL

    return URL.create(name).get_dialect()()
