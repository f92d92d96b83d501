"""Runs the tests of a library in a process with either tool, and reads how each of them ended."""

from __future__ import annotations

import os
import shlex
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from tests.clients.client import search_path
from tests.differential.playing import interpreters

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tests.clients.client import Client

SECONDS = 900


@dataclass(frozen=True, slots=True)
class Suite:
    """The result of one run.

    Attributes:
        outcomes: by test: "passed", "skipped", or the name of the exception.
        said: the output of the run, for messages.
    """

    outcomes: dict[str, str]
    said: str


def run_suite(
    tool: str, client: Client, folder: Path, arguments: Sequence[str], bin_folder: Path
) -> Suite:
    """Run pytest in a folder with `alembic` provided by either tool, also in subprocesses.

    Args:
        tool: "alembic" or "idiolect".
        client: the library whose dependencies are put on the path.
        folder: where to run.
        arguments: pytest's arguments.
        bin_folder: created by this, with the programs that the tests start.
    """
    words = interpreters()[tool]
    bin_folder.mkdir()
    for program in ("flask", "pytest"):
        path = bin_folder / program
        path.write_text(f'#!/bin/sh\nexec {shlex.join(words)} -m {program} "$@"\n')
        path.chmod(0o755)
    report = bin_folder / "report.xml"
    done = subprocess.run(
        [bin_folder / "pytest", "-p", "no:cacheprovider", f"--junitxml={report}", *arguments],
        cwd=folder,
        env={
            **{name: value for name, value in os.environ.items() if "PYTEST" not in name},
            "PATH": f"{bin_folder}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": os.pathsep.join([search_path(client), str(folder)]),
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        },
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert report.exists(), done.stdout
    return Suite(_outcomes(report), done.stdout)


def _outcomes(report: Path) -> dict[str, str]:
    cases = ET.parse(report).iter("testcase")
    return {f"{case.get('classname')}::{case.get('name')}": _outcome(case) for case in cases}


def _outcome(case: ET.Element) -> str:
    for kind in ("failure", "error", "skipped"):
        told = case.find(kind)
        if told is not None:
            return kind if kind == "skipped" else (told.get("message") or kind).split(":")[0]
    return "passed"
