"""Compares EXCLUDE constraints of the models with those of the database.

The comparator of the set ``idiolect.postgresql.exclude``, called after tables have been compared.
Constraints that are not in the models are ignored.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.sql.elements import conv

from idiolect.operations.ops import (
    AddConstraintOp,
    CreateTableOp,
    DropConstraintOp,
    DropTableOp,
    ModifyTableOps,
)
from idiolect.util.colons import escape_colons
from idiolect.util.logs import Log
from idiolect_postgresql import made
from idiolect_postgresql.catalogue import EXCLUDE
from idiolect_postgresql.operations import CreateExcludeConstraintOp

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sqlalchemy import Table

    from idiolect.autogenerate.context import AutogenContext
    from idiolect.operations.ops import UpgradeOps

log = Log("autogenerate.compare.exclude")
_START = re.compile(r"EXCLUDE USING (?P<method>\w+) \(")


def compare_excludes(autogen_context: AutogenContext, upgrade_ops: UpgradeOps) -> None:
    """Add missing constraints, and replace those that differ; remember those of dropped tables."""
    wanted = {
        table: made.by_name(table, ExcludeConstraint, autogen_context.dialect)
        for table in _tables(autogen_context)
    }
    wanted = {table: constraints for table, constraints in wanted.items() if constraints}
    dropped = [one for one in upgrade_ops.ops if isinstance(one, DropTableOp)]
    if not wanted and not dropped:
        return
    reflected = {
        (one.schema, one.definition.table, one.name): one.definition.definition
        for one in autogen_context.schema_objects(EXCLUDE)
    }
    for drop in dropped:
        _remember(drop, autogen_context.schema_key(drop.schema), reflected)
    new = {
        (one.schema, one.table_name) for one in upgrade_ops.ops if isinstance(one, CreateTableOp)
    }
    for table, constraints in wanted.items():
        if (table.schema, table.name) in new:
            continue
        schema = autogen_context.schema_key(table.schema)
        changes = ModifyTableOps(table.name, [], schema=table.schema)
        for name, model in constraints.items():
            there = reflected.get((schema, table.name, name))
            changes.ops.extend(_changes(autogen_context, name, model, there))
        if changes.ops:
            upgrade_ops.ops.append(changes)


def _remember(
    drop: DropTableOp, schema: str | None, reflected: Mapping[tuple[str | None, str, str], str]
) -> None:
    """Add its constraints to the table that the downgrade creates again."""
    memory = drop._reverse  # noqa: SLF001 - a pair
    if memory is None:
        return
    for (place, table, name), definition in sorted(reflected.items(), key=lambda one: one[0][1:]):
        known = _read(definition) if (place, table) == (schema, drop.table_name) else None
        if known is not None:
            elements, options = known
            constraint: Any = ExcludeConstraint(*elements, name=conv(name), **options)
            memory.columns = [*memory.columns, constraint]


def _tables(autogen_context: AutogenContext) -> Iterator[Table]:
    for table in autogen_context.table_key_to_table.values():
        if any(isinstance(one, ExcludeConstraint) for one in table.constraints):
            given = (table, table.name, "table", False, None)
            if autogen_context.run_object_filters(*given):
                yield table


def _changes(
    autogen_context: AutogenContext, name: str, model: Any, there: str | None
) -> Iterator[Any]:
    connection: Any = autogen_context.connection
    if there is not None:
        worded = made.definitions(connection, model.table, [model])
        if not worded or worded.get(name) == there:
            return
    if not autogen_context.run_object_filters(model, name, "exclude_constraint", False, None):
        return
    log.info("Detected %s exclude constraint %r", "changed" if there else "added", name)
    if there is not None:
        yield drop_exclude(name, model.table, there)
    yield AddConstraintOp.from_constraint(model)


def drop_exclude(name: str, table: Table, definition: str) -> DropConstraintOp:
    """Return the operation that drops a constraint and stores its definition for the reverse.

    Args:
        name: the constraint.
        table: its table.
        definition: the part after its name.
    """
    known = _read(definition)
    added = known and CreateExcludeConstraintOp(
        name, table.name, known[0], schema=table.schema, **known[1]
    )
    return DropConstraintOp(name, table.name, schema=table.schema, _reverse=added or None)


def _read(definition: str) -> tuple[list[tuple[Any, str]], dict[str, Any]] | None:
    """Parse a definition into elements and options; None if it contains anything else."""
    start = _START.match(definition)
    if start is None:
        return None
    inside, rest = _in_brackets(definition[start.end() :])
    elements = [part.rpartition(" WITH ") for part in _split(inside)]
    options: dict[str, Any] = {"using": start["method"]}
    if rest.startswith(" WHERE ("):
        where, rest = _in_brackets(rest.removeprefix(" WHERE ("))
        options["where"] = text(escape_colons(where))
    if rest.startswith(" DEFERRABLE"):
        options["deferrable"] = True
        rest = rest.removeprefix(" DEFERRABLE")
    if rest.startswith(" INITIALLY DEFERRED"):
        options["initially"] = "DEFERRED"
        rest = rest.removeprefix(" INITIALLY DEFERRED")
    if rest:
        return None
    return [(text(escape_colons(what)), operator) for what, _with, operator in elements], options


def _in_brackets(sql: str) -> tuple[str, str]:
    """Split text at the parenthesis that closes one opened before it."""
    end = next(place for place, depth, _ in _depths(sql) if depth < 0)
    return sql[:end], sql[end + 1 :]


def _split(sql: str) -> list[str]:
    """Split text at commas outside of parentheses."""
    ends = [place for place, depth, char in _depths(sql) if char == "," and depth == 0]
    starts = [0, *(end + 1 for end in ends)]
    return [sql[a:b].strip() for a, b in zip(starts, [*ends, len(sql)], strict=True)]


def _depths(sql: str) -> Iterator[tuple[int, int, str]]:
    """Yield each position outside of quotes with the parenthesis depth after it."""
    depth = 0
    quote = ""
    for place, char in enumerate(sql):
        if quote:
            quote = "" if char == quote else quote
            continue
        if char in "'\"":
            quote = char
        depth += (char == "(") - (char == ")")
        yield place, depth, char
