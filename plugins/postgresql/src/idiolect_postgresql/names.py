"""Names that PostgreSQL cuts, which it tells in a notice that no driver shows.

Used by the impl with names of tables and columns; SQLAlchemy itself refuses long names of indexes
and constraints. Source: "Identifiers and Key Words" in PostgreSQL's manual.
"""

from __future__ import annotations

from idiolect.util import warn

#: Bytes of a name: NAMEDATALEN without its end.
LONGEST = 63


def tell_of_cut(operation: str, *names: str | None) -> None:
    """Warn of names that the database will cut.

    Args:
        operation: what makes them, for the message.
        *names: of tables or columns.
    """
    for name in names:
        encoded = (name or "").encode()
        if len(encoded) > LONGEST:
            cut = encoded[:LONGEST].decode(errors="ignore")
            warn(
                f"{operation}: the name {str(name)!r} has {len(encoded)} bytes, of which "
                f"PostgreSQL keeps {LONGEST}: it will be called {cut!r}"
            )
