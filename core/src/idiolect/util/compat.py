"""Differences between platforms and Python versions, at the path that programs expect.

Used by post-write hooks, and by tests that substitute another platform or other distributions.
"""

from __future__ import annotations

import inspect
import os
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from importlib.metadata import EntryPoint, EntryPoints

__all__ = ["EntryPoint", "importlib_metadata_get", "is_posix"]

is_posix = os.name == "posix"


def importlib_metadata_get(group: str) -> EntryPoints:
    """Return the entry points of a group, of all installed distributions."""
    # Imported here because it takes 20 ms, and few programs need it.
    from importlib import metadata

    return metadata.entry_points(group=group)


def signature_of(function: Callable[..., Any]) -> inspect.Signature:
    """Return a signature, even if annotations refer to names imported for type checking only.

    Python 3.14 evaluates annotations lazily, and would raise NameError here.
    """
    options: dict[str, Any] = {}
    if sys.version_info >= (3, 14):
        from annotationlib import Format

        options["annotation_format"] = Format.FORWARDREF
    return inspect.signature(function, **options)


def __getattr__(name: str) -> Any:
    if name == "EntryPoint":
        from importlib.metadata import EntryPoint

        return EntryPoint
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
