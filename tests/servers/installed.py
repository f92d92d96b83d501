"""Packages that tests write and find installed, without pip."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


def pretend_to_install(source: Path) -> None:
    """Write the metadata that installing a package would write next to its modules."""
    project = tomllib.loads((source / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    record = source / "src" / f"{project['name'].replace('-', '_')}-{project['version']}.dist-info"
    record.mkdir()
    lines = []
    for group, entries in project["entry-points"].items():
        lines += [f"[{group}]", *(f"{name} = {value}" for name, value in entries.items())]
    (record / "entry_points.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (record / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n",
        encoding="utf-8",
    )


def own_tests_of(package: Path) -> subprocess.CompletedProcess[str]:
    """Run the tests that a package includes, with the package installed."""
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider"],
        cwd=package,
        env={**os.environ, "PYTHONPATH": str(package / "src")},
        capture_output=True,
        text=True,
        check=False,
    )


@contextmanager
def installed_for_tests(package: Path) -> Iterator[None]:
    """Let a package of this repository be found as if it were installed."""
    with TemporaryDirectory() as folder:
        source = Path(folder) / "package"
        (source / "src").mkdir(parents=True)
        shutil.copy(package / "pyproject.toml", source)
        pretend_to_install(source)
        added = [str(source / "src"), str(package / "src")]
        sys.path[:0] = added
        try:
            yield
        finally:
            for path in added:
                sys.path.remove(path)
