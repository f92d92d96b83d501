"""Render the corpus with one of the tools, as JSON.

    python -m tests.differential.rendering idiolect

Run by an interpreter that has the tool; only Idiolect's also has this project.
"""

from __future__ import annotations

import importlib
import json
import sys
import warnings
from typing import Any

from tests.differential.corpus_items import cases

#: What either tool needs no plugin or installed driver for, and the one with the most of its own.
DIALECTS = ("postgresql", "sqlite")


def main(tool: str) -> None:
    """Print the code of each case by its name.

    Args:
        tool: the import name of the tool.
    """
    warnings.simplefilter("ignore")
    json.dump(dict(_rendered(tool)), sys.stdout)


def _rendered(tool: str) -> Any:
    ops = importlib.import_module(f"{tool}.operations.ops")
    context = importlib.import_module(f"{tool}.migration").MigrationContext
    autogenerate = importlib.import_module(f"{tool}.autogenerate")
    for dialect in DIALECTS:
        for name, operations in cases(ops):
            # Of another dialect's types the real Alembic forgets the prefixes.
            is_special = name.startswith("type ") or "exclude" in name
            if is_special and dialect != "postgresql":
                continue
            changes = ops.UpgradeOps([ops.ModifyTableOps("t", operations, schema="s")])
            for as_batch in (False, True):
                where = {"migration_context": context.configure(dialect_name=dialect)}
                try:
                    code = autogenerate.render_python_code(
                        changes, render_as_batch=as_batch, **where
                    )
                except Exception as exc:  # noqa: BLE001 - told as the case's result
                    code = f"{type(exc).__name__}: {exc}"
                yield f"{dialect}, {'batch' if as_batch else 'op'}, {name}", code


if __name__ == "__main__":
    main(*sys.argv[1:])
