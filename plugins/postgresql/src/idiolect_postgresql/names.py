"""Names that PostgreSQL truncates, with a notice that no driver shows.

Used by the impl for names that it creates, and by comparisons for names in the models. Lengths
assume UTF-8: in a database with another encoding a name may be shorter, and then is unchanged.
Source: "Identifiers and Key Words" in PostgreSQL's manual.
"""

from __future__ import annotations

import re

from idiolect.util import warn

#: Maximum bytes of a name: NAMEDATALEN minus the terminator.
LONGEST = 63
#: The names in the text of a type, without quotes, brackets and arguments.
_NAMES = re.compile(r"[^\"\[\]().,]+")


def kept(name: str, longest: int = LONGEST) -> str:
    """Return a name truncated by PostgreSQL's rule: as many whole characters as fit."""
    # Sufficient for most names.
    if len(name) * 4 <= longest:
        return name
    encoded = name.encode()
    return name if len(encoded) <= longest else encoded[:longest].decode(errors="ignore")


def with_kept_names(type_: str) -> str:
    """Return the text of a type with the names in it truncated."""
    return _NAMES.sub(lambda found: kept(found[0]), type_)


def warn_of_truncation(operation: str, *names: str | None) -> None:
    """Warn about names that the database will truncate.

    Args:
        operation: the operation, for the message.
        *names: of tables, columns, indexes or constraints.
    """
    for name in filter(None, names):
        cut = kept(name)
        if cut != name:
            warn(
                f"{operation}: the name {str(name)!r} has {len(name.encode())} bytes, of which "
                f"PostgreSQL keeps {LONGEST}: it will be called {cut!r}"
            )
