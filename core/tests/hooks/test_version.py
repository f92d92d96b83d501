"""A plugin for other hook versions is rejected; the error has both versions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from idiolect.errors import HookError
from idiolect.hooks import version
from idiolect.migration import MigrationContext

if TYPE_CHECKING:
    from idiolect.hooks.manager import PluginManager

    from .conftest import Install

SOURCE = """
from idiolect.ddl.impl import DefaultImpl
from idiolect.hooks import hookimpl

idiolect_hookspec = {declared!r}

class Impl(DefaultImpl):
    pass

@hookimpl
def get_impl_class():
    return Impl
"""


@pytest.mark.parametrize(
    ("declared", "fits"),
    [
        (">=1,<2", False),
        (">=2", True),
        (">= 2.3 , < 3", True),
        (">=2.4", False),
        (">2.2", True),
        (">2.3", False),
        (">2", False),
        ("<=2", True),
        ("<=2.2", False),
        ("==2", True),
        ("==2.3", True),
        ("==2.2", False),
        ("<3,>=1", True),
    ],
)
def test_ranges(monkeypatch: pytest.MonkeyPatch, declared: str, fits: bool) -> None:
    """All comparisons must hold; a bound with one number applies to the major version only."""
    monkeypatch.setattr(version, "HOOKSPEC_VERSION", (2, 3))
    plugin = type("Plugin", (), {"idiolect_hookspec": declared})
    assert fits is (version.misfit(plugin) == "")


@pytest.mark.parametrize(
    "declared", ["", "1", "~=1.0", ">=1.2.3", ">=1,", "one", 1, (1, 0), b">=1"]
)
def test_what_is_no_range(plugins: PluginManager, declared: object) -> None:
    """It is an error of the plugin that shows the form."""
    plugin = type("Plugin", (), {"idiolect_hookspec": declared})()
    with pytest.raises(HookError, match=r"expected comparisons such as '>=1,<2'"):
        plugins.register(plugin)
    assert [] == plugins.plugins()


@pytest.mark.usefixtures("plugins")
def test_a_dialect_for_other_hooks(install: Install) -> None:
    """The error names distribution, version and both ranges, and the way out."""
    install("my-db", SOURCE.format(declared=">=7,<9"))
    with pytest.raises(HookError) as caught:
        MigrationContext.configure(dialect_name="mysql", opts={"as_sql": True})
    message = str(caught.value)
    major, minor = version.HOOKSPEC_VERSION
    assert "The plugin 'my-db:mysql' of my-db 1.2 does not fit" in message
    assert "supports hooks >=7,<9" in message
    assert f"has hooks {major}.{minor}, which supports plugins for >={major}," in message
    assert "Upgrade my-db, or switch the plugin off with IDIOLECT_DISABLE_PLUGINS=" in message


@pytest.mark.usefixtures("plugins")
def test_a_dialect_for_these_hooks(install: Install) -> None:
    """It is loaded as one that declares nothing."""
    install("my-db", SOURCE.format(declared=f">={version.HOOKSPEC_VERSION[0]}"))
    context = MigrationContext.configure(dialect_name="mysql", opts={"as_sql": True})
    assert "my_db" == type(context.impl).__module__
