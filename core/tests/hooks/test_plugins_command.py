"""`idiolect plugins` tells what is installed, and what is wrong with it, without needing it."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING

import pytest

from idiolect import command
from idiolect.config import Config
from idiolect.errors import CommandError
from idiolect.hooks.manager import get_manager

if TYPE_CHECKING:
    from collections.abc import Callable

    from .conftest import Install


def report(*, strict: bool = False) -> dict[tuple[str, str], str]:
    """Return each reported state by kind and distribution."""
    config = Config(stdout=io.StringIO())
    try:
        command.plugins(config, strict=strict)
    finally:
        text = config.stdout.getvalue()  # type: ignore[attr-defined] # it is the StringIO
    heading, *lines = text.splitlines()
    at = [heading.index(word) for word in ("distribution", "state")]
    return {(line.split()[0], line[at[0] : at[1]].strip()): line[at[1] :] for line in lines}


@pytest.mark.usefixtures("plugins")
def test_sound_plugins(install: Install) -> None:
    """A sound plugin is shown with its hooks, and not registered by that."""
    install("my-db")
    install("my-hooks", "X = 1", group="idiolect.plugins", entry="mine")
    install("my-start", "def go(): pass", group="idiolect.startup", value="my_start:go")
    states = report()

    assert "ok: get_impl_class" == states["dialect", "my-db 1.2"]
    assert "ok: implements no hook" == states["plugin", "my-hooks 1.2"]
    assert "ok" == states["startup", "my-start 1.2"]
    assert [] == get_manager().plugins()


@pytest.mark.usefixtures("plugins")
@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("import driver_of_mine", "broken: .*needs the module 'driver_of_mine'"),
        (
            "from idiolect.hooks import hookimpl\n@hookimpl\ndef transactional_dll(): ...",
            "broken: .*Did you mean 'transactional_ddl'",
        ),
    ],
    ids=["import", "hook"],
)
def test_broken_plugins(install: Install, source: str, words: str) -> None:
    """A broken one is a line with the reason; with --strict the command fails after it."""
    install("my-db", source)
    install("other", entry="other")
    states = report()

    assert "ok: get_impl_class" == states["dialect", "other 1.2"]
    assert re.match(words, states["dialect", "my-db 1.2"])
    with pytest.raises(CommandError, match=r"cannot be used: 'mysql' of my-db 1\.2"):
        report(strict=True)


@pytest.mark.usefixtures("plugins")
def test_conflicting_and_disabled_plugins(install: Install, disable: Callable[[str], None]) -> None:
    """Two for one dialect conflict, until one of them is disabled."""
    install("one-db")
    install("two-db")
    both = report()
    disable("two_db")
    one = report(strict=True)

    assert both["dialect", "one-db 1.2"].startswith("conflict")
    assert both["dialect", "two-db 1.2"].startswith("conflict")
    assert "ok: get_impl_class" == one["dialect", "one-db 1.2"]
    assert "disabled by IDIOLECT_DISABLE_PLUGINS" == one["dialect", "two-db 1.2"]
