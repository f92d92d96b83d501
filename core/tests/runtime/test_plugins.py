"""Plugins that distributions publish for Alembic."""

from __future__ import annotations

import sys
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import TYPE_CHECKING

import pytest

from idiolect.errors import CommandError
from idiolect.migration import MigrationContext
from idiolect.runtime import plugins, published

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("sqlite")
SETUP = "names = []\ndef setup(plugin):\n    names.append(plugin.name)\n"


class Loader:
    """A loader that could be the alias's."""


Loader.__module__ = "idiolect_stand_in"


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return a folder where modules and a distribution's metadata are found."""
    record = tmp_path / "acme_plugin-1.0.dist-info"
    record.mkdir()
    (record / "entry_points.txt").write_text("[alembic.plugins]\nacme.views = acme_views_plugin\n")
    (tmp_path / "acme_views_plugin.py").write_text(SETUP)
    monkeypatch.syspath_prepend(str(tmp_path))
    yield tmp_path
    sys.modules.pop("acme_views_plugin", None)
    if "acme.views" in plugins._all_plugins:
        plugins._all_plugins["acme.views"].remove()


@pytest.fixture
def alias(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Let ``alembic`` be a module of ours."""
    module = ModuleType("alembic")
    module.__spec__ = ModuleSpec("alembic", Loader())  # type: ignore[arg-type]
    monkeypatch.setitem(sys.modules, "alembic", module)
    return module


@pytest.mark.usefixtures("site", "alias")
def test_published_plugins_are_set_up_once() -> None:
    """The first context sets them up, under the name of the entry."""
    MigrationContext.configure(dialect_name="sqlite")
    MigrationContext.configure(dialect_name="sqlite")
    assert ["acme.views"] == sys.modules["acme_views_plugin"].names
    assert "acme.views" in {plugin.name for plugin in plugins.all_plugins()}


@pytest.mark.usefixtures("alias")
def test_threads_wait_until_they_are_set_up(site: Path) -> None:
    """A context of another thread has all comparators, however long setup() takes."""
    (site / "acme_views_plugin.py").write_text(
        "import threading\n"
        "from idiolect.runtime.published import load_published\n"
        "done = []\n"
        "def other():\n    load_published()\n    done.append('other')\n"
        "def setup(plugin):\n"
        "    thread = threading.Thread(target=other)\n"
        "    thread.start()\n"
        "    thread.join(0.2)\n"
        "    done.append('setup')\n"
        "    done.append(thread)\n"
    )
    published.load_published()
    done = sys.modules["acme_views_plugin"].done
    thread = done.pop(1)
    thread.join()
    assert ["setup", "other"] == done


def test_they_are_left_alone_where_alembic_is_not_ours(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They import alembic, which would be another tool, or nothing."""
    (site / "alembic").mkdir()
    (site / "alembic" / "__init__.py").write_text("")
    monkeypatch.delitem(sys.modules, "alembic", raising=False)
    # A test that ran a command in this process may have activated the alias.
    others = [each for each in sys.meta_path if not type(each).__module__.startswith("idiolect")]
    monkeypatch.setattr(sys, "meta_path", others)
    MigrationContext.configure(dialect_name="sqlite")
    assert "acme_views_plugin" not in sys.modules


@pytest.mark.usefixtures("alias")
def test_a_collection_of_modules_is_a_former_form(site: Path) -> None:
    """Its first module counts, with a warning."""
    (site / "acme_views_plugin.py").write_text(
        f"{SETUP}import sys\ncollection = [sys.modules[__name__]]\n"
    )
    entry = site / "acme_plugin-1.0.dist-info" / "entry_points.txt"
    entry.write_text("[alembic.plugins]\nacme.views = acme_views_plugin:collection\n")
    with pytest.warns(DeprecationWarning, match=r"'acme.views' refers to a collection"):
        MigrationContext.configure(dialect_name="sqlite")
    assert ["acme.views"] == sys.modules["acme_views_plugin"].names


@pytest.mark.usefixtures("alias")
@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("import nosuchthing", "'acme.views' of acme-plugin 1.0 cannot be loaded.*'nosuchthing'"),
        ("x = 1", "'acme.views': module 'acme_views_plugin' has no function setup"),
    ],
    ids=["fails", "no setup"],
)
def test_one_that_cannot_be_used_is_told(site: Path, code: str, said: str) -> None:
    """The error names the plugin, and what is wrong."""
    (site / "acme_views_plugin.py").write_text(code)
    with pytest.raises(CommandError, match=said):
        MigrationContext.configure(dialect_name="sqlite")


@pytest.mark.usefixtures("site", "alias")
def test_they_can_be_switched_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment variable that switches plugins off names them, too."""
    monkeypatch.setenv("IDIOLECT_DISABLE_PLUGINS", "acme.views")
    MigrationContext.configure(dialect_name="sqlite")
    assert "acme_views_plugin" not in sys.modules


def test_plugins_that_are_put_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """They come before those that are older, in their own order."""
    monkeypatch.setattr(plugins, "_all_plugins", {})
    made = [plugins.Plugin(name) for name in ("mine", "core.b", "core.a")]

    plugins.move_to_front(made[1:])

    assert ["core.b", "core.a", "mine"] == [plugin.name for plugin in plugins.all_plugins()]
