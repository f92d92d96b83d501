"""The core's own answers to the questions about a dialect's SQL: facts of its impl class.

Asked last, after every plugin. A user's subclass decides by its class attributes, as in the
documentation of ``DefaultImpl``.
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
    """Answer the newest class registered under the dialect's name."""
    known = registered_classes(dialect.name)
    return known[-1] if known else None


@hookimpl(trylast=True)
def transactional_ddl(impl_class: type[DefaultImpl]) -> bool:
    """Answer the attribute of the class."""
    return bool(impl_class.transactional_ddl)


@hookimpl(trylast=True)
def statement_terminator(impl_class: type[DefaultImpl]) -> str:
    """Answer the attribute of the class."""
    return impl_class.command_terminator


@hookimpl(trylast=True)
def batch_separator(impl_class: type[DefaultImpl]) -> str:
    """Answer the attribute of the class where it has one."""
    return getattr(impl_class, "batch_separator", "")


@hookimpl(trylast=True)
def offline_transaction() -> OfflineTransaction:
    """Answer the words of standard SQL."""
    return OfflineTransaction()


@hookimpl(trylast=True)
def autocommit_level(connection: Connection | None) -> str:
    """Answer SQLAlchemy's name for it, which every driver that can do it understands."""
    return "AUTOCOMMIT"


@hookimpl(trylast=True)
def normalise_expressions(expressions: Sequence[Expression]) -> list[str | None]:
    """Answer that none can be worded: the core knows no database's words."""
    return [None] * len(expressions)
