"""Revisions by id that are made when they are first asked for.

A graph that was kept from an earlier run stands on one: most commands look at its ends and leave
the rest alone. What makes a revision is the caller's; nothing here reads a file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from idiolect.revisions.node import Revision


class Shelf(dict[str, "Revision"]):
    """A dictionary of revisions, complete from the start for whoever reads it.

    Nobody puts anything in: :meth:`filled` gives a dictionary that can be changed. A dictionary
    it is because a walk through the history looks up each revision several times, and what has
    been made is then found without a call.

    Args:
        places: the names that it has, in order, with what ``make`` wants of them.
        make: makes the revision of a place.
    """

    __slots__ = ("_make", "_places")

    def __init__(self, places: Mapping[str, Any], make: Callable[[Any], Revision]) -> None:
        super().__init__()
        self._places = places
        self._make = make

    def __missing__(self, name: str) -> Revision:
        # Of two threads that make it, one keeps what the other has made.
        return self.setdefault(name, self._make(self._places[name]))

    def filled(self) -> dict[str, Revision]:
        """Return a plain dictionary of all, in their order."""
        return {name: self[name] for name in self._places}

    def __contains__(self, name: object) -> bool:
        return name in self._places

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)

    def get(self, name: str, default: Any = None) -> Any:
        """Return the revision of this name, else ``default``."""
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
