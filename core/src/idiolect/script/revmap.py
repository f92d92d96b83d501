"""The graph of a script directory, built from its files or loaded from the cache.

The files are listed and their stats compared each time to decide between the two.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from idiolect.errors import IdiolectError
from idiolect.revisions.graph import RevisionMap

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from idiolect.revisions.linked import Graph
    from idiolect.script.index import HeaderIndex
    from idiolect.script.script import Script

#: Maximum number of files in a message.
_FILES_SHOWN = 4


class ScriptMap(RevisionMap):
    """The revisions of a script directory.

    Args:
        index: called on first use; returns the index of the files' headers.
    """

    def __init__(self, index: Callable[[], HeaderIndex]) -> None:
        super().__init__(lambda: read_all(index()))
        self._index = index

    def _load(self) -> Graph:
        index = self._index()

        def read_files() -> Graph:
            # Imported here because a restored graph is linked already.
            from idiolect.revisions.load import load

            scripts = list(read_all(index))
            try:
                graph = load(scripts)
            except IdiolectError as exc:
                index.save()
                _name_files(exc, scripts)
                raise
            index.save(graph)
            return graph

        return index.graph(read_files) or read_files()


def _name_files(error: IdiolectError, scripts: Sequence[Script]) -> None:
    """Add a note with the files of the revisions that caused the error, unknown to the graph."""
    at_fault = set(getattr(error, "revisions", ())) | {getattr(error, "revision", None)}
    paths = [repr(one.path) for one in scripts if one.revision in at_fault]
    if paths:
        more = ", ..." if len(paths) > _FILES_SHOWN else ""
        error.add_note(f"in {', '.join(paths[:_FILES_SHOWN])}{more}")


def read_all(index: HeaderIndex) -> Iterable[Script]:
    """Yield the Scripts of all revision files."""
    # Imported here because a restored graph creates Scripts only on access.
    from idiolect.script.script import Script

    for path in index.paths():
        yield Script._read(path, index.header)  # noqa: SLF001 - made by nobody else
