"""The core's implementations of the dialect hooks: the attributes of the impl class.

Called after those of all plugins. A user's subclass configures them by its class attributes, as
documented in ``DefaultImpl``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from idiolect.ddl.lookup import registered_classes
from idiolect.hooks.markers import hookimpl
from idiolect.hooks.records import OfflineTransaction

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.engine import Connection, Dialect

    from idiolect.ddl.impl import DefaultImpl
    from idiolect.hooks.compared import Expression


@hookimpl(trylast=True)
def get_impl_class(dialect: Dialect) -> type[DefaultImpl] | None:
    """Return the newest class registered for the dialect."""
    known = registered_classes(dialect.name)
    return known[-1] if known else None


@hookimpl(trylast=True)
def transactional_ddl(impl_class: type[DefaultImpl]) -> bool:
    """Return the class attribute."""
    return bool(impl_class.transactional_ddl)


@hookimpl(trylast=True)
def statement_terminator(impl_class: type[DefaultImpl]) -> str:
    """Return the class attribute."""
    return impl_class.command_terminator


@hookimpl(trylast=True)
def batch_separator(impl_class: type[DefaultImpl]) -> str:
    """Return the class attribute if there is one."""
    return getattr(impl_class, "batch_separator", "")


@hookimpl(trylast=True)
def offline_transaction() -> OfflineTransaction:
    """Return the statements of standard SQL."""
    return OfflineTransaction()


@hookimpl(trylast=True)
def autocommit_level(connection: Connection | None) -> str:
    """Return SQLAlchemy's name of the level, which all drivers that support it accept."""
    return "AUTOCOMMIT"


@hookimpl(trylast=True)
def normalise_expressions(expressions: Sequence[Expression]) -> list[str | None]:
    """Return None for all expressions: only plugins can query their database."""
    return [None] * len(expressions)
