"""Keeps a run's own table out of what revisions reflect.

Published histories copy, convert or drop whatever tables they find. Used by the journal while the
revisions of a run are executed. Statements that a revision sends by itself are not changed.
"""

from __future__ import annotations

import contextlib
import threading
from collections import Counter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.engine import Dialect

#: The method of a dialect that every reflection of all tables calls.
_METHOD = "get_table_names"
_LOCK = threading.Lock()


class _TableNames:
    """Replaces the method of one dialect, as long as a run with this dialect has a hidden table.

    Args:
        dialect: whose method is called.
    """

    def __init__(self, dialect: Dialect) -> None:
        self._original: Any = getattr(dialect, _METHOD)
        self.names: Counter[str] = Counter()

    def __call__(self, *args: Any, **kw: Any) -> list[str]:
        found: list[str] = self._original(*args, **kw)
        return [name for name in found if name not in self.names]


@contextlib.contextmanager
def hidden(dialect: Dialect, name: str) -> Iterator[None]:
    """Leave a table out of the names that a dialect reflects; other threads may do the same.

    Args:
        dialect: of the migrating connection; other connections of its engine share it.
        name: the table.
    """
    with _LOCK:
        replaced = vars(dialect).get(_METHOD)
        if not isinstance(replaced, _TableNames):
            replaced = _TableNames(dialect)
            setattr(dialect, _METHOD, replaced)
        replaced.names[name] += 1
    try:
        yield
    finally:
        with _LOCK:
            replaced.names -= Counter([name])
            if not replaced.names and vars(dialect).get(_METHOD) is replaced:
                delattr(dialect, _METHOD)
