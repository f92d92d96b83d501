"""Runs a command and tells what it cost: CPU seconds of it and its children, and peak memory.

CPU time, not the clock: it depends little on what else runs. Medians of pairs, A B A B, so that
what disturbs one tool disturbs the other too.
"""

from __future__ import annotations

import math
import os
import statistics
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_MEMORY_UNIT = 1 if sys.platform == "darwin" else 1024
_SHOWN = 2000
_LAUNCHER = Path(__file__).with_name("launch.py")


@dataclass(frozen=True, slots=True)
class Cost:
    """What one run of a command took, or the median of several.

    Attributes:
        cpu: seconds, user and system, children included.
        memory: peak resident megabytes.
        cut: whether it was ended at the time limit, so that it would have taken more.
    """

    cpu: float
    memory: float
    cut: bool = False


def user_environment() -> dict[str, str]:
    """Return the environment that users have: bytecode is written, nothing is set for Python."""
    kept = ("PYTHON", "IDIOLECT_", "ALEMBIC_")
    return {name: value for name, value in os.environ.items() if not name.startswith(kept)}


def run(
    command: Sequence[str],
    folder: Path,
    *,
    limit: float,
    environ: Mapping[str, str] | None = None,
    may_fail: bool = False,
) -> Cost:
    """Run a command to its end, or to the limit.

    Args:
        command: its words.
        folder: where it runs.
        limit: seconds by the clock.
        environ: variables to add.
        may_fail: whether its status may tell of something, as that of `check` does.

    Raises:
        RuntimeError: it failed.
    """
    with (folder / "errors.txt").open("w+", encoding="utf-8") as errors:
        done = subprocess.run(  # noqa: S603 - the tools' own commands
            [sys.executable, "-I", "-S", str(_LAUNCHER), str(limit), *command],
            cwd=folder,
            env=user_environment() | dict(environ or {}),
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            check=True,
        )
        status, ended, cpu, memory = done.stdout.split()
        cut = ended != "0"
        if status != "0" and not cut and not may_fail:
            errors.seek(0)
            said = errors.read()[-_SHOWN:]
            message = f"{' '.join(command)} in {folder} ended with {status}:\n{said}"
            raise RuntimeError(message)
    return Cost(float(cpu), int(memory) * _MEMORY_UNIT / 1e6, cut)


def median(costs: Sequence[Cost]) -> Cost:
    """Return the median of each figure; if a run was cut, the least that it may be."""
    return Cost(
        statistics.median(cost.cpu for cost in costs),
        statistics.median(cost.memory for cost in costs),
        any(cost.cut for cost in costs),
    )


def exponent(points: Sequence[tuple[int, float]]) -> float:
    """Return the slope of a line through logarithms: 1 for linear growth, 2 for quadratic.

    Args:
        points: sizes, and seconds that are due to the size.
    """
    xs = [math.log(size) for size, _ in points]
    ys = [math.log(max(seconds, 1e-4)) for _, seconds in points]
    return statistics.linear_regression(xs, ys).slope


def imports(python: str, module: str, words: Sequence[str], folder: Path) -> int:
    """Return how many modules a command imports."""
    done = subprocess.run(  # noqa: S603 - as in run()
        [python, "-X", "importtime", "-m", module, *words],
        cwd=folder,
        env=user_environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    lines = done.stderr.splitlines()
    return sum(line.startswith("import time:") for line in lines) - 1  # one line is the heading
