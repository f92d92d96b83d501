"""Run command lines in one process, as many as are asked for, and say how each ended.

    python player.py alembic.config:main

Each line of the input is a JSON list of words; each line of the output is a JSON object. It is
run by an interpreter that has one of the tools, and knows nothing of this project.
"""

from __future__ import annotations

import importlib
import json
import sys
import traceback
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


def main(entry: str) -> None:
    """Answer the lines of the input until it ends.

    Args:
        entry: the function that reads ``sys.argv``, as ``module:name``.
    """
    answers = sys.stdout
    # What the commands print must not come between the answers.
    sys.stdout = sys.stderr
    sys.path.insert(0, "")
    module, _, name = entry.partition(":")
    function = getattr(importlib.import_module(module), name)
    for line in sys.stdin:
        answers.write(f"{json.dumps(play(function, json.loads(line)))}\n")
        answers.flush()


def play(function: Callable[[], object], words: list[str]) -> dict[str, Any]:
    """Run one command line and tell how it ended.

    Args:
        function: reads ``sys.argv``.
        words: what to put there.
    """
    sys.argv[:] = ["alembic", *words]
    try:
        function()
    except SystemExit as exc:
        return {"failed": bool(exc.code), "said": str(exc.code)}
    except Exception as exc:  # noqa: BLE001 - whatever it is, the other side is told
        return {"failed": True, "said": _told(exc)}
    return {"failed": False, "said": ""}


def _told(exc: Exception) -> str:
    """Return where the exception was raised, without the tool's lines, and its message."""
    frames = [
        f"{frame.filename}:{frame.lineno}" for frame in traceback.extract_tb(exc.__traceback__)
    ]
    return "\n".join([*frames[-6:], *traceback.format_exception_only(exc)])


if __name__ == "__main__":
    main(*sys.argv[1:])
