"""Plan ways through random graphs with one of the tools, as JSON.

    python -m tests.differential.planning idiolect

Run by an interpreter that has the tool; only Idiolect's also has this project.
"""

from __future__ import annotations

import importlib
import json
import random
import sys
import types
import warnings
from typing import Any

GRAPHS = 40
_STEP = types.SimpleNamespace(upgrade=lambda: None, downgrade=lambda: None)
#: id, what it follows, what it depends on, its label.
Link = tuple[str, Any, str | None, str | None]


def main(tool: str) -> None:
    """Print each plan by its graph, direction, destination and heads; null if there is none.

    Args:
        tool: the import name of the tool.
    """
    warnings.simplefilter("ignore")
    plans: dict[str, list[str] | None] = {}
    for seed in range(GRAPHS):
        rng = random.Random(seed)
        links = _graph(rng)
        for heads in [(), *(_heads(rng, links) for _ in range(4))]:
            for destination in _identifiers(rng, links):
                for way in ("_upgrade_revs", "_downgrade_revs"):
                    key = f"{seed} {way} {destination} {heads}"
                    plans[key] = _plan(tool, links, way, destination, heads)
    json.dump(plans, sys.stdout)


def _graph(rng: random.Random) -> list[Link]:
    links: list[Link] = []
    ids: list[str] = []
    for number in range(rng.randint(2, 14)):
        chance = rng.random()
        down: Any = None
        if ids and chance > 0.12:
            down = rng.choice(ids[-4:])
        if len(ids) > 1 and chance > 0.8:
            down = tuple(rng.sample(ids, 2))
        needed = rng.choice(ids) if ids and rng.random() < 0.2 else None
        label = f"label{number}" if rng.random() < 0.2 else None
        ids.append(f"{rng.getrandbits(24):06x}{number}")
        links.append((ids[-1], down, needed, label))
    return links


def _heads(rng: random.Random, links: list[Link]) -> tuple[str, ...]:
    """Return the heads of a database in which some revisions and all that they need are."""
    below = {
        name: {*((down,) if isinstance(down, str) else down or ()), *([needed] if needed else [])}
        for name, down, needed, _ in links
    }
    applied: set[str] = set()
    waiting = rng.sample(sorted(below), min(2, len(below)))
    while waiting:
        name = waiting.pop()
        if name not in applied:
            applied.add(name)
            waiting.extend(below[name])
    needed_ones = set[str]().union(*(below[name] for name in applied))
    return tuple(sorted(applied - needed_ones))


def _identifiers(rng: random.Random, links: list[Link]) -> list[str]:
    ids = [name for name, *_ in links]
    labels = [label for *_, label in links if label]
    some = rng.sample(ids, min(4, len(ids)))
    found = ["head", "heads", "base", "+1", "-1", "+2", "-2", *ids, *(name[:4] for name in some)]
    for name in some:
        found += [f"{name}+1", f"{name}-1", f"{name}@head", f"{name}@base", f"{name}@+1"]
    for label in labels:
        found += [label, f"{label}@head", f"{label}@heads", f"{label}@base", f"{label}@+1"]
        found += [f"{label}@-1", f"{label}@{rng.choice(ids)}"]
    return found


def _plan(
    tool: str, links: list[Link], way: str, destination: str, heads: tuple[str, ...]
) -> list[str] | None:
    revision = importlib.import_module(f"{tool}.script.revision")
    directory = importlib.import_module(f"{tool}.script").ScriptDirectory

    class Revision(revision.Revision):  # type: ignore[misc,name-defined]  # either tool's
        module = _STEP
        doc = path = ""

    class Directory(directory):  # type: ignore[misc,valid-type]  # likewise
        def __init__(self) -> None:
            self.revision_map = revision.RevisionMap(
                lambda: [
                    Revision(
                        name, down, dependencies=needed, branch_labels=[label] if label else None
                    )
                    for name, down, needed, label in links
                ]
            )

    try:
        steps = getattr(Directory(), way)(destination, heads)
        return [step.revision.revision for step in steps]
    except Exception:  # noqa: BLE001 - where there is no plan, tools say so in their own ways
        return None


if __name__ == "__main__":
    main(sys.argv[1])
