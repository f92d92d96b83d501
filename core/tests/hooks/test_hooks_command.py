"""`idiolect hooks` describes each hook and lists its implementers."""

from __future__ import annotations

import io
import json
import os
from typing import TYPE_CHECKING, Any

import pytest

from idiolect import command
from idiolect.cli.main import main
from idiolect.config import Config
from idiolect.errors import CommandError
from idiolect.hooks import hookimpl, hookspecs
from idiolect.hooks.manager import get_manager

if TYPE_CHECKING:
    from .conftest import Install


def printed(name: str | None = None, format: str = "text") -> str:
    """Return what the command prints."""
    config = Config(stdout=io.StringIO())
    command.hooks(config, name, format)
    text: str = config.stdout.getvalue()  # type: ignore[attr-defined] # it is the StringIO
    return text


def entry(name: str) -> dict[str, Any]:
    """Return the entry of one hook."""
    document = json.loads(printed(name, "json"))
    (found,) = document["hooks"]
    assert 1 == document["version"]
    return dict(found)


@pytest.mark.usefixtures("plugins")
def test_all_hooks_are_listed() -> None:
    """Each is a line, in the order of the specifications."""
    names = [name for name, each in vars(hookspecs).items() if hasattr(each, "idiolect_spec")]

    lines = printed().splitlines()

    assert names == [line.split()[0] for line in lines]
    assert lines[0].endswith(
        "by nobody      Return the class that generates this dialect's SQL for operations."
    )


@pytest.mark.usefixtures("plugins")
def test_who_implements_a_hook_is_told_in_the_order_of_asking(install: Install) -> None:
    """By hand before additions, these before the dialect's own, the core's default last."""

    class Mine:
        @hookimpl
        def get_impl_class(self) -> None:
            return None

    install("my-db")
    source = "from idiolect.hooks import hookimpl\n@hookimpl\ndef get_impl_class(): ...\n"
    install("my-hooks", source, group="idiolect.plugins", entry="mine")
    name = get_manager().register(Mine())
    found = entry("get_impl_class")
    text = printed("get_impl_class").splitlines()
    get_manager().unregister(name)

    assert [
        ("registered", None, None),
        ("plugin", "my-hooks", None),
        ("dialect", "my-db", "mysql"),
        ("core", None, None),
    ] == [(each["kind"], each["distribution"], each["dialect"]) for each in found["implementers"]]
    assert "idiolect.ddl.builtin:get_impl_class" == found["implementers"][-1]["place"]
    assert "get_impl_class(dialect: Dialect) -> type[DefaultImpl] | None" == text[0]
    assert "    dialect 'mysql' of my-db 1.2, for mysql alone (my_db)" in text
    assert "Answers: the first counts" in text


@pytest.mark.usefixtures("plugins")
def test_a_hook_without_default() -> None:
    """Nobody implements it, and each answer counts."""
    lines = printed("register_operations").splitlines()

    assert ["Answers: all count", "Implemented by: nobody"] == lines[-2:]


def test_an_unknown_hook_is_told_with_the_nearest() -> None:
    """So that a slip of the keyboard costs one more try."""
    with pytest.raises(CommandError, match=r"no hook 'run_stp'\. Did you mean 'run_step'\?"):
        printed("run_stp")


@pytest.mark.usefixtures("plugins")
def test_trace_hooks(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, install: Install
) -> None:
    """The option traces calls as the variable does, without setting the variable permanently."""
    monkeypatch.delenv("IDIOLECT_TRACE_HOOKS", raising=False)
    source = "from idiolect.hooks import hookimpl\n@hookimpl\ndef register_templates(): return []\n"
    install("my-hooks", source, group="idiolect.plugins", entry="mine")

    main(["--trace-hooks", "list_templates"])

    traced = capsys.readouterr().err
    assert "hook register_templates [plugin my-hooks:mine] -> [[]]" in traced
    assert "IDIOLECT_TRACE_HOOKS" not in os.environ
