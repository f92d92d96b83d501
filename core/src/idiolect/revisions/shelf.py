"""A dictionary of revisions that are created on first access.

Used by graphs restored from the cache: most commands only look at heads and bases. The caller
provides the function that creates a revision; no file is read here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from idiolect.revisions.node import Revision


class Shelf(dict[str, "Revision"]):
    """A read-only dictionary of revisions, created lazily.

    :meth:`filled` returns a dictionary that can be modified. A dict subclass, because a walk
    through the history looks up each revision several times, and existing entries are then found
    without a Python call.

    Args:
        places: its keys, in order, with the argument of ``make`` for each.
        make: creates a revision.
    """

    __slots__ = ("_make", "_places")

    def __init__(self, places: Mapping[str, Any], make: Callable[[Any], Revision]) -> None:
        super().__init__()
        self._places = places
        self._make = make

    def __missing__(self, name: str) -> Revision:
        # If two threads create it at the same time, both use the first.
        return self.setdefault(name, self._make(self._places[name]))

    def filled(self) -> dict[str, Revision]:
        """Return a plain dictionary of all revisions, in order."""
        return {name: self[name] for name in self._places}

    def __contains__(self, name: object) -> bool:
        return name in self._places

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)

    def get(self, name: str, default: Any = None) -> Any:
        """Return the revision of this name, or ``default``."""
        return self[name] if name in self._places else default

    def keys(self) -> Any:
        """Return all names."""
        return self._places.keys()

    def values(self) -> Any:
        """Return all revisions, in the order of the names."""
        return self.filled().values()

    def items(self) -> Any:
        """Return all names with their revisions."""
        return self.filled().items()
