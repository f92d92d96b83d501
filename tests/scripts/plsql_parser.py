"""Whether statements for Oracle parse, as npm's PL/SQL parser sees it.

Tests of scripts come in. What is checked is syntax alone: not names, not types.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from devtools.plsql import parser_folder
from devtools.shell import Failure

if TYPE_CHECKING:
    from collections.abc import Sequence

_PROGRAM = Path(__file__).with_suffix(".js")
_SECONDS = 300


def mistakes(statements: Sequence[str]) -> list[str]:
    """Return what does not parse, with line and message; nothing if all is well.

    Skips the test, with the reason, where the parser cannot be had.

    Args:
        statements: SQL statements without terminator, and PL/SQL blocks.
    """
    try:
        folder = parser_folder()
    except Failure as exc:
        pytest.skip(f"no PL/SQL parser: {exc}")
    done = subprocess.run(
        ["node", _PROGRAM, folder],
        input=json.dumps(list(statements)),
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: list[tuple[int, str] | None] = json.loads(done.stdout)
    assert len(statements) == len(found)
    return [
        f"line {mistake[0]}: {mistake[1]} | {statement}"
        for statement, mistake in zip(statements, found, strict=True)
        if mistake
    ]
