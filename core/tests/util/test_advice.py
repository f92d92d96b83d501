"""Advice on names of the API that Idiolect does not have."""

from __future__ import annotations

import sys
from types import ModuleType

import pytest

import idiolect.autogenerate
import idiolect.ddl.impl
import idiolect.op
import idiolect.operations
import idiolect.util.exc
from idiolect.config import Config
from idiolect.util.advice import advise

NAMES = {"idiolect": idiolect, "Config": Config, "sys": sys, "list": []}


@pytest.mark.parametrize(
    ("code", "parts"),
    [
        (
            "from idiolect.util.exc import CommandErrors",
            ["'idiolect.util.exc' is provided by Idiolect", "(did you mean 'CommandError'?)"],
        ),
        ("idiolect.util.exc.Nothing", ["'idiolect.util.exc'", "docs/reference/alembic-api.md"]),
        ("idiolect.op.fly", ["'idiolect.op'", "once that package is imported"]),
        ("Config().fly_away", ["'Config' is provided by Idiolect"]),
        ("idiolect.ddl.impl.DefaultImpl._fly", ["'DefaultImpl' is provided by Idiolect"]),
        ("idiolect.operations.Operations.add_column(None, height=1)", ["no argument 'height'"]),
        ("import alembic.fly", ["Install idiolect-alembic"]),
    ],
)
def test_a_missing_name_is_advised_on(
    code: str, parts: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The advice names the place, what Idiolect offers, and what may have been meant."""
    monkeypatch.setitem(sys.modules, "alembic", None)
    with pytest.raises((ImportError, AttributeError, TypeError)) as caught:
        exec(code, NAMES)

    advice = advise(caught.value) or ""

    assert [] == [part for part in parts if part not in advice]


@pytest.mark.parametrize(
    "code",
    [
        "list.fly",
        "sys.fly",
        "from sys import fly",
        "import fly",
        "(lambda: 0)(height=1)",
        "fly",
        "class Own:\n    pass\nOwn.fly",
    ],
)
def test_other_errors_are_left_alone(code: str) -> None:
    """There is no advice on what is not Idiolect's."""
    with pytest.raises((ImportError, AttributeError, TypeError, NameError)) as caught:
        exec(code, dict(NAMES))

    assert advise(caught.value) is None


def test_a_mistake_of_our_own_is_no_matter_of_names() -> None:
    """An attribute that Idiolect's own code misses on its own object is not explained away."""
    own = {"__name__": "idiolect.somewhere", "config": Config()}
    with pytest.raises(AttributeError) as caught:
        exec("config.fly", own)

    assert advise(caught.value) is None


def test_the_real_alembic_in_the_process_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Errors caused by the real package are attributed to it."""
    real = ModuleType("alembic")
    real.__file__ = "alembic/__init__.py"
    monkeypatch.setitem(sys.modules, "alembic", real)
    raised = {"__name__": "alembic.util.langhelpers"}
    with pytest.raises(NameError) as of_proxy:
        exec("op", raised)
    with pytest.raises(AttributeError) as of_module:
        exec("alembic.config", {"alembic": real, "__name__": "env"})

    for caught in (of_proxy, of_module):
        assert "This is the real Alembic" in (advise(caught.value) or "")


def test_a_proxy_that_the_real_alembic_does_not_know_of_tells_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """env.py that names Idiolect, run by a program that uses Alembic, learns how to start that."""
    monkeypatch.setitem(sys.modules, "alembic", ModuleType("alembic"))

    with pytest.raises(AttributeError, match="python -m idiolect_alembic"):
        exec("from idiolect import context\ncontext.config")
