"""Drivers: programs run by one side's interpreter, with JSON requests and responses."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path


def answer_of(driver: Path, request: dict[str, Any], python: str, seconds: float) -> Any:
    """Run a driver and return its response.

    Args:
        driver: the program.
        request: its standard input.
        python: the side's interpreter.
        seconds: the timeout.

    Raises:
        RuntimeError: it failed; the message is its own.
    """
    done = subprocess.run(
        [python, str(driver)],
        input=json.dumps(request),
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )
    if done.returncode:
        message = f"the driver failed:\n{done.stderr}"
        raise RuntimeError(message)
    return json.loads(done.stdout)
