"""A command that writes to a terminal, and what is seen there."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from core.tests.commands.terminal import Terminal


PAINT = re.compile(r"\x1b\[[\d;]*m")
#: For a machine that has much else to do.
SECONDS = 300


def on_screen(terminal: Terminal, *words: str, sign: str = "", **env: str) -> tuple[int, str]:
    """Return a command's exit status, and all that it wrote to the terminal.

    Args:
        terminal: with the folder to run in.
        words: the command.
        sign: a regular expression; once the terminal shows it, whatever its colours, the folder has
            a file ``seen``.
        env: variables in addition to those of this process.
    """
    pty = pytest.importorskip("pty", reason="this system has no pseudo-terminals")
    ours, theirs = pty.openpty()
    seen: list[bytes] = []
    reader = threading.Thread(target=_read, args=(ours, seen, sign, terminal.folder / "seen"))
    reader.start()
    kept = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    done = subprocess.run(
        [sys.executable, "-m", "idiolect", *words],
        cwd=terminal.folder,
        env={**kept, "TERM": "xterm", **env},
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=theirs,
        timeout=SECONDS,
        check=False,
    )
    os.close(theirs)
    reader.join(SECONDS)
    os.close(ours)
    return done.returncode, b"".join(seen).decode().replace("\r\n", "\n")


def _read(descriptor: int, seen: list[bytes], sign: str, signal: Path) -> None:
    while True:
        try:
            some = os.read(descriptor, 65536)
        except OSError:  # Linux's way to say that nobody writes any more
            return
        if not some:
            return
        seen.append(some)
        if sign and re.search(sign, PAINT.sub("", b"".join(seen).decode(errors="replace"))):
            signal.touch()
