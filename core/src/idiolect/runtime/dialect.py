"""Determines the dialect of a context from the arguments of ``configure()``.

Called once per context. Plugins for the dialect are looked up elsewhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy.engine import Engine
from sqlalchemy.engine.url import URL, make_url

from idiolect.errors import CommandError

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection, Dialect


def requested_dialect(
    connection: Connection | None,
    url: str | URL | None,
    dialect_name: str | None,
    dialect: Dialect | None,
    dialect_opts: dict[str, str] | None,
) -> Dialect:
    """Return the dialect of the first argument given: connection, URL, name, dialect.

    Raises:
        CommandError: an Engine was passed, or no argument determines the dialect.
    """
    if connection is not None:
        return _dialect_of(connection)
    if url:
        return make_url(url).get_dialect()(**(dialect_opts or {}))
    if dialect_name:
        return URL.create(dialect_name).get_dialect()(**(dialect_opts or {}))
    if dialect is None:
        message = "configure() needs one of: connection, url, dialect_name, dialect."
        raise CommandError(message)
    return dialect


def _dialect_of(connection: Any) -> Dialect:
    is_async = type(connection).__module__.startswith("sqlalchemy.ext.asyncio")
    has_both = hasattr(connection, "execute") and hasattr(connection, "dialect")
    if isinstance(connection, Engine) or is_async or not has_both:
        hint = ""
        if is_async:
            hint = (
                ". Call configure() in a function that 'await connection.run_sync(function)' runs, "
                "with the Connection that it is given, as the template 'async' does"
            )
        elif isinstance(connection, Engine):
            hint = ". Pass what 'with engine.connect() as connection:' gives"
        message = (
            "'connection' argument to configure() is expected to be a "
            f"sqlalchemy.engine.Connection instance, got {connection!r}{hint}"
        )
        raise CommandError(message)
    dialect: Dialect = connection.dialect
    return dialect
