"""The binding of a proxy: this context's, the module's, or the only active one."""

from __future__ import annotations

import contextvars
import threading
from typing import TYPE_CHECKING, Any

import pytest

from idiolect.util import bound
from idiolect.util.bound import Bound, Unbound

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def name() -> Bound[str]:
    """A name of the test's own."""
    return Bound("Thing", "__thing__")


def elsewhere(function: Callable[[], Any]) -> Any:
    """Return a function's result in a thread without the context variable."""
    found: list[Any] = []

    def work() -> None:
        try:
            found.append(function())
        except NameError as exc:
            found.append(exc)

    thread = threading.Thread(target=contextvars.Context().run, args=(work,))
    thread.start()
    thread.join()
    return found[0]


def test_nothing_bound(name: Bound[str]) -> None:
    """The message names the function, the class, and where it may be called."""
    assert name.find() is None
    with pytest.raises(Unbound, match=r"Can't invoke function 'run'.*'Thing' class.*upgrade\(\)"):
        name.get("run")
    assert issubclass(Unbound, NameError)


def test_a_block(name: Bound[str]) -> None:
    """It binds, nests, and restores."""
    with name.bind("outer") as outer:
        assert "outer" == outer == name.get("x")
        with name.bind("inner"):
            assert "inner" == name.get("x")
        assert "outer" == name.get("x")
    assert name.find() is None


def test_a_block_that_fails(name: Bound[str]) -> None:
    """An exception unbinds as well."""
    with pytest.raises(KeyboardInterrupt), name.bind("value"):
        raise KeyboardInterrupt
    assert name.find() is None


def test_the_only_one_serves_other_threads(name: Bound[str]) -> None:
    """The same object bound twice is still one; of two objects, none is used."""
    with name.bind("one"):
        assert "one" == elsewhere(name.find)
        with name.bind("one"):
            assert "one" == elsewhere(name.find)
        with name.bind("two"):
            assert elsewhere(name.find) is None
            error = elsewhere(lambda: name.get("x"))
            assert isinstance(error, Unbound)
            assert "2 migrations run" in str(error)
        assert "one" == elsewhere(name.find)
    assert elsewhere(name.find) is None


def test_a_module_remembers_its_own(name: Bound[str]) -> None:
    """Code whose globals have the mark finds it from any thread, including callers."""
    globals_ = {"__thing__": "marked", "find": name.find}
    exec("def ask(inner=None):\n    return inner() if inner else find()", globals_)
    with name.bind("one"), name.bind("two"):
        assert "marked" == elsewhere(globals_["ask"])  # type: ignore[arg-type] # made above
        assert "marked" == elsewhere(lambda: globals_["ask"](name.find))  # type: ignore[operator]
        assert "two" == globals_["ask"](), "this context's own binding comes first"  # type: ignore[operator]


def test_a_mark_comes_before_an_inherited_context(
    name: Bound[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pool's thread serves code of one migration with the context of another."""
    monkeypatch.setattr(bound, "_THREADS_INHERIT", True)
    globals_: dict[str, Any] = {"__thing__": "marked", "find": name.find}
    exec("def ask():\n    return find()", globals_)
    with name.bind("one"):
        inherited = contextvars.copy_context()
        with name.bind("two"):
            assert "marked" == elsewhere(lambda: inherited.run(globals_["ask"]))
            assert "one" == elsewhere(lambda: inherited.run(name.find))
            assert "two" == globals_["ask"](), "in its own thread"


def test_bindings_may_end_in_any_order(name: Bound[str]) -> None:
    """Threads end when they like."""
    first = name.push("first")
    second = name.push("second")
    name.pop("first", first)
    assert "second" == elsewhere(name.find)
    name.pop("second", second)
    assert elsewhere(name.find) is None


def test_a_copied_context_outlives_the_block(name: Bound[str]) -> None:
    """What has ended is not found in a copy of its context, as a task's is; others are."""
    with name.bind("ended"):
        copied = contextvars.copy_context()
        assert "ended" == copied.run(name.find)
    assert copied.run(name.find) is None
    with name.bind("running"):
        assert "running" == copied.run(name.find)


def test_marks_in_a_modules_globals() -> None:
    """They are what is bound at the time, and can be forgotten."""
    globals_: dict[str, Any] = {}
    with bound.environment.bind("environment"):
        bound.mark_globals(globals_)
        assert {"__idiolect_environment__": "environment"} == globals_
        with bound.operations.bind("operations"):
            bound.mark_globals(globals_)
        assert "operations" == globals_["__idiolect_operations__"]
        bound.mark_globals(globals_)
        assert "__idiolect_operations__" not in globals_
    bound.unmark_globals(globals_)
    assert {} == globals_


def test_what_is_bound_late_is_made_once_and_when_looked_up() -> None:
    """A run that executes no revision creates no Operations."""
    made: list[str] = []

    def make() -> str:
        made.append("operations")
        return "operations"

    with bound.operations.bind_late(make):
        assert [] == made
        assert "operations" == bound.operations.find()
        assert "operations" == bound.operations.get("execute")
        thread: list[object] = []
        other = threading.Thread(target=lambda: thread.append(bound.operations.find()))
        other.start()
        other.join()
        assert ["operations"] == thread
    assert ["operations"] == made
    assert bound.operations.find() is None
