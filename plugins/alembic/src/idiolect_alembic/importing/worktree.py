"""Checks with git whether the files to be rewritten can be restored.

Files outside of any working tree are not checked; the printed diff can restore them.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

from idiolect.errors import CommandError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_WAY_OUT = "Commit them first, or give --force to write all the same. Nothing was written."
_SHOWN = 5
#: Variables with which a hook or an editor redirects git to another working tree.
_OTHER_TREE = ("GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE")


def require_committed(paths: Iterable[Path]) -> None:
    """Make sure that all files are committed to git.

    Args:
        paths: the files to be changed.

    Raises:
        CommandError: a file is untracked or modified, or git cannot be run.
    """
    trees: dict[Path, list[Path]] = {}
    for path in paths:
        # Changes apply to the target of a link.
        target = path.resolve()
        tree = next((each for each in target.parents if (each / ".git").exists()), None)
        if tree is not None:
            trees.setdefault(tree, []).append(target)
    uncommitted = [name for tree, files in trees.items() for name in _uncommitted(tree, files)]
    if uncommitted:
        more = f" and {len(uncommitted) - _SHOWN} more" if len(uncommitted) > _SHOWN else ""
        raise CommandError(
            "These files have changes that are not committed: "
            f"{', '.join(uncommitted[:_SHOWN])}{more}. {_WAY_OUT}"
        )


def _uncommitted(tree: Path, files: list[Path]) -> list[str]:
    """Return the untracked or modified files, relative to the working tree."""
    tracked = _names(tree, "ls-files", "-z")
    changes = _names(tree, "status", "--porcelain", "-z", "--no-renames", "--untracked-files=no")
    changed = {each[len("XY ") :] for each in changes}
    names = [file.relative_to(tree).as_posix() for file in files]
    return [name for name in names if name not in tracked or name in changed]


def _names(tree: Path, *words: str) -> set[str]:
    program = shutil.which("git")
    if program is None:
        raise CommandError(
            f"There is a git working tree in {str(tree)!r}, but no git to ask whether its files "
            f"are committed. {_WAY_OUT}"
        )
    done = subprocess.run(  # noqa: S603 - fixed words
        [program, "-C", str(tree), *words],
        env={key: value for key, value in os.environ.items() if key not in _OTHER_TREE},
        capture_output=True,
        check=False,
    )
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        raise CommandError(
            f"git cannot tell which files of {str(tree)!r} are committed: "
            f"{said[0] if said else done.returncode}. {_WAY_OUT}"
        )
    return {*map(os.fsdecode, done.stdout.split(b"\0"))}
