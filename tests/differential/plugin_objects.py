"""Comparators of `Plugin` objects as the API documents them, run by one of the tools; JSON.

    python -m tests.differential.plugin_objects idiolect

Tables that differ in everything that the built-in sets look at are compared once for each case:
what the comparators are called with, in which order, and what is found. Run by an interpreter that
has the tool.
"""

from __future__ import annotations

import importlib
import json
import sys
import types
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

TARGETS = ("autogenerate", "schema", "table", "column")
BUILT_IN = "alembic.autogenerate.*"
#: By case: what is registered (target, chain, keywords, what is returned) and which sets are named.
CASES: dict[str, tuple[list[tuple[str, str | None, dict[str, Any], str | None]], list[str]]] = {
    "each-target": ([(target, None, {}, None) for target in TARGETS], [BUILT_IN, "mine.one"]),
    "by-wildcard": ([("table", None, {}, "CONTINUE")], [BUILT_IN, "mine.*"]),
    "not-named": ([(target, None, {}, None) for target in TARGETS], [BUILT_IN]),
    "without-tables": (
        [("table", None, {}, None), ("schema", "tables", {}, None)],
        [BUILT_IN, "~alembic.autogenerate.tables", "mine.*"],
    ),
    "alone": ([(target, None, {}, None) for target in TARGETS], ["mine.one"]),
    "without-some": (
        [("column", None, {}, None)],
        [BUILT_IN, "~alembic.autogenerate.types", "mine.one"],
    ),
    "opted-in": ([("table", None, {}, None)], ["alembic.ext.*", "*.*.*", "mine.one"]),
    "stops-at-the-top": ([("autogenerate", None, {"priority": "FIRST"}, "STOP")], ["*.*.*", "*.*"]),
    **{
        f"stops-{chain}-{priority.lower()}": (
            [(target, chain, {"priority": priority}, "STOP"), (target, chain, {}, None)],
            [BUILT_IN, "mine.one"],
        )
        for target, chain in (
            ("schema", "tables"),
            ("table", "indexes"),
            ("table", "comments"),
            ("table", "foreignkeys"),
            ("column", "types"),
            ("column", "nullable"),
            ("column", "server_default"),
            ("column", "comments"),
            ("column", "own"),
        )
        for priority in ("FIRST", "MEDIUM", "LAST")
    },
    "priorities": (
        [
            ("table", None, {"priority": priority}, None)
            for priority in ("LAST", "FIRST", "MEDIUM", "FIRST")
        ],
        [BUILT_IN, "mine.one"],
    ),
    "dialects": (
        [("table", None, {"qualifier": name}, None) for name in ("sqlite", "oracle", "default")],
        [BUILT_IN, "mine.one"],
    ),
    "unknown-name": ([], [BUILT_IN, "mine.two"]),
    "unknown-wildcard": ([], [BUILT_IN, "yours.*"]),
    "no-pattern": ([], [BUILT_IN, "mine one"]),
    "no-set": ([], []),
}


def main(tool: str) -> None:
    """Print what came of each case.

    Args:
        tool: the import name of the tool.
    """
    outcomes: dict[str, Any] = {name: _outcome(tool, *case) for name, case in CASES.items()}
    outcomes["misuse"] = _misuses(tool)
    json.dump(outcomes, sys.stdout)


def _outcome(tool: str, comparators: list[Any], chosen: list[str]) -> Any:
    """Compare with a plugin; return calls and differences, or the class of the error."""
    calls: list[Any] = []
    with _registered(tool, lambda plugin: _register(tool, plugin, comparators, calls)):
        engine = sa.create_engine("sqlite://")
        with engine.connect() as connection:
            _models(old=True).create_all(connection)
            try:
                found = _compared(tool, connection, chosen)
            except Exception as exc:  # noqa: BLE001 - its class is the outcome
                return type(exc).__name__
    return {"calls": calls, "found": sorted(map(_plain, found), key=repr)}


@contextmanager
def _registered(tool: str, setup: Callable[[Any], None]) -> Iterator[Any]:
    """Make the plugin ``mine.one`` of a module, and remove it afterwards."""
    plugins = importlib.import_module(f"{tool}.runtime.plugins")
    made: list[Any] = []
    module = types.ModuleType("mine")

    def both(plugin: Any) -> None:
        made.append(plugin)
        setup(plugin)

    vars(module)["setup"] = both
    plugins.Plugin.setup_plugin_from_module(module, "mine.one")
    try:
        yield made[0]
    finally:
        made[0].remove()


def _register(tool: str, plugin: Any, comparators: list[Any], calls: list[Any]) -> None:
    util = importlib.import_module(f"{tool}.util.langhelpers")
    for number, (target, chain, given, result) in enumerate(comparators):
        keywords = dict(given)
        if "priority" in keywords:
            keywords["priority"] = util.DispatchPriority[keywords["priority"]]
        outcome = result and util.PriorityDispatchResult[result]

        # The values of this turn are bound as defaults; tools pass what is documented alone.
        def comparator(*args: Any, _known: Any = (number, target, outcome)) -> Any:
            calls.append([_known[0], *map(_told, args)])
            _change(tool, _known[1], args)
            return _known[2]

        plugin.add_autogenerate_comparator(comparator, target, chain, **keywords)


def _told(value: Any) -> Any:
    """Return an argument as a JSON value."""
    match value:
        case None | str():
            return value
        case set():
            return sorted(map(str, value))
        case sa.Table():
            return ["table", value.name, sorted(value.columns.keys())]
        case sa.Column():
            return ["column", value.name, type(value.type).__name__, value.nullable]
        case _:
            return type(value).__name__


def _change(tool: str, target: str, args: tuple[Any, ...]) -> None:
    """Add operations to the result, as documented for each target."""
    ops = importlib.import_module(f"{tool}.operations.ops")
    match target:
        case "table":
            args[1].ops.append(ops.CreateTableCommentOp(args[3], "seen"))
        case "column" if args[4] == "same":
            args[1].modify_comment = "seen"
        case "autogenerate" | "schema":
            args[1].ops.append(ops.CreateTableCommentOp("kept", target))
        case _:
            pass


def _compared(tool: str, connection: Any, chosen: list[str]) -> list[Any]:
    migration = importlib.import_module(f"{tool}.migration")
    context = migration.MigrationContext.configure(
        connection, opts={"autogenerate_plugins": chosen, "target_metadata": _models(old=False)}
    )
    produce = importlib.import_module(f"{tool}.autogenerate").produce_migrations
    script = produce(context, context.opts["target_metadata"])
    return list(_flat(script.upgrade_ops.ops))


def _flat(ops: list[Any]) -> Iterator[Any]:
    for op in ops:
        if hasattr(op, "ops"):
            yield from _flat(op.ops)
        else:
            yield op


def _plain(op: Any) -> list[Any]:
    """Return what identifies an operation."""
    names = ("table_name", "column_name", "index_name", "constraint_name", "sqltext", "comment")
    told: dict[str, Any] = {
        name: str(getattr(op, name)) for name in names if getattr(op, name, None) is not None
    }
    for name, value in sorted(vars(op).items()):
        if name.startswith("modify_") and value not in {None, False}:
            told[name] = str(value)
    return [type(op).__name__, told]


def _models(*, old: bool) -> sa.MetaData:
    """Return tables before or after a change."""
    metadata = sa.MetaData()
    for name in ("kept", "dropped" if old else "added"):
        sa.Table(name, metadata, sa.Column("id", sa.Integer, primary_key=True))
    sa.Table(
        "changed",
        metadata,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("same", sa.Integer),
        sa.Column("type", sa.Integer if old else sa.String(50)),
        sa.Column("null", sa.Integer, nullable=old),
        sa.Column("default", sa.Integer, server_default="1" if old else "2"),
        sa.Column("gone" if old else "new", sa.Integer),
        sa.Column("kept_id", sa.Integer, *(() if old else (sa.ForeignKey("kept.id", name="fk"),))),
        sa.Index("ix_old" if old else "ix_new", "same"),
        sa.UniqueConstraint("type", name="uq_old" if old else "uq_new"),
        sa.CheckConstraint("same > 0", name="ck_old" if old else "ck_new"),
    )
    return metadata


def _misuses(tool: str) -> dict[str, Any]:
    """Return by misuse the class of the error, and whether a name is free after a setup failed."""
    plugins = importlib.import_module(f"{tool}.runtime.plugins")
    told: dict[str, Any] = {}

    def tried(name: str, act: Callable[[], object]) -> None:
        try:
            act()
            told[name] = None
        except Exception as exc:  # noqa: BLE001 - its class is the outcome
            told[name] = type(exc).__name__

    with _registered(tool, lambda _plugin: None) as plugin:
        tried("twice", lambda: plugins.Plugin("mine.one"))
        tried("chain", lambda: plugin.add_autogenerate_comparator(print, "no such target"))
    tried("removed-then-anew", lambda: plugins.Plugin("mine.one").remove())
    return told


if __name__ == "__main__":
    main(sys.argv[1])
