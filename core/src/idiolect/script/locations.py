"""Finds the revision files in the version locations.

Folders are listed, but no file is opened. Files are ordered by location, then by name, so that
results do not depend on the file system.
"""

from __future__ import annotations

import importlib.util
import os
from contextlib import suppress
from itertools import filterfalse
from operator import attrgetter
from typing import TYPE_CHECKING

from idiolect.errors import ScriptError
from idiolect.util.messaging import warn

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_COMPILED = (".pyc", ".pyo")
_CACHE = "__pycache__"
_NAME = attrgetter("name")


def is_revision_file(name: str, *, sourceless: bool = False) -> bool:
    """Return whether a file of this name can be a revision: not ``__init__*``, no Emacs lock."""
    # Decides most names; two comparisons are faster than a method call.
    if name[-3:] == ".py" and name[0] not in "._":
        return True
    if name.startswith((".#", "__init__")):
        return False
    return name.endswith(".py") or (sourceless and name.endswith(_COMPILED))


def names_in(folder: str) -> list[str]:
    """Return the names of the entries of a version location, sorted, without Python's cache.

    Args:
        folder: a real path.

    Returns:
        The names; none if the folder cannot be listed.
    """
    try:
        names = os.listdir(folder)  # noqa: PTH208 - strings, for speed
    except OSError:
        return []
    names.sort()
    with suppress(ValueError):
        names.remove(_CACHE)
    return names


def warn_of_missing(folders: Iterable[str], place: str) -> None:
    """Warn about configured version locations that do not exist.

    They are treated as empty, because version control does not store empty folders; but it may be
    a typing error.

    Args:
        folders: absolute paths.
        place: where the option is set, for the message; "" if unknown.
    """
    where = f" {place}" if place else ""
    for folder in folders:
        if not os.path.lexists(folder):
            warn(
                f"The version location {folder!r} does not exist and is treated as empty. "
                f"Create the folder, or correct version_locations{where}.",
                stacklevel=3,
            )


def revision_files(
    folders: Iterable[str], *, recursive: bool = False, sourceless: bool = False
) -> list[str]:
    """Return the real path of each revision file, once.

    Args:
        folders: the version locations as real paths; a missing one is treated as empty, because
            version control does not store empty folders.
        recursive: search sub-folders as well.
        sourceless: accept compiled files without a source file.

    Raises:
        ScriptError: a location is not a folder, or cannot be listed.
    """
    found: list[str] = []
    for folder in folders:
        found += _files(folder, recursive=recursive, sourceless=sourceless)
    once = dict.fromkeys(found)
    if len(once) < len(found):
        _warn_of_doubles(found)
    return list(once)


def _warn_of_doubles(paths: Iterable[str]) -> None:
    seen: set[str] = set()
    for path in paths:
        if path in seen:
            warn(f"File {path} loaded twice! ignoring. Please ensure version_locations is unique.")
        seen.add(path)


def _files(folder: str, *, recursive: bool, sourceless: bool) -> list[str]:
    entries = _entries(folder)
    if recursive or sourceless or any(map(os.DirEntry.is_symlink, entries)):
        return _sorted_out(folder, entries, recursive=recursive, sourceless=sourceless)
    return _plain_files(folder, entries)


def _sorted_out(
    folder: str, entries: Iterable[os.DirEntry[str]], *, recursive: bool, sourceless: bool
) -> list[str]:
    found: list[str] = []
    inner: list[str] = []
    names: set[str] = set()
    for entry in sorted(entries, key=_NAME):
        is_plain = entry.is_file(follow_symlinks=False)
        if not is_plain and entry.is_dir(follow_symlinks=False):
            inner.append(entry.path)
        elif is_revision_file(entry.name, sourceless=sourceless):
            if sourceless:
                if entry.name.endswith(_COMPILED) and _stem(entry.name) in names:
                    continue  # its source is in the same folder, and sorts before it
                names.add(_stem(entry.name))
            found.append(entry.path if is_plain else os.path.realpath(entry.path))
    if sourceless:
        found += _cached_files(folder, names)
    if recursive:
        for path in inner:
            if not path.endswith(_CACHE):
                found += _files(path, recursive=True, sourceless=sourceless)
    return found


def _plain_files(folder: str, entries: Iterable[os.DirEntry[str]]) -> list[str]:
    """Return the revision files of a folder that has no symbolic links, as most have none.

    Testing each entry for a link would take twice the time.
    """
    names = sorted(map(_NAME, filterfalse(os.DirEntry.is_dir, entries)))
    start = os.path.join(folder, "")  # noqa: PTH118 - strings, for speed
    return [start + name for name in names if is_revision_file(name)]


def _cached_files(folder: str, names: set[str]) -> Iterator[str]:
    """Yield files in ``__pycache__`` compiled by this Python that have no source file."""
    cache = _entries(os.path.join(folder, _CACHE))  # noqa: PTH118 - strings, for speed
    for entry in sorted(cache, key=_NAME):
        stem = _stem(entry.name)
        source = os.path.join(folder, f"{stem}.py")  # noqa: PTH118
        if stem in names or not is_revision_file(entry.name, sourceless=True):
            continue
        if entry.path == importlib.util.cache_from_source(source):
            yield entry.path


def _entries(folder: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except FileNotFoundError:
        return []
    except OSError as exc:
        raise ScriptError(
            f"Cannot list the version location {folder!r}: {exc.strerror or exc}.", path=folder
        ) from exc


def _stem(name: str) -> str:
    return name.partition(".")[0]
