"""Firebird's engine in this process: Debian's package, unpacked and never installed."""

from __future__ import annotations

import ctypes
import importlib
import os
import shutil
from typing import TYPE_CHECKING, Any

from devtools import debian
from devtools.shell import Failure

if TYPE_CHECKING:
    from pathlib import Path

_PACKAGE = "firebird3.0-server-core"
_LIBRARIES = ("libtommath.so.1", "libfbclient.so.2")


def start(private: Path) -> str:
    """Let this process and its children find the engine.

    Args:
        private: a folder for its lock files.

    Returns:
        The path of the client library, for URLs.

    Raises:
        Failure: the package cannot be had, or not with a client library of the same release.
    """
    root = debian.unpack(_PACKAGE)
    (home,) = root.glob("usr/lib/*/firebird/3.0")
    libraries = home.parents[1]
    library = (libraries / _LIBRARIES[-1]).resolve().name
    expected = f"libfbclient.so.{home.name}."
    if not library.startswith(expected):
        raise Failure(f"{library} cannot load the engine of Firebird {home.name}.")
    os.environ.update(
        FIREBIRD=str(home),
        FIREBIRD_LOCK=str(private),
        FIREBIRD_MSG=str(home),
        FIREBIRD_TMP=str(private),
        # Debian's paths are compiled in; with this, those below FIREBIRD count.
        FIREBIRD_BOOT_BUILD="1",
        LD_LIBRARY_PATH=debian.library_path(root),
    )
    # For this process, which has started already.
    for name in _LIBRARIES:
        ctypes.CDLL(str(libraries / name), mode=ctypes.RTLD_GLOBAL)
    return str(libraries / "libfbclient.so.2")


def make_template(path: Path, library: str) -> None:
    """Make an empty database to copy."""
    # By name, because it is untyped, and not everybody has it.
    driver: Any = importlib.import_module("firebird.driver")
    driver.driver_config.fb_client_library.value = library
    driver.create_database(str(path), user="SYSDBA", charset="UTF8").close()


def copy(template: Path, path: Path, library: str) -> str:
    """Copy an empty database, and return its URL."""
    shutil.copy(template, path)
    return f"firebird+firebird://SYSDBA@/{path}?charset=UTF8&fb_client_library={library}"
