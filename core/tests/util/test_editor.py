"""Finding and starting the user's editor."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from idiolect.errors import CommandError
from idiolect.util.editor import open_in_editor

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """A folder with the editors ``myvim``, ``other`` and ``vim``, which log what they get."""
    for name in ("myvim", "other", "vim", "with space"):
        path = tmp_path / name
        path.write_text(f'#!/bin/sh\necho "{name} $*" >> "{tmp_path}/log"\n')
        path.chmod(0o755)
    return tmp_path


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        pytest.param({"EDITOR": "myvim"}, "myvim f", id="editor-on-path"),
        pytest.param({"VISUAL": "other"}, "other f", id="visual"),
        pytest.param({"EDITOR": "myvim", "VISUAL": "other"}, "myvim f", id="editor-first"),
        pytest.param({"EDITOR": "nope", "VISUAL": "other"}, "other f", id="the-one-that-is-there"),
        pytest.param({"EDITOR": "{}/myvim"}, "myvim f", id="path"),
        pytest.param({"EDITOR": "myvim --wait -n"}, "myvim --wait -n f", id="arguments"),
        pytest.param({"EDITOR": "{}/with space"}, "with space f", id="space-in-the-path"),
        pytest.param({}, "vim f", id="default"),
        pytest.param({"EDITOR": ""}, "vim f", id="empty"),
    ],
)
def test_editor(programs: Path, environ: dict[str, str], expected: str) -> None:
    """The configured editor is started with the file, or else a default one."""
    values = {key: value.format(programs) for key, value in environ.items()}

    open_in_editor("f", {"PATH": f"/no/such{os.pathsep}{programs}", **values})

    assert (programs / "log").read_text() == f"{expected}\n"


@pytest.mark.parametrize(
    ("environ", "words"),
    [
        pytest.param({}, 'No suitable editor found. Please set the "EDITOR"', id="none"),
        pytest.param({"EDITOR": "nope"}, r"\(tried 'nope'\)", id="missing"),
        pytest.param({"EDITOR": "/no/such/vim"}, "EDITOR", id="missing-path"),
        pytest.param({"EDITOR": "vim 'open"}, "EDITOR", id="quotes"),
        pytest.param({"EDITOR": "false", "PATH": "/bin"}, "Error executing editor", id="fails"),
    ],
)
def test_no_editor(environ: dict[str, str], words: str) -> None:
    """The error for a missing or failing editor says what was tried."""
    with pytest.raises(CommandError, match=words):
        open_in_editor("f", environ)
