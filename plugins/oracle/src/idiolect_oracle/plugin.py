"""Oracle's rules, one method each: what the core asks, and what Oracle answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from idiolect.hooks import OfflineTransaction, hookimpl
from idiolect_oracle.impl import OracleImpl

if TYPE_CHECKING:
    from idiolect.ddl.impl import DefaultImpl


class OraclePlugin:
    """The plugin for SQLAlchemy's dialect ``oracle``, whatever its driver."""

    @hookimpl
    def get_impl_class(self) -> type[DefaultImpl]:
        """Oracle's own."""
        return OracleImpl

    @hookimpl
    def transactional_ddl(self, impl_class: type[DefaultImpl]) -> bool:
        """Yes, unless a subclass for a relative of Oracle says otherwise."""
        return impl_class.transactional_ddl

    @hookimpl
    def statement_terminator(self, impl_class: type[DefaultImpl]) -> str:
        """A semicolon."""
        return impl_class.command_terminator

    @hookimpl
    def batch_separator(self) -> str:
        """None: psql sends each statement as it ends."""
        return ""

    @hookimpl
    def offline_transaction(self) -> OfflineTransaction:
        """``BEGIN`` and ``COMMIT``."""
        return OfflineTransaction()

    @hookimpl
    def autocommit_level(self) -> str:
        """Every supported driver has it under this name."""
        return "AUTOCOMMIT"
