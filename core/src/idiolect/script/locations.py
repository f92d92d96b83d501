"""Finds the revision files in the version locations.

Folders are listed, but no file is opened. Files are ordered by location, then by name, so that
results do not depend on the file system.
"""

from __future__ import annotations

import importlib.util
import os
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


def warn_of_missing(folders: Iterable[str]) -> None:
    """Warn about configured version locations that do not exist.

    They are treated as empty, because version control does not store empty folders; but it may be
    a typing error.
    """
    for folder in folders:
        if not os.path.lexists(folder):
            warn(
                f"The version location {folder!r} does not exist and is treated as empty. "
                "Create the folder, or correct version_locations.",
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
    found: list[str] = []
    inner: list[str] = []
    names: set[str] = set()
    for entry in _entries(folder):
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


def _cached_files(folder: str, names: set[str]) -> Iterator[str]:
    """Yield files in ``__pycache__`` compiled by this Python that have no source file."""
    for entry in _entries(os.path.join(folder, _CACHE)):  # noqa: PTH118 - strings, for speed
        stem = _stem(entry.name)
        source = os.path.join(folder, f"{stem}.py")  # noqa: PTH118
        if stem in names or not is_revision_file(entry.name, sourceless=True):
            continue
        if entry.path == importlib.util.cache_from_source(source):
            yield entry.path


def _entries(folder: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=_NAME)
    except FileNotFoundError:
        return []
    except OSError as exc:
        raise ScriptError(
            f"Cannot list the version location {folder!r}: {exc.strerror or exc}.", path=folder
        ) from exc


def _stem(name: str) -> str:
    return name.partition(".")[0]
