"""The documented modules of dialects that live elsewhere."""

from __future__ import annotations

import importlib
import importlib.util
from typing import TYPE_CHECKING, Any

import pytest

from idiolect.ddl import base
from idiolect.ddl.forward import forwarder
from idiolect.ddl.signatures import ComparisonResult

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A package with the modules impl and operations."""
    folder = tmp_path / "rooms_of_a_dialect"
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    (folder / "impl.py").write_text("ours = 'impl'")
    (folder / "operations.py").write_text("theirs = 'operations'")
    monkeypatch.syspath_prepend(str(tmp_path))
    return folder.name


def test_names_are_found_in_any_room(package: str) -> None:
    """A documented name is found in whatever module the package defines it."""
    find = forwarder("m", package, "d")
    assert (find("ours"), find("theirs")) == ("impl", "operations")


def test_constructs_of_all_dialects_are_found_too(package: str) -> None:
    """Programs take what Alembic's modules of dialects import from there: it is the same here."""
    find = forwarder("m", package, "d")
    assert (base.ColumnComment, ComparisonResult) == (
        find("ColumnComment"),
        find("ComparisonResult"),
    )


def test_unknown_name_is_an_attribute_error(package: str) -> None:
    """A name that is nowhere is plainly missing."""
    with pytest.raises(AttributeError, match="module 'm' has no attribute 'nope'"):
        forwarder("m", package, "d")("nope")


def test_missing_package_names_what_to_install() -> None:
    """Without the package, the error names the distribution to install."""
    find = forwarder("m", "a_package_that_is_nowhere", "its-distribution")
    with pytest.raises(ImportError, match="'its-distribution', which is not installed: pip"):
        find("Anything")
    with pytest.raises(AttributeError, match="__path__"):
        find("__path__")


@pytest.mark.parametrize(
    ("module", "name"),
    [("sqlite", "SQLiteImpl"), ("postgresql", "PostgresqlImpl")],
)
def test_documented_modules_forward(module: str, name: str) -> None:
    """Each documented module has its impl, or names the missing distribution."""
    documented: Any = importlib.import_module(f"idiolect.ddl.{module}")
    if importlib.util.find_spec(f"idiolect_{module}") is not None:
        assert getattr(documented, name).__dialect__ == module
    else:
        with pytest.raises(ImportError, match=f"pip install idiolect-{module}"):
            getattr(documented, name)
