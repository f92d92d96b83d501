"""Random sequences of operations: both tools write the same script, or both refuse."""

from __future__ import annotations

import json
import subprocess
import sys
from difflib import unified_diff
from pathlib import Path
from typing import Any

import pytest

from tests.differential.draw import DIALECTS
from tests.differential.harness import SECONDS, Allowed, rewritten
from tests.differential.reference import reference_python

ROOT = Path(__file__).resolve().parents[2]
SEEDS = 20
"""Sequences in a test, on each dialect."""
FIRSTS = [
    0,
    *(pytest.param(first, marks=pytest.mark.full) for first in range(SEEDS, 100 * SEEDS, SEEDS)),
]

ALLOWED: dict[str, tuple[Allowed, ...]] = {
    "mariadb": (
        Allowed(
            "Alembic leaves if_exists of constraints out",
            r"^(ALTER TABLE .* DROP (?:FOREIGN KEY|INDEX|CONSTRAINT)) IF EXISTS ",
            r"\1 ",
        ),
        Allowed(
            "and a primary key can be dropped so by its name alone",
            r"^(ALTER TABLE .* DROP) CONSTRAINT `PRIMARY`",
            r"\1 PRIMARY KEY",
        ),
    ),
    "oracle": (
        Allowed(
            "Alembic neither names the schema nor quotes names in a column's comment",
            r'^COMMENT ON COLUMN (?:.*\.)?"?((?:[^\n."]|"")+)"?\."?((?:[^\n."]|"")+)"? IS \'',
            r"COMMENT ON COLUMN \1.\2 IS '",
        ),
        Allowed("Oracle refuses a comment that is NULL", r"^(COMMENT ON .*) IS NULL$", r"\1 IS ''"),
        Allowed("nor doubles a quote in one", r'^(COMMENT ON COLUMN [^\n\']*?)""', r'\1"'),
    ),
}
"""By dialect: what may differ, with the reason."""


@pytest.mark.parametrize("first", FIRSTS)
def test_random_operations_give_the_same_script(first: int) -> None:
    """Idiolect's statements equal the real Alembic's; what one refuses, the other refuses."""
    expected = _played(str(reference_python()), "alembic", first)
    found = _played(sys.executable, "idiolect", first)

    assert SEEDS * len(DIALECTS) == len(found)
    assert [] == [
        _difference(real, ours)
        for real, ours in zip(expected, found, strict=True)
        if _differ(real, ours)
    ]


def test_a_difference_is_seen() -> None:
    """The comparison fails for a statement more, another one, and a refusal on one side."""
    real = {"seed": 1, "dialect": "d", "steps": [], "text": "A;\n\nB;\n\n", "failed": None}
    assert not _differ(real, dict(real))
    assert _differ(real, {**real, "text": "A;\n\n"})
    assert _differ(real, {**real, "text": "A;\n\nC;\n\n"})
    assert _differ(real, {**real, "failed": "no"})
    assert _differ({**real, "failed": "no"}, real)
    assert not _differ({**real, "failed": "no"}, {**real, "text": "A;\n\n", "failed": "never"})


@pytest.mark.parametrize("first", FIRSTS)
@pytest.mark.parametrize("dialect", ALLOWED)
def test_random_operations_differ_as_allowed(dialect: str, first: int) -> None:
    """On these dialects as well, except for what the page of differences lists."""
    expected = _played(str(reference_python()), "alembic", first, dialect)
    found = _played(sys.executable, "idiolect", first, dialect)

    assert SEEDS == len(found)
    for played in (*expected, *found):
        played["text"] = rewritten(played["text"], ALLOWED[dialect])
    assert [] == [
        _difference(real, ours)
        for real, ours in zip(expected, found, strict=True)
        if _differ(real, ours)
    ]


def _played(python: str, tool: str, first: int, *dialects: str) -> list[dict[str, Any]]:
    done = subprocess.run(
        [python, "-m", "tests.differential.play", tool, str(first), str(SEEDS), *dialects],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    played: list[dict[str, Any]] = json.loads(done.stdout)
    for each in played:
        # Alembic doubles percent signs for some drivers, in scripts that no driver reads.
        each["text"] = each["text"].replace("%%", "%")
    return played


def _differ(real: dict[str, Any], ours: dict[str, Any]) -> bool:
    if real["failed"] and ours["failed"]:
        # Idiolect refuses before it writes; the real Alembic at times in the midst of it.
        begins = _text(real).startswith(_text(ours))
        return not begins and _settled(real) != _settled(ours)
    return bool(real["failed"] or ours["failed"]) or _settled(real) != _settled(ours)


def _text(played: dict[str, Any]) -> str:
    """Return a script with each percent sign once: Alembic has two for some drivers."""
    return str(played["text"]).replace("%%", "%")


def _settled(played: dict[str, Any]) -> list[str]:
    """Return statements, neighbouring ADDs of constraints sorted: Alembic has them from a set."""
    settled: list[str] = []
    run: list[str] = []
    for statement in _text(played).replace("\n\n/\n", "\n").split("\n\n"):
        if statement.startswith("ALTER TABLE") and " ADD " in statement:
            run.append(statement)
        else:
            settled += [*sorted(run), statement]
            run = []
    return settled + sorted(run)


def _difference(real: dict[str, Any], ours: dict[str, Any]) -> str:
    lines = unified_diff(
        real["text"].splitlines(), ours["text"].splitlines(), "alembic", "idiolect", lineterm=""
    )
    told = f"{real['dialect']} {real['seed']} {real['steps']} {real['failed']} {ours['failed']}"
    return "\n".join([told, *lines])
