"""Asks git which files were added or changed since a branch began."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from idiolect.errors import CommandError

if TYPE_CHECKING:
    from collections.abc import Sequence


def changed_since(reference: str, folders: Sequence[str]) -> set[Path]:
    """Return the files that differ from the merge base with a reference, and untracked ones.

    Args:
        reference: a branch, tag or commit.
        folders: where to look.

    Raises:
        CommandError: git cannot be run, the folders are in no repository, or the reference is
            unknown.
    """
    folder = folders[0]
    top = Path(_git(folder, "rev-parse", "--show-toplevel").strip())
    listed = ["--others", "--exclude-standard"]
    changed = ""
    if reference == "HEAD" and not _knows(folder, reference):
        # Before the first commit, as in a hook that runs before it, all files are new.
        listed.append("--cached")
    else:
        base = _merge_base(folder, reference, top)
        # Also what is not committed.
        changed = _git(
            folder, "diff", "--name-only", "--no-relative", "--diff-filter=d", "-z", base
        )
    places = [os.path.realpath(each) for each in folders]
    others = _git(str(top), "ls-files", *listed, "--full-name", "-z", "--", *places)
    names = {*changed.split("\0"), *others.split("\0")} - {""}
    return {(top / name).resolve() for name in names}


def _knows(folder: str, reference: str) -> bool:
    command = ["rev-parse", "--verify", "--quiet", "--end-of-options", f"{reference}^{{commit}}"]
    return _run(folder, *command).returncode == 0


def _merge_base(folder: str, reference: str, top: Path) -> str:
    if reference.startswith("-") or not _knows(folder, reference):
        branch = re.split(r"[~^@]", reference.removeprefix("origin/"))[0]
        raise CommandError(
            f"--since {reference}: git knows no branch, tag or commit of this name in "
            f"{str(top)!r}. In CI, fetch a branch before: git fetch origin {branch}"
        )
    done = _run(folder, "merge-base", reference, "HEAD")
    if done.returncode:
        raise CommandError(
            f"--since {reference}: git finds no commit from which both {reference} and the current "
            "one descend. A shallow clone lacks it: fetch the whole history (fetch-depth: 0 of "
            "actions/checkout)."
        )
    return done.stdout.strip()


def _git(folder: str, *arguments: str) -> str:
    done = _run(folder, *arguments)
    if done.returncode:
        raise CommandError(
            f"--since needs a git repository around {folder!r}, and git says: "
            f"{done.stderr.strip() or f'exit status {done.returncode}'}"
        )
    return done.stdout


def _run(folder: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(  # noqa: S603 - no shell
            ["git", "-C", folder, *arguments],  # noqa: S607 - the git of the user's PATH
            capture_output=True,
            check=False,
            encoding="utf-8",
            errors="surrogateescape",
        )
    except OSError as exc:
        raise CommandError(
            f"--since needs git, which cannot be run: {exc.strerror or exc}. Install it, or name "
            "the revisions to check."
        ) from exc
