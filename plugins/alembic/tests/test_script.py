"""The command ``alembic`` of a separate distribution."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable

    Python = Callable[..., subprocess.CompletedProcess[str]]

PACKAGE = Path(__file__).parents[1]
#: What the console script does.
START = "from idiolect_alembic.script import main; main()"


def test_the_script_runs_idiolect(python: Python) -> None:
    """It is Idiolect's command line under another name, without additional output."""
    done = python("-c", START, "--version")

    assert (0, "") == (done.returncode, done.stderr)
    assert done.stdout.startswith("alembic 0.")


def test_the_real_alembic_beside_it_is_told(python: Python, real_alembic: Path) -> None:
    """If both are installed, each run says which it is, and how to run the other."""
    done = python("-c", START, "--version", path=real_alembic)

    assert 0 == done.returncode
    assert done.stderr.startswith("alembic: this is Idiolect 0.")
    assert "Alembic 1.9.4 is installed too; 'python -m alembic' runs it." in done.stderr


def test_the_distribution_brings_the_command_alone() -> None:
    """The extra names a distribution with one console script, of this package's series."""
    extra = tomllib.loads((PACKAGE / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    own = tomllib.loads((PACKAGE / "script" / "pyproject.toml").read_text(encoding="utf-8"))
    license_text = (PACKAGE / "LICENSE").read_text(encoding="utf-8")

    assert ["idiolect-alembic-script>=0.1,<1"] == extra["optional-dependencies"]["script"]
    assert {"alembic": "idiolect_alembic.script:main"} == own["project"]["scripts"]
    assert extra["version"] == own["project"]["version"]
    assert license_text == (PACKAGE / "script" / "LICENSE").read_text(encoding="utf-8")
