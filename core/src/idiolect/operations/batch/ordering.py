"""Determines the order of the columns of a new table.

Used by :mod:`idiolect.operations.batch.rebuild`. Works on names only, not on column objects.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from sqlalchemy.exc import CircularDependencyError
from sqlalchemy.util.topological import sort

from idiolect.errors import OperationError
from idiolect.util import messaging

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence


class ColumnOrder:
    """The columns of a table, in order.

    Args:
        names: the existing columns.
        partial: tuples of names, each in the requested order.
        table: the table's name, for messages.
    """

    def __init__(
        self, names: Iterable[str], partial: Sequence[tuple[str, ...]], table: str
    ) -> None:
        self._names = list(names)
        self._standing = set(self._names)
        self._partial = partial
        self._table = table

    def insert(
        self,
        name: str,
        before: str | None,
        after: str | None,
        find: Callable[[str], str],
    ) -> None:
        """Add a column at the end, or next to ``before`` or ``after``."""
        self._standing.discard(name)
        self._names.insert(self._place(before, after, find), name)

    def move(
        self,
        name: str,
        before: str | None,
        after: str | None,
        find: Callable[[str], str],
    ) -> None:
        """Move a column; without ``before`` and ``after``, do nothing."""
        if before or after:
            self._names.remove(name)
            self._names.insert(self._place(before, after, find), name)

    def remove(self, name: str) -> None:
        """Remove a column."""
        self._names.remove(name)

    def resolved(self) -> list[str]:
        """Return all columns in their final order.

        Raises:
            OperationError: the requests contradict each other.
        """
        for name in {name for names in self._partial for name in names} - set(self._names):
            messaging.warn(
                f"partial_reordering names the column {name!r}, which table {self._table!r} "
                "does not have; it is ignored"
            )
        pairs = [
            pair
            for names in self._partial
            for pair in pairwise(name for name in names if name in self._names)
        ]
        try:
            return list(sort(pairs, self._names))
        except CircularDependencyError as exc:
            raise OperationError(
                f"partial_reordering of table {self._table!r} contradicts itself: "
                f"{[tuple(names) for names in self._partial]!r}"
            ) from exc

    def _place(self, before: str | None, after: str | None, find: Callable[[str], str]) -> int:
        if before:
            return self._names.index(find(before))
        if not after:
            return len(self._names)
        place = self._names.index(find(after)) + 1
        # Several that follow the same column keep the order of their requests.
        while place < len(self._names) and self._names[place] not in self._standing:
            place += 1
        return place
