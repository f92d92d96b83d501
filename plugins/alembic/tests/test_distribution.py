"""The distribution ``alembic`` in :mod:`importlib.metadata`."""

from __future__ import annotations

from importlib import metadata
from typing import TYPE_CHECKING

import pytest

import idiolect_alembic

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("name", ["alembic", "Alembic"])
@pytest.mark.usefixtures("active")
def test_the_version_is_the_api_level(name: str) -> None:
    """The version is answered although no such distribution is installed."""
    assert metadata.version(name) == "1.20.1"
    assert metadata.distribution(name).metadata["Name"] == "alembic"
    assert metadata.files(name) is None
    assert metadata.version(name) == idiolect_alembic.API_LEVEL


@pytest.mark.usefixtures("active")
def test_without_the_real_package_there_are_no_files_or_entry_points() -> None:
    """The alias alone has no entry points, and locating a file raises an error."""
    alone = metadata.distribution("alembic")

    assert list(alone.entry_points) == []
    with pytest.raises(metadata.PackageNotFoundError, match="alembic"):
        alone.locate_file("alembic/__init__.py")


@pytest.mark.usefixtures("active")
def test_other_distributions_are_unchanged() -> None:
    """Other names are unchanged, and ``alembic`` is listed once."""
    assert metadata.version("idiolect").partition(".")[0] == "0"
    assert [d.metadata["Name"] for d in metadata.distributions()].count("alembic") == 1
    with pytest.raises(metadata.PackageNotFoundError):
        metadata.version("alembic-of-somebody-else")


def test_the_real_packages_entry_points_stay_visible(
    real_alembic: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the real package installed, its entry points are the same as without the alias."""
    monkeypatch.syspath_prepend(real_alembic)
    expected = list(metadata.entry_points(group="alembic.plugins"))

    idiolect_alembic.activate()
    try:
        assert expected == list(metadata.entry_points(group="alembic.plugins"))
        assert [entry.name for entry in expected] == ["x"]
        assert metadata.version("alembic") == "1.20.1"
        place = metadata.distribution("alembic").locate_file("alembic")
        assert str(real_alembic / "alembic") == str(place)
    finally:
        idiolect_alembic.deactivate()
    assert metadata.version("alembic") == "1.9.4"


@pytest.mark.usefixtures("active")
def test_other_environments_are_told_as_they_are(real_alembic: Path) -> None:
    """A search in given folders only uses these folders."""
    there = [
        d.version
        for d in metadata.distributions(path=[str(real_alembic)])
        if d.metadata["Name"] == "alembic"
    ]

    assert there == ["1.9.4"]
