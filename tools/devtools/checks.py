"""Checks of the code besides its tests: lint, format, types, layers, the site of the docs.

All checks run, even if one fails; failures are summarised at the end.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from devtools import environment
from devtools.shell import Failure, announce, run

if TYPE_CHECKING:
    from pathlib import Path

_CHECKS = (
    ("ruff", "check"),
    ("ruff", "format", "--check"),
    ("mypy",),
    # With the oldest and the newest Python; the cache has a folder for each.
    ("mypy", "--python-version", "3.14"),
    ("lint-imports", "--no-logo"),
    # A link that leads nowhere, a page outside of the menu and the like are errors.
    ("mkdocs", "build", "--quiet", "--strict"),
)


#: Without the theme's advertisement.
_ENVIRONMENT = {"NO_MKDOCS_2_WARNING": "1"}


def check(venv: Path) -> None:
    """Run all checks.

    Raises:
        Failure: one of them found something; it names them.
    """
    python = developer_venv(venv)
    failed = []
    for program, *arguments in _CHECKS:
        shown = " ".join((program, *arguments))
        try:
            run([python.with_name(program), *arguments], env=_ENVIRONMENT, shown_as=shown)
        except Failure:
            failed.append(shown)
    if failed:
        raise Failure(f"Failed: {', '.join(failed)}.")
    announce("All checks passed.")


def developer_venv(venv: Path, *more: str) -> Path:
    """Make the venv of the tests and checks: all packages editable, and what tests them.

    Args:
        venv: its folder.
        more: what else to install, or in which release.

    Returns:
        Its Python.
    """
    wanted = [each for name in ("test", "lint", "docs") for each in environment.group(name)]
    wanted += more
    return environment.make(venv, wanted, packages=environment.PACKAGES)
