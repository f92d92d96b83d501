"""What the packages' files promise one another: names, versions, extras, licences, news."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = [ROOT / "core", *sorted(path.parent for path in ROOT.glob("plugins/*/pyproject.toml"))]
NEWS = re.compile(
    r"\d+\.(core|sqlite|postgresql|mysql|mssql|oracle|alembic)\.(added|changed|fixed|removed|security)\.md"
)
LONGEST_FILE = 600
every_package = pytest.mark.parametrize("package", PACKAGES, ids=lambda path: path.name)


def project(package: Path) -> dict[str, Any]:
    """Read the `[project]` table of a package."""
    table: dict[str, Any] = tomllib.loads((package / "pyproject.toml").read_text(encoding="utf-8"))
    return table["project"]  # type: ignore[no-any-return]  # tomllib knows no tables


@every_package
def test_a_package_is_complete(package: Path) -> None:
    """Each package has a README, the project's licence, a typing marker and tests."""
    name = project(package)["name"].replace("-", "_")

    assert (ROOT / "LICENSE").read_text() == (package / "LICENSE").read_text()
    assert (package / "README.md").read_text().startswith(f"# {project(package)['name']}\n")
    assert (package / "src" / name / "py.typed").exists()
    assert any(package.glob("tests/**/test_*.py"))


@every_package
def test_a_plugin_takes_every_core_of_its_series(package: Path) -> None:
    """A plugin accepts the core from this minor version up to the next major one."""
    minor = ".".join(project(ROOT / "core")["version"].split(".")[:2])
    needed = [word for word in project(package)["dependencies"] if word.startswith("idiolect")]

    assert ([] if package.name == "core" else [f"idiolect>={minor},<1"]) == needed


@every_package
def test_an_extra_of_the_core_names_the_distribution_of_a_dialect(package: Path) -> None:
    """For each dialect that a plugin serves the core has an extra of that name."""
    extras = project(ROOT / "core")["optional-dependencies"]
    served = project(package).get("entry-points", {}).get("idiolect.dialects", {})

    named = {dialect: re.split(r"[\[>=<]", extras[dialect][0])[0] for dialect in served}

    assert dict.fromkeys(served, project(package)["name"]) == named


def test_the_lock_file_points_at_the_public_index_alone() -> None:
    """What uv.lock records can be fetched from anywhere."""
    lock = (ROOT / "uv.lock").read_text(encoding="utf-8")

    hosts = set(re.findall(r"\w+://([^/\"]*)", lock))

    assert {"files.pythonhosted.org", "pypi.org"} == hosts


def test_news_fragments_are_named_by_issue_package_and_kind() -> None:
    """A misnamed fragment would be left out of the changelog."""
    misnamed = [path.name for path in (ROOT / "changes").iterdir() if not NEWS.fullmatch(path.name)]

    assert [] == misnamed


def test_a_file_of_source_has_at_most_600_lines() -> None:
    """No module grows past what can be read in one go, except those that a tool writes."""
    lengths = {}
    for path in (found for package in PACKAGES for found in package.glob("src/**/*.py")):
        lines = path.read_text(encoding="utf-8").splitlines()
        if not any(line.startswith("Generated from ") for line in lines[:5]):
            lengths[str(path.relative_to(ROOT))] = len(lines)

    assert lengths
    assert {} == {path: length for path, length in lengths.items() if length > LONGEST_FILE}
