"""An on-disk cache of the headers of revision files and of their graph.

Used by the script directory, once per load: unchanged files are not read again, and if no file
changed, the graph is not linked again. A header is valid while the file's stat is unchanged, the
graph while that holds for all files and the set of files is the same; so the cache may be deleted
or outdated at any time. Errors in reading or writing it are ignored.

It is one file in ``__pycache__`` of the first version location, which version control and package
builders ignore. As for Python's own files there, PYTHONDONTWRITEBYTECODE disables writing and
PYTHONPYCACHEPREFIX changes the location. ``IDIOLECT_NO_INDEX=1`` disables the cache.
"""

from __future__ import annotations

import marshal
import os
import sys
import time
from binascii import crc32
from contextlib import suppress
from importlib.util import cache_from_source
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final

from idiolect import __version__
from idiolect.errors import ScriptError
from idiolect.script.headers import RevisionHeader, read_header

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import TypeAlias

    from idiolect.revisions.load import Graph, Kept
    from idiolect.revisions.node import Links
    from idiolect.script.script import Script

    #: size, mtime_ns, ctime_ns, inode
    Stat: TypeAlias = tuple[int, int, int, int]
    #: A file's stat and its record: the marshalled header, then its links in the graph or None.
    #: Marshalled separately because few commands need all of them.
    Row: TypeAlias = tuple[Stat, bytes]
    #: File names, stats, records; the ids and other data of the graph, or None.
    Content: TypeAlias = tuple[list[str], list[Stat], list[bytes], tuple[list[str], Kept] | None]

SWITCH: Final = "IDIOLECT_NO_INDEX"
#: Increment when rows change, or when the same text leads to a different header.
_FORMAT: Final = 2
#: A file may change twice within one clock tick of its file system without a change of its stat.
_SETTLED_NS: Final = 2_000_000_000
_FACTS = attrgetter("st_size", "st_mtime_ns", "st_ctime_ns", "st_ino")
_EMPTY: Content = ([], [], [], None)
#: Reading fewer files takes only a few milliseconds, which is not worth a cache file.
_WORTH_KEEPING: Final = 100


class HeaderIndex:
    """Cached headers by file, for one load of a script directory.

    Args:
        folders: the version locations, as real paths; the first one contains the cache.
    """

    def __init__(self, folders: Iterable[str]) -> None:
        root = next(iter(folders), "")
        self._prefix = os.path.join(root, "")  # noqa: PTH118 - paths are strings here
        self._path = index_path(root) if root and _is_wanted() else None
        self._content = _EMPTY if self._path is None else _load(self._path)
        self._known: dict[str, Row] | None = None
        self._rows: dict[str, Row] = {}
        self._has_news = False
        self._settled = time.time_ns() - _SETTLED_NS

    def graph(
        self, paths: list[str], make: Callable[[str, str, RevisionHeader, Links], Script]
    ) -> Graph | None:
        """Return the cached graph if no file has changed.

        Args:
            paths: the files' real paths, in loading order.
            make: creates a Script from an id, a path, a header and links; called lazily.

        Returns:
            The graph, or None if it has to be built: a file was added, removed or modified, or one
            cannot be read without executing it.
        """
        names, stats, records, kept = self._content
        if kept is None or self._names(paths) != names:
            return None
        try:
            if list(map(_FACTS, map(os.stat, paths))) != stats:
                return None
        except OSError:
            return None
        # Imported by then if files are read; otherwise only what is needed of it.
        from idiolect.revisions.load import Graph

        ids, rest = kept

        def made(place: int) -> Script:
            *fields, links = marshal.loads(records[place])  # noqa: S302 - as in _load()
            return make(ids[place], paths[place], RevisionHeader._make(fields), links)

        return Graph.kept({name: place for place, name in enumerate(ids)}, made, rest)

    def header(self, path: str) -> RevisionHeader | None:
        """Return the header of a file, reading the file only if its stat has changed.

        Args:
            path: the file's real path.

        Returns:
            As :func:`idiolect.script.headers.read_header`.

        Raises:
            ScriptError: as read_header().
        """
        if self._path is None:
            return read_header(path)
        if self._known is None:
            self._known = _rows(self._content)
        (name,) = self._names([path])
        row = self._known.get(name)
        try:
            # Before reading, so that a concurrent write makes the stat outdated.
            stat = _stat(path)
        except OSError:
            return read_header(path)  # raises with an explanation
        if row is not None and row[0] == stat:
            self._rows[name] = row
            return _header_in(row[1])
        header = read_header(path)
        _, mtime, ctime, _ = stat
        is_kept = not sys.dont_write_bytecode and max(mtime, ctime) < self._settled
        if header is not None and is_kept:
            # A header may contain values that are rejected only when the file is executed.
            with suppress(ValueError):
                self._rows[name] = stat, _record(header, None)
                self._has_news = True
        return header

    def save(self, graph: Graph | None = None) -> None:
        """Write the cache if it has changed; call it after loading.

        The file is replaced atomically; of two writers the last one wins.

        Args:
            graph: the graph of all files, if it could be linked.
        """
        if self._path is None or sys.dont_write_bytecode or len(self._rows) < _WORTH_KEEPING:
            return
        linked = None if graph is None else self._linked(graph)
        has_new_graph = linked and (self._content[3] is None or self._content[0] != [*self._rows])
        if not self._has_news and not has_new_graph:
            return
        stats = [stat for stat, _ in self._rows.values()]
        records, kept = linked or ([record for _, record in self._rows.values()], None)
        data = marshal.dumps(([*self._rows], stats, records, kept))
        # A full disk or a read-only folder: the next run reads the files again.
        with suppress(OSError):
            _write(self._path, _checked_head(data) + data)

    def _names(self, paths: Iterable[str]) -> list[str]:
        """Return relative names, because a project may be mounted at several paths."""
        return [path.removeprefix(self._prefix) for path in paths]

    def _linked(self, graph: Graph) -> tuple[list[bytes], tuple[list[str], Kept]] | None:
        """Return the records with links, and the graph's data; None if it cannot be cached.

        That is so if a file had to be executed or was modified too recently, or if a warning about
        the graph must be repeated in each run.
        """
        rest = graph.keep()
        scripts: list[Any] = [*graph.nodes.values()]
        if rest is None or [*self._rows] != self._names([script.path for script in scripts]):
            return None
        pairs = zip(self._rows.values(), scripts, strict=True)
        records = [_record(_header_in(record), script.links()) for (_, record), script in pairs]
        return records, ([sys.intern(name) for name in graph.nodes], rest)


def _stat(path: str) -> Stat:
    stat: Stat = _FACTS(os.stat(path))  # noqa: PTH116 - 20,000 of these count
    return stat


def _record(header: RevisionHeader, links: Links | None) -> bytes:
    *names, doc = header
    # marshal preserves interning: each id is stored and loaded once.
    return marshal.dumps((*map(_interned, names), doc, _interned(links)))


def _interned(value: Any) -> Any:
    if type(value) is str:
        return sys.intern(value)
    if isinstance(value, list | tuple):
        return type(value)(map(_interned, value))
    return value


def _header_in(record: bytes) -> RevisionHeader:
    *fields, _ = marshal.loads(record)  # noqa: S302 - as in _load()
    return RevisionHeader._make(fields)


def _rows(content: Content) -> dict[str, Row]:
    """Return the rows of a cache by file name."""
    names, stats, records, _ = content
    return {name: (stat, record) for name, stat, record in zip(names, stats, records, strict=True)}


def index_path(folder: str) -> str:
    """Return the path of the cache for the first version location ``folder``."""
    cache = os.path.dirname(cache_from_source(os.path.join(folder, "x.py")))  # noqa: PTH118, PTH120
    return os.path.join(cache, f"idiolect-headers.{sys.implementation.cache_tag}.index")  # noqa: PTH118


def wrong_rows(folder: str) -> list[str]:
    """Return the files for which the cache has another header than the file itself.

    That happens if a file changes without changing size, times and inode, as with some tools that
    copy whole file systems.

    Args:
        folder: the first version location, as a real path.

    Returns:
        The paths, sorted; empty if there is no cache.
    """
    wrong = []
    for name, (noted, record) in sorted(_rows(_load(index_path(folder))).items()):
        path = os.path.join(folder, name)  # noqa: PTH118
        with suppress(OSError, ScriptError):
            if _stat(path) == noted and read_header(path) != _header_in(record):
                wrong.append(path)
    return wrong


def is_readable(folder: str) -> bool:
    """Return whether the cache of a version location is readable, or does not exist.

    Args:
        folder: the first version location, as a real path.
    """
    path = index_path(folder)
    return not os.path.exists(path) or bool(_load(path)[0])  # noqa: PTH110


def _is_wanted() -> bool:
    return os.environ.get(SWITCH, "") in {"", "0"} and sys.implementation.cache_tag is not None


def _checked_head(data: bytes) -> bytes:
    """Return the file header for ``data``: format, Python version and a checksum."""
    return f"idiolect {__version__} {_FORMAT} {len(data)} {crc32(data)}\n".encode()


def _load(path: str) -> Content:
    """Load a cache; return empty content if it is missing, damaged, or of another version."""
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - opened by every command
            head = file.readline(200)
            data = file.read()
    except OSError:
        return _EMPTY
    # marshal is not safe for untrusted data, hence the checksum.
    if head != _checked_head(data):
        return _EMPTY
    content: Content = marshal.loads(data)  # noqa: S302 - beside bytecode, and checked
    return content


def _write(path: str, data: bytes) -> None:
    folder = os.path.dirname(path)  # noqa: PTH120
    os.makedirs(folder, exist_ok=True)  # noqa: PTH103
    draft = f"{path}.{os.getpid()}.{os.urandom(4).hex()}"
    try:
        with open(draft, "xb") as file:  # noqa: PTH123
            file.write(data)
        os.replace(draft, path)  # noqa: PTH105
    except OSError:
        with suppress(OSError):
            os.unlink(draft)  # noqa: PTH108
        raise
