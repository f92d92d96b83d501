"""Entry points of installed distributions, read without importing anything."""

from __future__ import annotations

import sys
import zipfile
from typing import TYPE_CHECKING

import pytest

from idiolect.hooks import entrypoints

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

ENTRIES: Mapping[str, tuple[str, list[tuple[str, str]]]] = {
    "plain": ("[g]\na = m:x\n", [("a", "m:x")]),
    "spaces and comments": ("# c\n[g]\n ; d\n a=m\nb  =  n : y\n", [("a", "m"), ("b", "n:y")]),
    "extras": ("[g]\na = m:x [fast]\n", [("a", "m:x")]),
    "other groups": ("[h]\nz = no\n[g]\na = m\n[i]\ny = no\n", [("a", "m")]),
    "none": ("[gg]\na = m\n", []),
}


@pytest.mark.parametrize(("text", "expected"), ENTRIES.values(), ids=ENTRIES)
def test_entry_points_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, expected: list[tuple[str, str]]
) -> None:
    """As the packaging specification writes them."""
    info = tmp_path / "thing-1.dist-info"
    info.mkdir()
    (info / "entry_points.txt").write_text(text)
    monkeypatch.setattr(sys, "path", [str(tmp_path), str(tmp_path / "nowhere")])
    found = [(source.name, source.value) for source in entrypoints.find("g")]
    assert expected == found


VERSIONS = {
    "my_db-1.2.dist-info": "my-db 1.2",
    "My_DB-1.2rc1.dist-info": "my-db 1.2rc1",
    "my_db-1.2-py3.11.egg-info": "my-db 1.2",
    "my_db.egg-info": "my-db ?",
}


@pytest.mark.parametrize(("folder", "label"), VERSIONS.items())
def test_distribution_and_version(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: str, label: str
) -> None:
    """They are parsed from the name of the metadata's folder, whichever tool installed it."""
    (tmp_path / folder).mkdir()
    (tmp_path / folder / "entry_points.txt").write_text("[g]\na = m\n")
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    assert [label] == [source.label for source in entrypoints.find("g")]


def test_metadata_that_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It has no entry points, and causes no error."""
    (tmp_path / "none-1.dist-info").mkdir()
    broken = tmp_path / "broken-1.dist-info"
    broken.mkdir()
    (broken / "entry_points.txt").write_bytes(b"[g]\na = \xff\n")
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    assert [] == entrypoints.find("g")


def test_what_an_extra_installs() -> None:
    """It comes from the core's own metadata, so that the code names no dialect."""
    assert "idiolect-postgresql" == entrypoints.offering_distribution("postgresql")
    assert entrypoints.offering_distribution("nothing") is None


def test_distributions_in_a_zip_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program that is one file has its plugins in it; another file on the path has none."""
    path = tmp_path / "program.pyz"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("zipped_plugin.py", "class Plugin:\n    pass\n")
        archive.writestr(
            "Zipped_Plugin-1.2.dist-info/METADATA", "Name: Zipped_Plugin\nVersion: 1.2"
        )
        archive.writestr(
            "Zipped_Plugin-1.2.dist-info/entry_points.txt",
            "[idiolect.dialects]\nzipped = zipped_plugin:Plugin\n",
        )
    (tmp_path / "notes.txt").write_text("no archive")
    monkeypatch.setattr(sys, "path", [str(tmp_path / "notes.txt"), str(path), *sys.path])
    (found,) = entrypoints.find(entrypoints.DIALECTS, "zipped")
    assert ("zipped-plugin 1.2", "Plugin") == (found.label, found.load().__name__)
    sys.modules.pop("zipped_plugin")
