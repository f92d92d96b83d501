"""Revisions without files, and the statements of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import event

from idiolect.revisions.graph import RevisionMap
from idiolect.revisions.node import Revision

if TYPE_CHECKING:
    from collections.abc import Callable

    from projects import Project


@pytest.fixture
def graph() -> Callable[[str], RevisionMap]:
    """Return a function that reads a graph: ``"a; b<a; m<b,c; d<a+b"``, ``+`` a dependency."""

    def read(text: str) -> RevisionMap:
        revisions = []
        for each in text.split(";"):
            rest, _, dependencies = each.strip().partition("+")
            name, _, downs = rest.partition("<")
            down = tuple(part.strip() for part in downs.split(",") if part.strip())
            needs = tuple(part.strip() for part in dependencies.split(",") if part.strip())
            revisions.append(Revision(name.strip(), down or None, needs or None))
        return RevisionMap(lambda: revisions)

    return read


@pytest.fixture
def two(project: Project) -> Project:
    """A project with two revisions that each send a statement."""
    project.revision("a", None, "op.execute('SELECT 1 AS a')", "op.execute('SELECT 1 AS a')")
    project.revision("b", "a", "op.execute('SELECT 1 AS b')", "op.execute('SELECT 1 AS b')")
    return project


def _word(statement: str) -> str:
    """Return a one-word description of a statement."""
    words = statement.split()
    return words[-1] if words[:2] == ["SELECT", "1"] else words[0]


@pytest.fixture
def sent(project: Project) -> list[str]:
    """The statements of the run, except queries of the heads."""
    log: list[str] = []
    engine = project.attributes["engine"]

    def execute(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if _word(statement) in {"a", "b", "CREATE", "INSERT", "UPDATE", "DELETE"}:
            log.append(_word(statement))

    event.listen(engine, "before_cursor_execute", execute)
    for name in ("begin", "commit", "rollback"):
        event.listen(engine, name, lambda _connection, name=name: log.append(name.upper()))
    return log
