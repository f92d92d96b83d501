"""A command that writes to a terminal, and what is seen there."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from core.tests.command.terminal import Terminal


def on_screen(terminal: Terminal, *words: str, **env: str) -> tuple[int, str]:
    """Return a command's exit status, and all that it wrote to the terminal."""
    pty = pytest.importorskip("pty", reason="this system has no pseudo-terminals")
    ours, theirs = pty.openpty()
    seen: list[bytes] = []
    reader = threading.Thread(target=_read, args=(ours, seen))
    reader.start()
    kept = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    done = subprocess.run(
        [sys.executable, "-m", "idiolect", *words],
        cwd=terminal.folder,
        env={**kept, "TERM": "xterm", **env},
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=theirs,
        timeout=60,
        check=False,
    )
    os.close(theirs)
    reader.join(60)
    os.close(ours)
    return done.returncode, b"".join(seen).decode().replace("\r\n", "\n")


def _read(descriptor: int, seen: list[bytes]) -> None:
    while True:
        try:
            some = os.read(descriptor, 65536)
        except OSError:  # Linux's way to say that nobody writes any more
            return
        if not some:
            return
        seen.append(some)
