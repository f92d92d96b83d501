"""Rewriter: operations replaced by what functions return."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import Column, Integer

from idiolect.autogenerate import Rewriter, render_python_code, renderers
from idiolect.autogenerate.directives import check_directives
from idiolect.errors import CommandError
from idiolect.operations import ops


def script(*operations: Any) -> ops.MigrationScript:
    """Return a directive with operations."""
    return ops.MigrationScript("a1", ops.UpgradeOps(operations), ops.DowngradeOps())


def added() -> ops.AddColumnOp:
    """Return an operation that adds a column."""
    return ops.AddColumnOp("t", Column("x", Integer))


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        pytest.param(lambda op: op, ["AddColumnOp"], id="itself"),
        pytest.param(lambda _op: None, [], id="none-removes"),
        pytest.param(
            lambda op: [op, ops.ExecuteSQLOp("x")], ["AddColumnOp", "ExecuteSQLOp"], id="several"
        ),
    ],
)
def test_an_operation_is_replaced(answer: Any, expected: list[str]) -> None:
    """What the function returns takes the operation's place."""
    writer = Rewriter()
    writer.rewrites(ops.AddColumnOp)(lambda _context, _revision, op: answer(op))
    directives = [script(added())]

    writer(None, (), directives)

    assert expected == [type(op).__name__ for op in directives[0].upgrade_ops_list[0].ops]


def test_chained_functions_run_on_the_same_directives() -> None:
    """The function passed to chain() is called after the rewriting."""
    seen: list[int] = []
    writer = Rewriter().chain(lambda _context, _revision, directives: seen.append(len(directives)))

    writer(None, (), [script()])

    assert [1] == seen


def test_nonsense_is_refused() -> None:
    """A function that returns no operation is named with what it returned."""
    writer = Rewriter()
    writer.rewrites(ops.AddColumnOp)(lambda _context, _revision, _op: 5)

    with pytest.raises(CommandError, match="list of operations or None, got 5"):
        writer(None, (), [script(added())])


def test_operations_may_derive_from_nothing() -> None:
    """Published libraries have such, with a renderer each; a frozen one is accepted as well."""

    @dataclass(frozen=True)
    class Grant:
        sql: str

    writer = Rewriter()
    writer.rewrites(Grant)(lambda _context, _revision, op: Grant(op.sql.upper()))
    renderers.dispatch_for(Grant)(lambda _context, op: f"op.execute({op.sql!r})")
    upgrade_ops: Any = ops.UpgradeOps()
    upgrade_ops.ops.append(Grant("select 1"))
    directive = ops.MigrationScript("a1", upgrade_ops, ops.DowngradeOps())
    try:
        writer(None, (), [directive])
        check_directives([directive], "a hook")
        code = render_python_code(upgrade_ops)
    finally:
        del renderers._registry[Grant, "default"]

    assert [Grant("SELECT 1")] == upgrade_ops.ops
    assert "op.execute('SELECT 1')" in code
    with pytest.raises(CommandError, match=r"'a hook' left .*Grant"):
        check_directives([directive], "a hook")


def test_programs_walk_through_their_own_operations() -> None:
    """A function that is registered for a class is called with the rewriter and the operation."""
    walked: list[Any] = []

    class Own(ops.MigrateOperation):
        """An operation of a program."""

    Rewriter._traverse.dispatch_for(Own)(lambda *arguments: walked.append(arguments))
    rewriter, own = Rewriter(), Own()
    try:
        rewriter(None, "heads", [script(own)])
    finally:
        del Rewriter._traverse._registry[Own, "default"]

    assert [(rewriter, None, "heads", own)] == walked


def test_the_registry_of_comparators_is_found_beside_them() -> None:
    """Programs import it from there."""
    from idiolect.autogenerate import comparators, compare

    assert comparators is compare.comparators
