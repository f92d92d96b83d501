"""Completions of the shells, computed without running anything of the project."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from idiolect.cli.completion import complete
from idiolect.cli.shells import SCRIPTS

if TYPE_CHECKING:
    from pathlib import Path

    from core.tests.commands.terminal import Terminal

IDS = ["c333", "b222", "d444", "a111"]


def words(*given: str) -> list[str]:
    """Return the completions after the given words, sorted."""
    return sorted(line.partition("\t")[0] for line in complete(given))


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param(["upg"], ["upgrade"], id="command"),
        pytest.param(["-q", "-c", "idiolect.ini", "upg"], ["upgrade"], id="after options"),
        pytest.param(["--rai"], ["--raiseerr"], id="option of all"),
        pytest.param(["-c", ""], [":files"], id="config"),
        pytest.param(["init", "-t", "pyproject_"], ["pyproject_async"], id="template"),
        pytest.param(["init", ""], [":dirs"], id="folder"),
        pytest.param(["upgrade", "--res"], ["--restart"], id="option"),
        pytest.param(["upgrade", "b"], ["b222", "base"], id="revision"),
        pytest.param(["upgrade", "--tag", "x", "b2"], ["b222"], id="after an option's value"),
        pytest.param(["upgrade", "b222", ""], [], id="no more"),
        pytest.param(["upgrade", "--tag", ""], [], id="any text"),
        pytest.param(["upgrade", "si"], ["side@head"], id="label"),
        pytest.param(["merge", "b222", "d"], ["d444"], id="several"),
        pytest.param(["history", "-r", "a111:b"], ["a111:b222", "a111:base"], id="range"),
        pytest.param(["show", "cu"], ["current"], id="current"),
        pytest.param(["upgrade", "cu"], [], id="not current"),
        pytest.param(["revision", "--head", "d"], ["d444"], id="option's revision"),
        pytest.param(["graph", "--format", "s"], ["svg"], id="format"),
        pytest.param(["heads", "--format", ""], ["json", "text"], id="usual formats"),
        pytest.param(["hooks", "migr"], ["migration_lock"], id="hook"),
        pytest.param(["completion", ""], ["bash", "fish", "zsh"], id="shell"),
        pytest.param(["heads", ""], [], id="takes nothing"),
        pytest.param(["nonsense", ""], [], id="unknown command"),
        pytest.param(["upgrade", "--nonsense", "b2"], ["b222"], id="unknown option"),
        pytest.param(["-c", "no.ini", "upgrade", "b"], [], id="no project"),
    ],
)
def test_words(branched: Terminal, given: list[str], expected: list[str]) -> None:
    """Completions at the end of a line; none if anything or nothing is valid there."""
    assert branched.folder.is_dir()
    assert expected == words(*given)


def test_everything_that_a_place_takes(branched: Terminal) -> None:
    """Without a prefix everything is offered: symbols first, then revisions, latest first."""
    offered = [line.split("\t") for line in complete(["upgrade", ""])]

    assert branched.folder.is_dir()
    assert ["head", "heads", "base", "side@head"] == [name for name, _ in offered[:4]]
    assert sorted(IDS) == sorted(name for name, _ in offered[4:])
    assert ["a111", "the first"] == offered[-1]


def test_no_code_of_the_project_runs(linear: Terminal) -> None:
    """Neither env.py nor a revision."""
    fails = "raise SystemExit('run')\n"
    linear.write("migrations/env.py", fails)
    path = linear.versions / "b222_.py"
    path.write_text(path.read_text("utf-8") + fails, "utf-8")

    assert ["b222"] == words("upgrade", "b2")


def test_another_config_file_is_read(linear: Terminal) -> None:
    """The config file given in the preceding words is read."""
    (linear.folder / "idiolect.ini").rename(linear.folder / "other.ini")

    assert ["b222"] == words("-c", "other.ini", "upgrade", "b2")
    assert [] == words("upgrade", "b2")


def test_commands_of_plugins_are_looked_for_last(
    linear: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where none of ours begins so."""
    asked: list[str] = []

    def contributed() -> list[object]:
        asked.append("asked")
        return []

    monkeypatch.setattr("idiolect.cli.contributed.contributed_commands", contributed)

    assert (["upgrade"], []) == (words("upg"), asked)
    assert ([], ["asked"]) == (words("zz"), asked)
    assert linear.folder.is_dir()


def test_the_script_is_printed(terminal: Terminal) -> None:
    """The error for an unknown shell lists the known ones."""
    assert SCRIPTS["zsh"].strip() == terminal.run("completion", "zsh").out
    assert "expected one of 'bash', 'fish', 'zsh'" in terminal.run("completion", "csh").err


BASH = """
eval "$(idiolect completion bash)"
compopt() { :; }
COMP_LINE=$1 COMP_POINT=${#1}
_idiolect
printf '%s\\n' "${COMPREPLY[@]}"
"""


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("idiolect upg", ["upgrade"]),
        ("idiolect  graph --format ", ["text", "mermaid", "dot", "svg", "json"]),
        # bash replaces what follows the last of these signs.
        ("idiolect history -r a111:b2", ["b222"]),
        ("idiolect upgrade side@h", ["head"]),
        ("idiolect -c idio", ["idiolect.ini"]),
    ],
)
def test_bash(branched: Terminal, tmp_path: Path, line: str, expected: list[str]) -> None:
    """The script calls the program and passes the completions to bash."""
    bash = shutil.which("bash")
    if bash is None:
        pytest.skip("bash is not installed")
    program = tmp_path / "bin" / "idiolect"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m idiolect "$@"\n')
    program.chmod(0o755)

    done = subprocess.run(
        [bash, "--norc", "-c", BASH, "bash", line],
        cwd=branched.folder,
        env={**os.environ, "PATH": f"{program.parent}{os.pathsep}{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
    )

    assert expected == done.stdout.split()
