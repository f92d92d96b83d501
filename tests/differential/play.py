"""Write the scripts of random sequences of operations with one of the tools, as JSON.

    python -m tests.differential.play idiolect 0 60
    python -m tests.differential.play idiolect 0 60 oracle

Run by an interpreter that has the tool; only Idiolect's also has this project.
"""

from __future__ import annotations

import importlib
import io
import json
import random
import sys
import warnings
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine.default import DefaultDialect

from tests.differential.directives import DIRECTIVES, REFUSED_ON_SQLITE
from tests.differential.draw import DIALECTS, Draw

LONGEST = 8
CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
CHECKS = {"ck": "ck_%(table_name)s_%(constraint_name)s"}


OPTIONS: dict[str, dict[str, Any]] = {"oracle": {"oracle_sqlplus": False}}
"""By dialect: what switches documented differences off."""


def main(tool: str, first: str, count: str, *dialects: str) -> None:
    """Print the results of ``count`` seeds on every dialect.

    Args:
        tool: the import name of the tool.
        first: the first seed.
        count: how many seeds.
        dialects: which; none: all of DIALECTS.
    """
    warnings.simplefilter("ignore")
    seeds = range(int(first), int(first) + int(count))
    chosen = dialects or DIALECTS
    json.dump([play(tool, seed, dialect) for seed in seeds for dialect in chosen], sys.stdout)


def play(tool: str, seed: int, dialect: str) -> dict[str, Any]:
    """Return what one sequence wrote, what it consists of, and how it failed if it did."""
    migration = importlib.import_module(f"{tool}.migration")
    operations = importlib.import_module(f"{tool}.operations")
    buffer = io.StringIO()
    context = migration.MigrationContext.configure(
        dialect=_dialect(dialect),
        opts={"as_sql": True, "output_buffer": buffer, **_options(seed, dialect)},
    )
    op = operations.Operations(context)
    draw = Draw(seed, dialect)
    steps: list[str] = []
    failed = None
    try:
        for _number in range(draw.random.randint(1, LONGEST)):
            directive = draw.one(DIRECTIVES)
            if dialect == "sqlite" and directive in REFUSED_ON_SQLITE and draw.chance(0.8):
                continue
            steps.append(directive.__name__)
            directive(draw, op)
    except Exception as exc:  # noqa: BLE001 - both must refuse, in whatever words
        failed = f"{type(exc).__name__}: {exc}"
    return {
        "seed": seed,
        "dialect": dialect,
        "steps": steps,
        "text": buffer.getvalue(),
        "failed": failed,
    }


def _dialect(name: str) -> sa.Dialect:
    if name == "default":
        return DefaultDialect()
    return sa.make_url(f"{name}://").get_dialect()()


def _options(seed: int, dialect: str) -> dict[str, Any]:
    chosen = random.Random(f"options {seed}")
    options = {"literal_binds": chosen.random() < 0.5, **OPTIONS.get(dialect, {})}
    if chosen.random() < 0.4:
        convention = {**CONVENTION, **(CHECKS if chosen.random() < 0.2 else {})}
        options["target_metadata"] = sa.MetaData(naming_convention=convention)
    return options


if __name__ == "__main__":
    main(*sys.argv[1:])
