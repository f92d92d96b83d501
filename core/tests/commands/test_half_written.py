"""A process that fails or is killed while it writes a revision: what its folder holds then."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from core.tests.commands.terminal import Terminal

#: No revision of the template fits into so many bytes.
LIMIT = 200
LIMITED = f"""
import resource
resource.setrlimit(resource.RLIMIT_FSIZE, ({LIMIT}, {LIMIT}))
"""
#: At each point of writing after which nothing more is done: with half of the bytes there, with all
#: of them but no name, and with the name given but the draft not gone.
KILLED = {
    "half-written": """
opened = pathlib.Path.open
def half(path, *args, **kwargs):
    file = opened(path, *args, **kwargs)
    if path.name.endswith(".tmp"):
        file.write(b"revision = 'd444'\\ndown_revision = 'c333'\\ndef upg")
        file.flush()
        die()
    return file
pathlib.Path.open = half
""",
    "without-a-name": "os.fsync = lambda _file: die()",
    "unlinked": "pathlib.Path.hardlink_to = lambda *_args: die()",
    "with-two-names": "pathlib.Path.unlink = lambda *_args: die()",
}
RUN = """
import os, pathlib, signal, sys
def die():
    os.kill(os.getpid(), signal.SIGKILL)
{spoil}
from idiolect.cli.main import main
main(sys.argv[1:], prog="idiolect")
"""


def _spoilt(terminal: Terminal, spoil: str, *words: str) -> tuple[int, str]:
    """Run a command whose process is spoilt; return its exit status and what it complained."""
    done = subprocess.run(
        [sys.executable, "-c", RUN.format(spoil=spoil), *words],
        cwd=terminal.folder,
        env={**os.environ, "IDIOLECT_NO_INDEX": "1"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    return done.returncode, done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="the size of files is limited on POSIX")
def test_no_room_for_a_revision(linear: Terminal) -> None:
    """Where a revision does not fit, it is named with the reason, and nothing of it is left."""
    before = sorted(linear.versions.iterdir())
    words = ("revision", "-m", "long " * 60, "--rev-id", "d444")

    status, said = _spoilt(linear, LIMITED, *words)

    assert (255 if status < 0 else status, "too large" in said, "d444" in said) == (1, True, True)
    assert "Traceback" not in said
    assert before == sorted(linear.versions.iterdir())
    assert "c333" in linear.run("heads").out


@pytest.mark.skipif(sys.platform == "win32", reason="processes are killed by POSIX's signals")
@pytest.mark.parametrize("spoil", KILLED.values(), ids=KILLED)
def test_killed_while_writing(linear: Terminal, spoil: str) -> None:
    """A revision file is complete or absent; a draft is hidden and not treated as a revision."""
    before = set(linear.versions.iterdir())

    status, _ = _spoilt(linear, spoil, "revision", "-m", "more", "--rev-id", "d444")

    assert -signal.SIGKILL == status
    left = set(linear.versions.iterdir()) - before
    whole = [path for path in left if path.suffix == ".py"]
    drafts = left - set(whole)
    assert [(".", ".tmp")] == [(path.name[0], path.suffix) for path in drafts]
    heads = linear.run("heads")
    assert (0, "", ["d444 (head)" if whole else "c333 (head)"]) == (
        heads.status,
        heads.err,
        heads.lines,
    )


@pytest.mark.skipif(sys.platform == "win32", reason="processes are killed by POSIX's signals")
def test_again_after_a_kill(linear: Terminal) -> None:
    """The same command does what it could not do, whatever draft is left."""
    words = ("revision", "-m", "more", "--rev-id", "d444")
    _spoilt(linear, KILLED["half-written"], *words)

    again = linear.run(*words)

    assert (0, ["d444 (head)"]) == (again.status, linear.run("heads").lines)
    assert 0 == linear.run("upgrade", "head").status
