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
from idiolect.revisions.linked import Graph
from idiolect.script.locations import is_revision_file, names_in, revision_files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from typing import TypeAlias

    from idiolect.revisions.linked import Details, Ends
    from idiolect.revisions.node import Links
    from idiolect.script.headers import RevisionHeader
    from idiolect.script.script import Script

    #: size, mtime_ns, ctime_ns, inode
    Stat: TypeAlias = tuple[int, int, int, int]
    #: A file's stat and its record: the marshalled header, then its links in the graph or None.
    Row: TypeAlias = tuple[Stat, bytes]
    #: What every command needs: all file names; the digest of all stats; the ends of the graph, or
    #: None.
    Front: TypeAlias = tuple[str, int, Ends | None]
    #: What few commands need: all stats; the graph's ids and depths, if it is cached; all records.
    Rest: TypeAlias = tuple[list[Stat], list[str], list[int], list[bytes]]

SWITCH: Final = "IDIOLECT_NO_INDEX"
#: Increment when rows change, or when the same text leads to a different header.
_FORMAT: Final = 4
#: A file may change twice within one clock tick of its file system without a change of its stat.
_SETTLED_NS: Final = 2_000_000_000
_FACTS = attrgetter("st_size", "st_mtime_ns", "st_ctime_ns", "st_ino")
#: Precedes each file name; doubled at the start if these are absolute paths.
_MARK: Final = "\0"
#: In bytes: the longest first line; what is read at first, which is all that a command needs of
#: most caches.
_LONGEST_HEAD: Final = 200
_FIRST_READ: Final = 2**17
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
        self._front = _EMPTY if self._path is None else _load_front(self._path)
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

    def graph(self, read_all: Callable[[], Graph]) -> Graph | None:
        """Return the cached graph if no file has changed; its Scripts are created on access.

        Args:
            read_all: creates the graph from the files; called if the rest of the cache turns out
                to be damaged, or was replaced meanwhile.

        Returns:
            The graph, or None if it has to be built: a file was added, removed or modified, or one
            cannot be read without executing it.

        Raises:
            ScriptError: as :meth:`paths`.
        """
        text, digest, ends = self._front
        paths = None if ends is None else self._unchanged_paths(text)
        if ends is None or paths is None:
            return None
        try:
            if _digest(map(_FACTS, map(os.lstat, paths))) != digest:
                return None
        except OSError:
            return None

        def details() -> Details:
            from idiolect.script.headers import RevisionHeader
            from idiolect.script.script import Script

            rest = self._rest()
            if rest is None:
                graph = read_all()
                names = [*graph.nodes]
                depths = [graph.depths[name] for name in names]
                return names, depths, lambda place: graph.nodes[names[place]]
            _, ids, depths, records = rest

            def made(place: int) -> Script:
                *fields, links = marshal.loads(records[place])  # noqa: S302 - as in _loaded()
                header = RevisionHeader._make(fields)
                return Script._kept(ids[place], paths[place], header, links)  # noqa: SLF001 - see there

            return ids, depths, made

        return Graph.kept(ends, details)

    def _unchanged_paths(self, text: str) -> list[str] | None:
        """Return the paths of all files if their names are the cached ones, else None."""
        # Most projects have one folder of plain files. If it has the same names, the stats show
        # whether one was replaced by a folder or a link, so there is no need to test all entries.
        if len(self._folders) == 1 and not any(self._options.values()):
            names = names_in(self._folders[0])
            if _joined(names) == text or _joined(names := _revisions_among(names)) == text:
                return [self._prefix + name for name in names]
        paths = self.paths()
        return paths if _joined(paths) == _paths(text, self._prefix) else None

    def _rest(self) -> Rest | None:
        """Return the rest of the cache, if it is still the one whose front was loaded."""
        return _load_rest(self._path, self._front) if self._path else None

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
            self._known = _rows(self._front, self._rest(), self._prefix)
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
        has_new_graph = linked and (self._front[2] is None or self._front[0] != text)
        if not self._has_news and not has_new_graph:
            return
        stats = [stat for stat, _ in self._rows.values()]
        ends, rest = linked or (None, ([], [], [record for _, record in self._rows.values()]))
        # A full disk or a read-only folder: the next run reads the files again.
        with suppress(OSError):
            _write(self._path, _contents((text, _digest(stats), ends), (stats, *rest)))

    def _text(self) -> str:
        """Return the names of the files to be cached in one string; see :func:`_paths`."""
        if all(path.startswith(self._prefix) for path in self._rows):
            return _joined(path.removeprefix(self._prefix) for path in self._rows)
        return _MARK + _joined(self._rows)

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


def _joined(names: Iterable[str]) -> str:
    return _MARK + _MARK.join(names)


def _revisions_among(names: Iterable[str]) -> list[str]:
    return [*filter(is_revision_file, names)]


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


def _digest(stats: Iterable[Stat]) -> int:
    """Return a number that differs if any stat does.

    The hash of numbers does not vary between processes. One digest is compared in less time than
    all numbers.
    """
    return hash(tuple(stats))


def _stat(path: str) -> Stat:
    # Real paths: a link in place of a file is a change.
    stat: Stat = _FACTS(os.lstat(path))
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

    *fields, _ = marshal.loads(record)  # noqa: S302 - as in _loaded()
    return RevisionHeader._make(fields)


def _rows(front: Front, rest: Rest | None, prefix: str) -> dict[str, Row]:
    """Return the rows of a cache by file path."""
    if rest is None:
        return {}
    stats, _, _, records = rest
    paths = _paths(front[0], prefix)[1:].split(_MARK)
    return dict(zip(paths, zip(stats, records, strict=True), strict=True))


#: The front of a cache that does not exist or cannot be used.
_EMPTY: Front = ("", 0, None)


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
    cache = index_path(folder)
    front = _load_front(cache)
    rows = _rows(front, _load_rest(cache, front), os.path.join(folder, ""))  # noqa: PTH118
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
    return not os.path.exists(path) or _load_rest(path, _load_front(path)) is not None  # noqa: PTH110


def _is_wanted() -> bool:
    return os.environ.get(SWITCH, "") in {"", "0"} and sys.implementation.cache_tag is not None


def _contents(front: Front, rest: Rest) -> bytes:
    """Return the contents of a cache file.

    Its first line has format and version, then the length and the checksum of both parts.
    """
    parts = marshal.dumps(front), marshal.dumps(rest)
    numbers = [_FORMAT, *(number for part in parts for number in (len(part), crc32(part)))]
    head = f"idiolect {__version__} {' '.join(map(str, numbers))}\n"
    return b"".join((head.encode(), *parts))


def _parsed_head(data: bytes) -> tuple[int, ...]:
    """Return the lengths of the first line and of the front, then the other numbers of the line.

    Raises:
        ValueError: the cache is damaged, or of another version.
    """
    size = data.find(b"\n", 0, _LONGEST_HEAD) + 1
    name, version, *numbers = data[:size].decode("ascii").split()
    form, *lengths_and_sums = map(int, numbers)
    if (name, version, form) != ("idiolect", __version__, _FORMAT):
        raise ValueError
    return size, *lengths_and_sums


def _loaded(data: bytes | memoryview, length: int, checksum: int) -> Any:
    """Load a part of a cache; raise ValueError if it is damaged."""
    # marshal is not safe for untrusted data, hence the checksum.
    if len(data) != length or crc32(data) != checksum:
        raise ValueError
    return marshal.loads(data)  # noqa: S302 - beside bytecode, and checked


def _load_front(path: str) -> Front:
    """Load the front of a cache; empty if it is missing, damaged, or of another version."""
    try:
        with open(path, "rb", buffering=0) as file:  # noqa: PTH123 - opened by every command
            data = file.read(_FIRST_READ)
            size, length, checksum, _, _ = _parsed_head(data)
            while len(data) < size + length and (more := file.read(size + length - len(data))):
                data += more
        front: Front = _loaded(memoryview(data)[size : size + length], length, checksum)
    except (OSError, ValueError):
        return _EMPTY
    return front


def _load_rest(path: str, front: Front) -> Rest | None:
    """Load the rest of a cache.

    Args:
        path: the cache.
        front: the front that was loaded before.

    Returns:
        The rest; None if it is missing or damaged, or belongs to another front.
    """
    try:
        with open(path, "rb", buffering=0) as file:  # noqa: PTH123 - as above
            data = memoryview(file.read())
        size, length, checksum, *of_rest = _parsed_head(bytes(data[:_LONGEST_HEAD]))
        if _loaded(data[size : size + length], length, checksum) != front:
            return None
        rest: Rest = _loaded(data[size + length :], *of_rest)
    except (OSError, ValueError):
        return None
    return rest


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
