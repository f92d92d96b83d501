"""The headers of revision files that earlier runs read, and their graph, kept on disk.

The script directory comes in, once a load: what is unchanged is not read again, and where no file
is, nothing is linked again. A record is believed only while the file's stat is the one that was
noted, and the graph while that holds of all files and there are no others; so the index may be
lost or out of date at any time. Nothing here fails: what cannot be read or written is done without.

It is one file in ``__pycache__`` of the first version location, which version control and package
builders ignore, and where Python itself writes under the same conditions: not
with PYTHONDONTWRITEBYTECODE, and elsewhere with PYTHONPYCACHEPREFIX. ``IDIOLECT_NO_INDEX=1``
switches it off.
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
    #: A file's stat and its record: marshal's form of the fields of its header, then its links
    #: in the graph or None. Each is bytes of its own because few commands want all of them.
    Row: TypeAlias = tuple[Stat, bytes]
    #: Names of files, stats, records; ids and the rest of the graph, or None.
    Content: TypeAlias = tuple[list[str], list[Stat], list[bytes], tuple[list[str], Kept] | None]

SWITCH: Final = "IDIOLECT_NO_INDEX"
#: To be raised when rows change, or when another header is read from the same text.
_FORMAT: Final = 2
#: A file may change again within one tick of its file system's clock, with no trace in its stat.
_SETTLED_NS: Final = 2_000_000_000
_FACTS = attrgetter("st_size", "st_mtime_ns", "st_ctime_ns", "st_ino")
_EMPTY: Content = ([], [], [], None)
#: Reading fewer files than this takes less than a few milliseconds, and no file is left behind.
_WORTH_KEEPING: Final = 100


class HeaderIndex:
    """Headers by file, for one load of a script directory.

    Args:
        folders: the version locations, as real paths; the first one holds the index.
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
        """Return the graph of files of which none has changed since it was kept.

        Args:
            paths: the files' real paths, in the order of loading.
            make: makes a Script of an id, a path, a header and links; called when it is wanted.

        Returns:
            The graph, or None where one has to be made: any file was added, removed or touched,
            or was never told from its text alone.
        """
        names, stats, records, kept = self._content
        if kept is None or self._names(paths) != names:
            return None
        try:
            if list(map(_FACTS, map(os.stat, paths))) != stats:
                return None
        except OSError:
            return None
        # Whoever reads files has the graph already; the others wait for what they need of it.
        from idiolect.revisions.load import Graph

        ids, rest = kept

        def made(place: int) -> Script:
            *fields, links = marshal.loads(records[place])  # noqa: S302 - as in _load()
            return make(ids[place], paths[place], RevisionHeader._make(fields), links)

        return Graph.kept({name: place for place, name in enumerate(ids)}, made, rest)

    def header(self, path: str) -> RevisionHeader | None:
        """Return the header of a file, read from it only where its stat is not the one known.

        Args:
            path: the file's real path.

        Returns:
            As :func:`idiolect.script.headers.read_header`.

        Raises:
            ScriptError: as there.
        """
        if self._path is None:
            return read_header(path)
        if self._known is None:
            self._known = _rows(self._content)
        (name,) = self._names([path])
        row = self._known.get(name)
        try:
            # Before reading: what is written in between is newer than what was noted.
            stat = _stat(path)
        except OSError:
            return read_header(path)  # which explains what is wrong
        if row is not None and row[0] == stat:
            self._rows[name] = row
            return _header_in(row[1])
        header = read_header(path)
        _, mtime, ctime, _ = stat
        is_kept = not sys.dont_write_bytecode and max(mtime, ctime) < self._settled
        if header is not None and is_kept:
            # A header may hold what only running the file could refuse.
            with suppress(ValueError):
                self._rows[name] = stat, _record(header, None)
                self._has_news = True
        return header

    def save(self, graph: Graph | None = None) -> None:
        """Write the index if it holds what the file does not. To be called after a load.

        It appears whole or not at all; of two writers the later one stays.

        Args:
            graph: the graph of all files, where they could be linked.
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
        # A full disk, a folder that is read-only or gone: the next run reads the files again.
        with suppress(OSError):
            _write(self._path, _checked_head(data) + data)

    def _names(self, paths: Iterable[str]) -> list[str]:
        """Return what files are called here: a project may be mounted in two places."""
        return [path.removeprefix(self._prefix) for path in paths]

    def _linked(self, graph: Graph) -> tuple[list[bytes], tuple[list[str], Kept]] | None:
        """Return the records with links, and the graph's ids and rest; None where it is not ours.

        It is not if a file had to be run, or is too young to be noted; nor where it has more to
        tell than what it holds.
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
    # What marshal knows for interned is so again when it is loaded: each id is there once.
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
    """Return the rows of an index by the names of the files."""
    names, stats, records, _ = content
    return {name: (stat, record) for name, stat, record in zip(names, stats, records, strict=True)}


def index_path(folder: str) -> str:
    """Return where the index of the version location ``folder`` is kept."""
    cache = os.path.dirname(cache_from_source(os.path.join(folder, "x.py")))  # noqa: PTH118, PTH120
    return os.path.join(cache, f"idiolect-headers.{sys.implementation.cache_tag}.index")  # noqa: PTH118


def wrong_rows(folder: str) -> list[str]:
    """Return the files for which an index has another header than the file itself.

    For that a file has to change and keep size, times and inode, as with some tools that copy
    whole file systems.

    Args:
        folder: the first version location, as a real path.

    Returns:
        The paths, in order; none where there is no index.
    """
    wrong = []
    for name, (noted, record) in sorted(_rows(_load(index_path(folder))).items()):
        path = os.path.join(folder, name)  # noqa: PTH118
        with suppress(OSError, ScriptError):
            if _stat(path) == noted and read_header(path) != _header_in(record):
                wrong.append(path)
    return wrong


def is_readable(folder: str) -> bool:
    """Return whether the index of a version location, if there is one, can be used.

    Args:
        folder: the first version location, as a real path.
    """
    path = index_path(folder)
    return not os.path.exists(path) or bool(_load(path)[0])  # noqa: PTH110


def _is_wanted() -> bool:
    return os.environ.get(SWITCH, "") in {"", "0"} and sys.implementation.cache_tag is not None


def _checked_head(data: bytes) -> bytes:
    """Return what stands before ``data``: who can read it, and a checksum of it."""
    return f"idiolect {__version__} {_FORMAT} {len(data)} {crc32(data)}\n".encode()


def _load(path: str) -> Content:
    """Return what an index holds; nothing where it is missing, damaged, or of another version."""
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - opened by every command
            head = file.readline(200)
            data = file.read()
    except OSError:
        return _EMPTY
    # marshal takes no care of what it reads, so nothing else than what was written gets there.
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
