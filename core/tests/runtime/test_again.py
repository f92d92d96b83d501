"""A revision that requests it is rolled back and run again under a guard."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

import pytest

from idiolect.ddl.impl import DefaultImpl
from idiolect.hooks import StepGuard, hookimpl

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from projects import Project
    from sqlalchemy.engine import Connection

    from idiolect.hooks.manager import PluginManager

ASK = "op.get_context().config.attributes['ask'](op.get_context().impl)"
COUNT = "op.get_context().config.attributes['told'].append({!r})"
TABLE = "op.create_table({!r}, sa.Column('id', sa.Integer))"


class AskingImpl(DefaultImpl):
    """Asks wherever a revision calls the function among the attributes."""

    transactional_ddl = True

    def may_ask_for_guard(self) -> bool:
        """Always."""
        return True


class Asking:
    """A dialect plugin whose impl may request a guard."""

    @hookimpl
    def get_impl_class(self) -> type[DefaultImpl]:
        """Answer the class."""
        return AskingImpl


@pytest.fixture
def told(project: Project, plugins: PluginManager) -> list[str]:
    """The events, in order; ``ASK`` in a revision requests a guard that records them."""
    plugins.register(Asking(), dialect="sqlite")
    seen: list[str] = []

    @contextlib.contextmanager
    def around(connection: Connection) -> Iterator[Callable[[], None]]:
        assert not connection.in_transaction()
        seen.append("entered")
        try:
            yield lambda: check(connection)
        finally:
            assert not connection.in_transaction()
            seen.append("left")

    def check(connection: Connection) -> None:
        assert connection.in_transaction()
        seen.append("asked")
        if project.attributes.get("objects"):
            message = "the guard objects"
            raise ValueError(message)

    def ask(impl: DefaultImpl) -> None:
        impl.ask_for_guard(StepGuard("it has to be", around))
        seen.append("goes on")

    project.attributes.update(ask=ask, told=seen)
    return seen


@pytest.fixture
def asking(project: Project) -> Project:
    """Three revisions that each create a table; the second requests a guard."""
    down = None
    for name, more in (("a", ""), ("b", ASK), ("c", "")):
        body = [COUNT.format(name), TABLE.format(f"t_{name}"), more]
        project.revision(name, down, "\n".join(body))
        down = name
    return project


@pytest.mark.parametrize("per_migration", [False, True], ids=["a run", "a revision"])
def test_it_runs_twice(asking: Project, told: list[str], per_migration: bool) -> None:
    """Once it is undone, and once under the guard; those around it run once, and without."""
    asking.upgrade(transaction_per_migration=per_migration)
    assert ["a", "b", "entered", "b", "goes on", "asked", "left", "c"] == told
    assert ["alembic_version", "t_a", "t_b", "t_c"] == asking.tables()
    assert ["c"] == asking.heads()


def test_a_guard_that_objects(asking: Project, told: list[str]) -> None:
    """Its exception ends the run, and the revision is undone."""
    asking.attributes["objects"] = True
    with pytest.raises(ValueError, match="the guard objects"):
        asking.upgrade()
    assert ["a", "b", "entered", "b", "goes on", "asked", "left"] == told
    assert ["alembic_version", "t_a"] == asking.tables()
    assert ["a"] == asking.heads()


def test_handlers_do_not_see_it(project: Project, told: list[str]) -> None:
    """An ``except Exception`` around it is passed by; a bare one changes nothing."""
    caught = f"try:\n    {ASK}\nexcept Exception:\n    {COUNT.format('caught')}"
    project.revision("a", None, caught)
    bare = f"try:\n    {ASK}\nexcept BaseException:\n    {COUNT.format('bare')}"
    project.revision("b", "a", f"{bare}\n{TABLE.format('t_b')}")
    project.upgrade()
    under_guard = ["entered", "goes on", "asked", "left"]
    assert [*under_guard, "bare", *under_guard] == told
    assert ["alembic_version", "t_b"] == project.tables()


def test_errors_without_a_wish_pass(project: Project, told: list[str]) -> None:
    """A revision that fails runs once."""
    project.revision("a", None, f"{COUNT.format('a')}\nraise RuntimeError('broken')")
    with pytest.raises(RuntimeError, match="broken"):
        project.upgrade()
    assert ["a"] == told


@pytest.mark.parametrize(
    ("before", "options"),
    [
        ("op.get_bind().commit()", {}),
        ("op.get_bind().rollback()", {}),
        ("pass", {"transactional_ddl": False}),
    ],
    ids=["committed", "rolled back", "no transactional DDL"],
)
def test_where_it_cannot_be_undone(
    project: Project, told: list[str], before: str, options: dict[str, Any]
) -> None:
    """The wish is passed over, and it is the impl's business what then."""
    project.revision("a")
    project.upgrade(**options)
    project.revision("b", "a", f"{before}\n{ASK}")
    project.upgrade(**options)
    assert ["goes on"] == told


def test_in_a_script(project: Project, told: list[str]) -> None:
    """Nothing is run again, as nothing is executed."""
    project.revision("a", None, ASK)
    project.sql()
    assert ["goes on"] == told
