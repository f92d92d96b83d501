"""The demo's reading of a URL."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from devtools import demo
from devtools.shell import Failure

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("url", "plugin"),
    [
        pytest.param(None, "plugins/sqlite", id="no-url"),
        pytest.param("sqlite:///a.db", "plugins/sqlite", id="sqlite"),
        pytest.param("postgresql://h/d", "plugins/postgresql[psycopg]", id="default-driver"),
        pytest.param("postgresql+pg8000://h/d", "plugins/postgresql[pg8000]", id="driver"),
    ],
)
def test_a_url_chooses_plugin_and_driver(url: str | None, plugin: str) -> None:
    """The backend names the plugin, the driver its extra."""
    assert plugin == demo.plugin_for(url)


@pytest.mark.parametrize("url", ["", "nonsense", "alembic://h/d", "redshift://h/d"])
def test_a_url_without_a_plugin_is_refused(url: str) -> None:
    """The message names the backend and the existing plugins."""
    with pytest.raises(Failure, match=r"backend .*; there are plugins/sqlite, plugins/postgresql"):
        demo.plugin_for(url)


def test_only_the_url_is_changed(tmp_path: Path) -> None:
    """The other lines stay, and a percent sign survives the interpolation."""
    ini = tmp_path / "idiolect.ini"
    ini.write_text("[idiolect]\nsqlalchemy.url = sqlite://\nother = 1\n", encoding="utf-8")

    demo.set_url(ini, r"postgresql://u:p%40\1@h/d")

    expected = "[idiolect]\nsqlalchemy.url = postgresql://u:p%%40\\1@h/d\nother = 1\n"
    assert expected == ini.read_text(encoding="utf-8")
