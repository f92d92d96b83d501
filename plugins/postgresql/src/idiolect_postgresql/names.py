"""Names that PostgreSQL cuts, which it tells in a notice that no driver shows.

Used by the impl with names of what it makes, and by comparisons with names of the models. Sizes are
those of UTF-8: where the database has another encoding, a name may be shorter, and is found as it
is. Source: "Identifiers and Key Words" in PostgreSQL's manual.
"""

from __future__ import annotations

import re

from idiolect.util import warn

#: Bytes of a name: NAMEDATALEN without its end.
LONGEST = 63
#: The names in the text of a type, without quotes, brackets and arguments.
_NAMES = re.compile(r"[^\"\[\]().,]+")


def kept(name: str, longest: int = LONGEST) -> str:
    """Return what PostgreSQL keeps of a name: as many characters as fit into so many bytes."""
    # Most names are answered by the first question.
    if len(name) * 4 <= longest:
        return name
    encoded = name.encode()
    return name if len(encoded) <= longest else encoded[:longest].decode(errors="ignore")


def with_kept_names(type_: str) -> str:
    """Return the text of a type with what PostgreSQL keeps of the names in it."""
    return _NAMES.sub(lambda found: kept(found[0]), type_)


def tell_of_cut(operation: str, *names: str | None) -> None:
    """Warn of names that the database will cut.

    Args:
        operation: what makes them, for the message.
        *names: of tables, columns, indexes or constraints.
    """
    for name in filter(None, names):
        cut = kept(name)
        if cut != name:
            warn(
                f"{operation}: the name {str(name)!r} has {len(name.encode())} bytes, of which "
                f"PostgreSQL keeps {LONGEST}: it will be called {cut!r}"
            )
