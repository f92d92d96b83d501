"""Names as SQL, quoted if needed, for statements that are written without a connection."""

from __future__ import annotations

from sqlalchemy.dialects import postgresql

QUOTE = postgresql.dialect().identifier_preparer  # type: ignore[no-untyped-call]


def qualified(schema: str | None, name: str) -> str:
    """Return a name as SQL, with its schema if there is one."""
    quoted: str = QUOTE.quote(name)
    return f"{QUOTE.quote_schema(schema)}.{quoted}" if schema else quoted
