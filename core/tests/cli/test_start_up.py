"""What a short command imports, and the table that lets ``--help`` import no command."""

from __future__ import annotations

import functools
import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from idiolect.cli import commands

if TYPE_CHECKING:
    from pathlib import Path

    from core.tests.commands.terminal import Terminal

#: Modules that took a good part of a short command's time.
HEAVY = {
    "annotationlib",
    "ast",
    "dataclasses",
    "difflib",
    "email",
    "importlib.metadata",
    "inspect",
    "logging",
    "mako",
    "platform",
    "pluggy",
    "rich",
    "sqlalchemy",
    "subprocess",
    "tokenize",
    "uuid",
    "zoneinfo",
}
PROGRAM = """
import json, sys
from idiolect.cli.main import main
try:
    main(sys.argv[1:])
except SystemExit as exc:
    assert not exc.code, exc.code
print(json.dumps(sorted(sys.modules)))
"""
REVISION = '"""first"""\nrevision = "a1"\ndown_revision = None\n\ndef upgrade():\n    pass\n'


@pytest.mark.parametrize(
    "words",
    [
        ("--help",),
        ("heads",),
        ("history",),
        ("graph",),
        ("heads", "--help"),
        ("__complete", "upgrade", "a"),
    ],
)
def test_a_short_command_imports_little(tmp_path: Path, words: tuple[str, ...]) -> None:
    """Commands that only read files do not import modules that only others need."""
    (tmp_path / "versions").mkdir()
    (tmp_path / "versions" / "a1.py").write_text(REVISION)
    (tmp_path / "idiolect.ini").write_text("[idiolect]\nscript_location = .\n")
    done = subprocess.run(
        [sys.executable, "-S", "-c", PROGRAM, *words],
        cwd=tmp_path,
        env={"PYTHONPATH": ":".join(filter(None, sys.path))},
        capture_output=True,
        text=True,
        check=True,
    )
    imported = set(json.loads(done.stdout.splitlines()[-1]))

    unavoidable = _loaded_by_argparse() if "argparse" in imported else set()

    assert set() == HEAVY & imported - unavoidable


def test_an_upgrade_imports_no_linter(tmp_path: Path) -> None:
    """Only lint and plans run revisions without executing them."""
    (tmp_path / "versions").mkdir()
    (tmp_path / "versions" / "a1.py").write_text(REVISION)
    (tmp_path / "idiolect.ini").write_text("[idiolect]\nscript_location = .\n")
    (tmp_path / "env.py").write_text(
        "from idiolect import context\nfrom idiolect.ddl import DefaultImpl\n"
        # The core is also tested without plugins.
        "class Impl(DefaultImpl):\n    __dialect__ = 'sqlite'\n"
        "context.configure(url='sqlite://')\ncontext.run_migrations()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, "upgrade", "head", "--sql"],
        cwd=tmp_path,
        env={"PYTHONPATH": ":".join(filter(None, sys.path))},
        capture_output=True,
        text=True,
        check=True,
    )
    imported = set(json.loads(done.stdout.splitlines()[-1]))

    assert "idiolect.runtime.stepping" in imported
    assert [] == [name for name in imported if name.endswith(".draft") or ".lint" in name]


@functools.cache
def _loaded_by_argparse() -> set[str]:
    # Python 3.14's looks for colours.
    program = "import argparse, sys; argparse.ArgumentParser().format_help(); print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-S", "-c", program], capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


@pytest.mark.parametrize("name", commands.BUILTIN)
def test_summaries_are_those_of_the_functions(name: str) -> None:
    """The table that ``--help`` reads equals the functions' docstrings."""
    assert commands.load(name).summary == commands.summary_of(name)


@pytest.mark.parametrize(
    ("words", "expected"), [(("heads",), False), (("current",), True), (("list_templates",), True)]
)
def test_the_collector_works_while_user_code_may_run(
    linear: Terminal, words: tuple[str, ...], expected: bool
) -> None:
    """The entry point's process collects garbage, unless the command only reads files."""
    program = (
        "import atexit, gc, runpy, sys\n"
        "atexit.register(lambda: sys.stderr.write(f'collects: {gc.isenabled()}'))\n"
        "runpy.run_module('idiolect', run_name='__main__')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *words],
        cwd=linear.folder,
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stderr.endswith(f"collects: {expected}")
