"""Finds calls of the program ``alembic``: in scripts, CI, containers, and Python.

They are reported, but never rewritten: what they should run is the user's decision.
"""

from __future__ import annotations

import ast
import re
from itertools import pairwise
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

#: Files that contain commands, by name or suffix.
_NAMES: Final = frozenset(
    {"containerfile", "dockerfile", "jenkinsfile", "justfile", "makefile", "procfile"}
)
_ENDINGS: Final = frozenset(
    {".bash", ".bat", ".cfg", ".ini", ".mk", ".ps1", ".sh", ".toml", ".yaml", ".yml", ".service"}
)
#: Hidden folders of services that contain commands.
_OF_SERVICES: Final = (".circleci", ".devcontainer", ".github", ".gitlab")
_LARGEST: Final = 200_000
_COMMANDS: Final = (
    "branches|check|current|downgrade|edit|ensure_version|heads|history|init|list_templates|merge"
    "|revision|show|stamp|upgrade"
)
_WORDS: Final = frozenset({*_COMMANDS.split("|"), "-c", "--config", "-n", "-x"})
#: ``alembic``, options of all commands, and a command; and Flask-Migrate's ``flask db upgrade``.
_CALL: Final = re.compile(
    r"(?<![\w./-])(?:(?:python[\d.]*\s+-m\s+)?alembic(?:\s+-\S+(?:[ =](?!-)\S+)?)*"
    rf"|flask\s+(?:-\S+\s+\S+\s+)*db)\s+(?:migrate|{_COMMANDS})\b"
)


def of_texts(folder: Path, files: Iterable[Path]) -> list[tuple[Path, int]]:
    """Return the lines of scripts and CI files that start ``alembic``.

    Args:
        folder: the project's folder.
        files: its files, except those in hidden folders.
    """
    further = (path for name in _OF_SERVICES for path in sorted((folder / name).rglob("*")))
    return [
        (path, line)
        for path in (*files, *further)
        if _may_hold_commands(path)
        for line in _calling_lines(path)
    ]


def of_tree(tree: ast.Module) -> list[int]:
    """Return the lines on which a Python file runs ``alembic`` as a program."""
    found: set[int] = set()
    for node in ast.walk(tree):
        match node:
            case ast.List(elts=[*parts]) | ast.Tuple(elts=[*parts]):
                if _is_call([getattr(each, "value", None) for each in parts]):
                    found.add(node.lineno)
            case ast.Constant(value=str(text)) if _CALL.match(text.strip()):
                found.add(node.lineno)
            case _:
                pass
    return sorted(found)


def _is_call(words: list[object]) -> bool:
    """Distinguish a command line from a list of names that happens to contain the word."""
    if ("-m", "alembic") in pairwise(words):
        return True
    further = {word for word in words[1:] if isinstance(word, str)}
    return words[:1] == ["alembic"] and bool(further & _WORDS)


def _may_hold_commands(path: Path) -> bool:
    name = path.name.lower()
    return path.suffix.lower() in _ENDINGS or name.partition(".")[0] in _NAMES


def _calling_lines(path: Path) -> Iterator[int]:
    try:
        if path.stat().st_size > _LARGEST:
            return
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        # An unreadable file is not run, either.
        return
    for number, line in enumerate(text.split("\n"), 1):
        if not line.lstrip().startswith(("#", ";", "//")) and _CALL.search(line):
            yield number
