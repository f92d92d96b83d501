"""The headers of revision files that earlier runs read, kept on disk.

The script directory comes in, once a load: what is unchanged is not read again. A row is believed
only while the file's stat is the one that was noted, so the index may be lost or out of date at
any time. Nothing here fails: what cannot be read or written is done without.

It is one file in ``__pycache__`` of the first version location, where version control and package
builders expect nothing of worth, and where Python itself writes under the same conditions: not
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
from typing import TYPE_CHECKING, Any, Final

from idiolect import __version__
from idiolect.errors import ScriptError
from idiolect.script.headers import RevisionHeader, read_header

if TYPE_CHECKING:
    from collections.abc import Iterable

    #: size, mtime_ns, ctime_ns, inode; and the fields of a header
    Row = tuple[tuple[int, int, int, int], tuple[Any, ...]]

SWITCH: Final = "IDIOLECT_NO_INDEX"
#: To be raised when rows change, or when another header is read from the same text.
_FORMAT: Final = 1
#: A file may change again within one tick of its file system's clock, with no trace in its stat.
_SETTLED_NS: Final = 2_000_000_000
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
        self._known: dict[str, Row] = {} if self._path is None else _load(self._path)
        self._rows: dict[str, Row] = {}
        self._has_news = False
        self._settled = time.time_ns() - _SETTLED_NS

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
        # Relative, so that a project that is mounted in two places keeps one index.
        name = path.removeprefix(self._prefix)
        row = self._known.get(name)
        try:
            # Before reading: what is written in between is newer than what was noted.
            found = os.stat(path)  # noqa: PTH116 - 20,000 of these count
        except OSError:
            return read_header(path)  # which explains what is wrong
        stat = (found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino)
        if row is not None and row[0] == stat:
            self._rows[name] = row
            return RevisionHeader._make(row[1])
        header = read_header(path)
        if header is not None and max(found.st_mtime_ns, found.st_ctime_ns) < self._settled:
            self._rows[name] = (stat, tuple(header))
            self._has_news = True
        return header

    def save(self) -> None:
        """Write the index if files were read that it did not know. To be called after a load.

        It appears whole or not at all; of two writers the later one stays.
        """
        if self._path is None or not self._has_news or sys.dont_write_bytecode:
            return
        if len(self._rows) < _WORTH_KEEPING:
            return
        try:
            data = marshal.dumps(self._rows)
        except ValueError:  # a header may hold what only running the file could refuse
            return
        # A full disk, a folder that is read-only or gone: the next run reads the files again.
        with suppress(OSError):
            _write(self._path, _checked_head(data) + data)


def index_path(folder: str) -> str:
    """Return where the index of the version location ``folder`` is kept."""
    beside = os.path.dirname(cache_from_source(os.path.join(folder, "x.py")))  # noqa: PTH118, PTH120
    return os.path.join(beside, f"idiolect-headers.{sys.implementation.cache_tag}.index")  # noqa: PTH118


def wrong_rows(folder: str) -> list[str]:
    """Return the files of which an index would tell what does not stand in them.

    A file has to change and keep size, times and inode for that, as some tools that copy whole
    file systems let it.

    Args:
        folder: the first version location, as a real path.

    Returns:
        The paths, in order; none where there is no index.
    """
    wrong = []
    for name, (noted, fields) in sorted(_load(index_path(folder)).items()):
        path = os.path.join(folder, name)  # noqa: PTH118
        with suppress(OSError, ScriptError):
            found = os.stat(path)  # noqa: PTH116
            stat = (found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino)
            if stat == noted and tuple(read_header(path) or ()) != fields:
                wrong.append(path)
    return wrong


def is_readable(folder: str) -> bool:
    """Return whether the index of a version location, if there is one, can be used.

    Args:
        folder: the first version location, as a real path.
    """
    path = index_path(folder)
    return not os.path.exists(path) or bool(_load(path))  # noqa: PTH110


def _is_wanted() -> bool:
    return os.environ.get(SWITCH, "") in {"", "0"} and sys.implementation.cache_tag is not None


def _checked_head(data: bytes) -> bytes:
    """Return what stands before ``data``: who can read it, and a checksum of it."""
    return f"idiolect {__version__} {_FORMAT} {len(data)} {crc32(data)}\n".encode()


def _load(path: str) -> dict[str, Row]:
    """Return the rows of an index; none where it is missing, damaged, or of another version."""
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - opened by every command
            head = file.readline(200)
            data = file.read()
    except OSError:
        return {}
    # marshal takes no care of what it reads, so nothing else than what was written gets there.
    if head != _checked_head(data):
        return {}
    rows: dict[str, Row] = marshal.loads(data)  # noqa: S302 - beside bytecode, and checked
    return rows


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
