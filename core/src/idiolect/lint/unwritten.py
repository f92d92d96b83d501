"""Keeps env.py from writing scripts while its revisions are only checked.

An env.py for several databases opens a file for the script of each, and would empty what is there.
"""

from __future__ import annotations

import builtins
import contextlib
import io
import os
import sys
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_WRITING: Final = frozenset("wax+")


@contextlib.contextmanager
def unwritten(path: str) -> Iterator[None]:
    """Let a file write to memory what it opens for writing, itself or with pathlib.

    Others that open files in the meantime, such as log handlers or other threads, are unaffected.

    Args:
        path: the Python file, run in the block.
    """
    real = builtins.open
    own = os.path.abspath(path)  # noqa: PTH100 - compared with what the compiler was given

    def opened(file: Any, mode: str = "r", *args: Any, **kw: Any) -> Any:
        if _WRITING & {*mode} and _is_called_by(own):
            return io.BytesIO() if "b" in mode else io.StringIO()
        return real(file, mode, *args, **kw)

    # pathlib looks it up in io.
    builtins.open = io.open = opened
    try:
        yield
    finally:
        builtins.open = io.open = real


def _is_called_by(path: str) -> bool:
    """Return whether the function that called the caller is a file's, maybe through pathlib."""
    # The documented way, inspect.stack(), would read all source files.
    frame = sys._getframe(2)  # noqa: SLF001 - see above
    while frame.f_globals.get("__name__", "").partition(".")[0] == "pathlib" and frame.f_back:
        frame = frame.f_back
    return os.path.abspath(frame.f_code.co_filename) == path  # noqa: PTH100 - as above
