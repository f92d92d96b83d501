"""Protocols for objects that lower layers use and higher layers create.

They keep the lower layers free of upward imports.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, TextIO

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection, Dialect


class ConfigLike(Protocol):
    """What the lower layers use of a :class:`idiolect.settings.config.Config`."""

    config_file_name: str | None
    config_ini_section: str
    attributes: dict[str, Any]
    stdout: TextIO

    def get_main_option(self, name: str, default: str | None = None) -> str | None:
        """Return an option of the main section."""
        ...

    def print_stdout(self, text: str, *arg: Any) -> None:
        """Print a line."""
        ...


class ContextLike(Protocol):
    """What operations and impls use of a :class:`idiolect.runtime.migration.MigrationContext`."""

    dialect: Dialect
    opts: dict[str, Any]
    as_sql: bool
    impl: Any

    @property
    def connection(self) -> Connection | None:
        """The connection, or None for a script."""
        ...

    @property
    def bind(self) -> Connection | None:
        """The connection for statements, with its transaction begun."""
        ...


class RevisionLike(Protocol):
    """What steps use of a revision of the graph."""

    revision: str
    doc: str | None
    module: Any

    @property
    def path(self) -> str:
        """The path of the revision's file."""
        ...
