"""A private server that does not come up at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from devtools import server
from devtools.shell import Failure

if TYPE_CHECKING:
    from pathlib import Path

#: For a shell: where the tests run as root, a server's user may have no use of this Python.
IDLE = "exec sleep 600"
ENDED = "echo the port is taken; exit 1"


class Beginnings:
    """Servers that exit during startup, until the given one."""

    def __init__(self, succeeds: int) -> None:
        self.succeeds = succeeds
        self.folders: list[Path] = []

    def make(self) -> server.Server:
        """Make one more."""
        made = server.Server("test", server.Programs(()))
        self.folders.append(made.folder)
        return made

    def serve(self, made: server.Server) -> None:
        """Start it."""
        is_sound = len(self.folders) == self.succeeds
        words = ["/bin/sh", "-c", IDLE if is_sound else ENDED]
        made.serve(words, lambda: is_sound)


@pytest.mark.parametrize("succeeds", [1, 2, 3])
def test_another_port_is_tried(succeeds: int) -> None:
    """A server that did not start leaves nothing behind, and another one is created."""
    beginnings = Beginnings(succeeds)

    started = server.started(beginnings.make, beginnings.serve)

    try:
        assert succeeds == len(beginnings.folders)
        assert [started.folder] == [each for each in beginnings.folders if each.exists()]
    finally:
        started.stop()
    assert not started.folder.exists()


def test_the_last_failure_is_told() -> None:
    """With what the server wrote."""
    beginnings = Beginnings(9)
    with pytest.raises(Failure, match=r"test ended while starting:\n +the port is taken"):
        server.started(beginnings.make, beginnings.serve)

    assert [False] * 3 == [each.exists() for each in beginnings.folders]
