"""`idiolect plugins` lists installed plugins and their problems, without failing itself."""

from __future__ import annotations

import io
import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from idiolect import command
from idiolect.config import Config
from idiolect.ddl.impl import DefaultImpl
from idiolect.errors import CommandError
from idiolect.hooks import hookimpl
from idiolect.hooks.manager import get_manager

from .conftest import GOOD

if TYPE_CHECKING:
    from collections.abc import Callable

    from idiolect.hooks.manager import PluginManager

    from .conftest import Install

LEGACY = """
from idiolect.ddl.impl import DefaultImpl

class MineImpl(DefaultImpl):
    __dialect__ = {dialect!r}

class dialect:
    pass
"""


CAPABLE = {
    "impl_class": "my_db:Impl",
    "transactional_scripts": False,
    "autocommit_block": True,
    "statement_terminator": "my-db",
    "batch_separator": "",
}


def report(*, strict: bool = False) -> dict[tuple[str, str], str]:
    """Return each reported state by kind and distribution."""
    config = Config(stdout=io.StringIO())
    try:
        command.plugins(config, strict=strict)
    finally:
        text = config.stdout.getvalue()  # type: ignore[attr-defined] # it is the StringIO
    heading, *lines = text.splitlines()
    at = [heading.index(word) for word in ("distribution", "module", "state")]
    return {(line.split()[0], line[at[0] : at[1]].strip()): line[at[2] :] for line in lines}


def document() -> dict[tuple[str, str], dict[str, Any]]:
    """Return each entry of the report as a document, by kind and name."""
    config = Config(stdout=io.StringIO())
    command.plugins(config, format="json")
    found = json.loads(config.stdout.getvalue())  # type: ignore[attr-defined] # as above
    assert 1 == found["version"]
    return {(each["kind"], each["name"]): each for each in found["plugins"]}


@pytest.mark.usefixtures("plugins")
def test_a_plugin_that_raises(install: Install) -> None:
    """It is listed as broken, and the others are listed too."""
    install("my-db", f"{GOOD.format(name='x')}\n@hookimpl\ndef autocommit_level(): return 1 / 0\n")
    install("my-hooks", "X = 1", group="idiolect.plugins", entry="mine")
    states = report()

    assert "ok: implements no hook" == states["plugin", "my-hooks 1.2"]
    assert states["dialect", "my-db 1.2"].startswith("broken: ZeroDivisionError in the hook 'auto")


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


@pytest.mark.usefixtures("plugins")
def test_document(install: Install, disable: Callable[[str], None]) -> None:
    """The document has the documented keys, and the same facts as the table."""
    install("my-db")
    install("my-broken", "import nowhere_to_be_found", group="idiolect.plugins", entry="broken")
    install("my-off", group="idiolect.plugins", entry="off")
    disable("my-off")
    found = document()
    seconds = found["dialect", "mysql"].pop("load_seconds")
    file = found["dialect", "mysql"].pop("file")

    assert seconds > 0
    assert file.endswith("my_db.py")
    assert {
        "kind": "dialect",
        "name": "mysql",
        "dialect": "mysql",
        "module": "my_db",
        "distribution": "my-db",
        "version": "1.2",
        "state": "ok",
        "problem": None,
        "loaded": False,
        "hooks": ["get_impl_class"],
        "wins": True,
        "why": "the plugin that a distribution offers for the dialect",
        "capabilities": CAPABLE,
    } == found["dialect", "mysql"]
    assert "broken" == found["plugin", "broken"]["state"]
    assert "nowhere_to_be_found" in found["plugin", "broken"]["problem"]
    assert "disabled" == found["plugin", "off"]["state"]
    assert found["plugin", "off"]["file"] is None


def test_what_this_process_loaded(plugins: PluginManager, install: Install) -> None:
    """Plugins that were used or registered in code are shown as loaded."""
    install("my-db")
    plugins.load_dialect("mysql")

    class Mine:
        @hookimpl
        def get_impl_class(self) -> type[DefaultImpl]:
            return DefaultImpl

    plugins.register(Mine(), "mine", dialect="mysql")
    found = document()

    assert found["dialect", "mysql"]["loaded"]
    assert found["registered", "mine"]["loaded"]
    assert ["get_impl_class"] == found["registered", "mine"]["hooks"]
    assert (False, True) == (
        found["dialect", "mysql"]["wins"],
        found["registered", "mine"]["wins"],
    )


@pytest.mark.usefixtures("plugins")
def test_legacy_classes(install: Install) -> None:
    """A DefaultImpl subclass of a SQLAlchemy dialect from outside is shown, and wins."""
    install("my-db")
    install(
        "old-mysql",
        LEGACY.format(dialect="mysql"),
        group="sqlalchemy.dialects",
        entry="mysql.old",
        value="old_mysql:dialect",
    )
    install(
        "old-other",
        LEGACY.format(dialect="other"),
        group="sqlalchemy.dialects",
        entry="other",
        value="old_other:dialect",
    )
    install("no-driver", "import a_driver", group="sqlalchemy.dialects", entry="third")
    found = document()

    assert "old_mysql:MineImpl" == found["legacy", "mysql"]["module"]
    assert found["legacy", "mysql"]["wins"]
    assert not found["dialect", "mysql"]["wins"]
    assert found["legacy", "other"]["wins"]
    assert ("legacy", "third") not in found


@pytest.mark.usefixtures("plugins")
def test_unknown_format() -> None:
    """The error for an unknown format lists the known ones."""
    with pytest.raises(CommandError, match="'text' or 'json'"):
        command.plugins(Config(stdout=io.StringIO()), format="yaml")
