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
from idiolect.script.locations import is_revision_file, names_in, revision_files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from typing import TypeAlias

    from idiolect.revisions.load import Details, Ends, Graph
    from idiolect.revisions.node import Links
    from idiolect.script.headers import RevisionHeader
    from idiolect.script.script import Script

    #: size, mtime_ns, ctime_ns, inode
    Stat: TypeAlias = tuple[int, int, int, int]
    #: A file's stat and its record: the marshalled header, then its links in the graph or None.
    Row: TypeAlias = tuple[Stat, bytes]
    #: All file names; all stats; the ends of the graph, or None; the rest of the graph with all
    #: records. Stats and the last are marshalled separately because few commands need them.
    Content: TypeAlias = tuple[str, bytes, Ends | None, bytes]

SWITCH: Final = "IDIOLECT_NO_INDEX"
#: Increment when rows change, or when the same text leads to a different header.
_FORMAT: Final = 3
#: A file may change twice within one clock tick of its file system without a change of its stat.
_SETTLED_NS: Final = 2_000_000_000
_FACTS = attrgetter("st_size", "st_mtime_ns", "st_ctime_ns", "st_ino")
#: Precedes each file name; doubled at the start if these are absolute paths.
_MARK: Final = "\0"
#: The last version of marshal's format in which equal values have equal bytes.
_COMPARABLE: Final = 2
_LONGEST_HEAD: Final = 200
#: Reading fewer files takes only a few milliseconds, which is not worth a cache file.
_WORTH_KEEPING: Final = 100


class HeaderIndex:
    """Cached headers by file, for one load of a script directory.

    Args:
        folders: the version locations, as real paths; the first one contains the cache.
        recursive: search sub-folders as well.
        sourceless: accept compiled files without a source file.
    """

    def __init__(
        self, folders: Sequence[str], *, recursive: bool = False, sourceless: bool = False
    ) -> None:
        self._folders = folders
        self._options = {"recursive": recursive, "sourceless": sourceless}
        root = folders[0] if folders else ""
        self._prefix = os.path.join(root, "")  # noqa: PTH118 - paths are strings here
        self._path = index_path(root) if root and _is_wanted() else None
        self._content = _EMPTY if self._path is None else _load(self._path)
        self._known: dict[str, Row] | None = None
        self._rows: dict[str, Row] = {}
        self._has_news = False
        self._settled = time.time_ns() - _SETTLED_NS

    def paths(self) -> list[str]:
        """Return the real paths of all revision files, in loading order.

        Raises:
            ScriptError: a location is not a folder, or cannot be listed.
        """
        return revision_files(self._folders, **self._options)

    def graph(self, make: Callable[[str, str, RevisionHeader, Links], Script]) -> Graph | None:
        """Return the cached graph if no file has changed.

        Args:
            make: creates a Script from an id, a path, a header and links; called lazily.

        Returns:
            The graph, or None if it has to be built: a file was added, removed or modified, or one
            cannot be read without executing it.

        Raises:
            ScriptError: as :meth:`paths`.
        """
        text, _, ends, _ = self._content
        if ends is None:
            return None
        # Most projects have one folder of plain files. If it has the same names, the stats show
        # whether one was replaced by a folder or a link, so there is no need to test all entries.
        if len(self._folders) == 1 and not any(self._options.values()):
            names = names_in(self._folders[0])
            if _MARK + _MARK.join(names) != text:
                names = [*filter(is_revision_file, names)]
            if _MARK + _MARK.join(names) == text:
                return self._graph_of([self._prefix + name for name in names], ends, make)
        paths = self.paths()
        if _MARK + _MARK.join(paths) == _paths(text, self._prefix):
            return self._graph_of(paths, ends, make)
        return None

    def _graph_of(
        self,
        paths: list[str],
        ends: Ends,
        make: Callable[[str, str, RevisionHeader, Links], Script],
    ) -> Graph | None:
        """Return the cached graph if the stats of all files are the cached ones."""
        _, stats, _, rest = self._content
        try:
            if _comparable(map(_FACTS, map(os.stat, paths))) != stats:
                return None
        except OSError:
            return None
        # Imported by then if files are read; otherwise only what is needed of it.
        from idiolect.revisions.load import Graph

        def details() -> Details:
            from idiolect.script import headers

            ids, depths, records = marshal.loads(rest)  # noqa: S302 - as in _load()

            def made(place: int) -> Script:
                *fields, links = marshal.loads(records[place])  # noqa: S302 - as in _load()
                return make(ids[place], paths[place], headers.RevisionHeader._make(fields), links)

            return ids, depths, made

        return Graph.kept(ends, details)

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
            return _read(path)
        if self._known is None:
            self._known = _rows(self._content, self._prefix)
        row = self._known.get(path)
        try:
            # Before reading, so that a concurrent write makes the stat outdated.
            stat = _stat(path)
        except OSError:
            return _read(path)  # raises with an explanation
        if row is not None and row[0] == stat:
            self._rows[path] = row
            return _header_in(row[1])
        header = _read(path)
        _, mtime, ctime, _ = stat
        is_kept = not sys.dont_write_bytecode and max(mtime, ctime) < self._settled
        if header is not None and is_kept:
            # A header may contain values that are rejected only when the file is executed.
            with suppress(ValueError):
                self._rows[path] = stat, _record(header, None)
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
        text = self._text()
        linked = None if graph is None else self._linked(graph)
        has_new_graph = linked and (self._content[2] is None or self._content[0] != text)
        if not self._has_news and not has_new_graph:
            return
        stats = _comparable(stat for stat, _ in self._rows.values())
        ends, rest = linked or (None, ([], [], [record for _, record in self._rows.values()]))
        data = marshal.dumps((text, stats, ends, marshal.dumps(rest)))
        # A full disk or a read-only folder: the next run reads the files again.
        with suppress(OSError):
            _write(self._path, _checked_head(data) + data)

    def _text(self) -> str:
        """Return the names of the files to be cached in one string; see :func:`_paths`."""
        if all(path.startswith(self._prefix) for path in self._rows):
            return _MARK + _MARK.join(path.removeprefix(self._prefix) for path in self._rows)
        return _MARK + _MARK + _MARK.join(self._rows)

    def _linked(self, graph: Graph) -> tuple[Ends, tuple[list[str], list[int], list[bytes]]] | None:
        """Return the graph's ends, ids, depths and records; None if it cannot be cached.

        That is so if a file had to be executed or was modified too recently, or if a warning about
        the graph must be repeated in each run.
        """
        ends = graph.ends()
        scripts: list[Any] = [*graph.nodes.values()]
        if ends is None or [*self._rows] != [script.path for script in scripts]:
            return None
        pairs = zip(self._rows.values(), scripts, strict=True)
        records = [_record(_header_in(record), script.links()) for (_, record), script in pairs]
        depths = [graph.depths[name] for name in graph.nodes]
        return ends, ([sys.intern(name) for name in graph.nodes], depths, records)


def _read(path: str) -> RevisionHeader | None:
    # Imported here and below because restoring a graph needs none of it.
    from idiolect.script import headers

    return headers.read_header(path)


def _paths(text: str, prefix: str) -> str:
    """Return the absolute paths of all files as one string, each preceded by a mark.

    The cache contains paths relative to the folder of the index if all files are below it, so that
    it stays valid if a project is mounted elsewhere; otherwise absolute paths. One string, because
    a loop over the files takes several times as long.

    Args:
        text: the cached string.
        prefix: the folder, with a trailing separator.
    """
    if text.startswith(_MARK + _MARK):
        return text[1:]
    return text.replace(_MARK, _MARK + prefix)


def _comparable(stats: Iterable[Stat]) -> bytes:
    return marshal.dumps(list(stats), _COMPARABLE)


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
    from idiolect.script.headers import RevisionHeader

    *fields, _ = marshal.loads(record)  # noqa: S302 - as in _load()
    return RevisionHeader._make(fields)


def _rows(content: Content, prefix: str) -> dict[str, Row]:
    """Return the rows of a cache by file path."""
    text, stats, _, rest = content
    _, _, records = marshal.loads(rest)  # noqa: S302 - as in _load()
    if not records:
        return {}
    rows = zip(marshal.loads(stats), records, strict=True)  # noqa: S302 - as in _load()
    return dict(zip(_paths(text, prefix)[1:].split(_MARK), rows, strict=True))


#: The content of a cache that does not exist or cannot be used.
_EMPTY: Content = ("", _comparable(()), None, marshal.dumps(([], [], [])))


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
    rows = _rows(_load(index_path(folder)), os.path.join(folder, ""))  # noqa: PTH118
    for path, (noted, record) in sorted(rows.items()):
        with suppress(OSError, ScriptError):
            if _stat(path) == noted and _read(path) != _header_in(record):
                wrong.append(path)
    return wrong


def is_readable(folder: str) -> bool:
    """Return whether the cache of a version location is readable, or does not exist.

    Args:
        folder: the first version location, as a real path.
    """
    path = index_path(folder)
    return not os.path.exists(path) or _load(path) is not _EMPTY  # noqa: PTH110


def _is_wanted() -> bool:
    return os.environ.get(SWITCH, "") in {"", "0"} and sys.implementation.cache_tag is not None


def _checked_head(data: bytes | memoryview) -> bytes:
    """Return the file header for ``data``: format, Python version and a checksum."""
    return f"idiolect {__version__} {_FORMAT} {len(data)} {crc32(data)}\n".encode()


def _load(path: str) -> Content:
    """Load a cache; return empty content if it is missing, damaged, or of another version."""
    try:
        with open(path, "rb", buffering=0) as file:  # noqa: PTH123 - opened by every command
            data = file.read()
    except OSError:
        return _EMPTY
    start = data.find(b"\n", 0, _LONGEST_HEAD) + 1
    body = memoryview(data)[start:]
    # marshal is not safe for untrusted data, hence the checksum.
    if data[:start] != _checked_head(body):
        return _EMPTY
    content: Content = marshal.loads(body)  # noqa: S302 - beside bytecode, and checked
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
