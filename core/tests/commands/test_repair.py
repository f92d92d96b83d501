"""repair on the command line; what it does is tested with the journal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from core.tests.commands.terminal import Terminal


@pytest.mark.parametrize(
    ("words", "message"),
    [
        pytest.param([], "No revision is unfinished", id="nothing"),
        pytest.param(["--mark-done"], "No revision is unfinished", id="without a number"),
        pytest.param(["--mark-undone", "3"], "No revision is unfinished", id="with a number"),
        pytest.param(["--mark-done", "3", "--forget"], "Pass only one of --mark-done", id="two"),
    ],
)
def test_repair(linear: Terminal, words: list[str], message: str) -> None:
    """Errors are reported, with a matching exit status."""
    linear.run("upgrade", "head")

    said = linear.run("repair", *words)

    assert 0 != said.status
    assert message in said.err
