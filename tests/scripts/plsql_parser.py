"""Validates statements for Oracle; a test is skipped, with the reason, without a parser.

Used by the tests of scripts.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import pytest
from devtools import plsql
from devtools.shell import Failure

if TYPE_CHECKING:
    from collections.abc import Sequence


def mistakes(statements: Sequence[str]) -> list[str]:
    """Return what does not parse, with line and message; nothing if all is well.

    Args:
        statements: SQL statements without terminator, and PL/SQL blocks.
    """
    if problem := _problem():
        pytest.skip(f"no PL/SQL parser: {problem}")
    found = plsql.mistakes(statements)
    return [f"{message} | {statement}" for statement, message in found]


@functools.cache
def _problem() -> str:
    # Once a process: it takes minutes to find out that there is no network.
    try:
        plsql.parser_folder()
    except Failure as exc:
        return str(exc)
    return ""
