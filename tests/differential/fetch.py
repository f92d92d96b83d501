"""Pinned distributions from the package index, unpacked below the developers' cache.

They are fetched once, by pip, and never installed but put on the path of the two tools. Without a
network the tests that need them are skipped; in CI they fail.
"""

from __future__ import annotations

import hashlib
import shutil
import tarfile
from typing import TYPE_CHECKING

import pytest

from tests.differential.reference import (
    RELEASE,
    alone,
    cached_folder,
    missing,
    reference_python,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

WRONG_HASH = "THESE PACKAGES DO NOT MATCH"


def fetched(name: str, requirements: tuple[str, ...], sha256: str | None = None) -> Path:
    """Return a folder with unpacked pinned distributions, fetched if necessary.

    Args:
        name: the folder's name.
        requirements: pinned, in pip's syntax.
        sha256: hash of the first distribution's file; None: not verified.

    Raises:
        pytest.skip.Exception: the package index did not answer; in CI that is a failure.
    """

    def fill(folder: Path) -> None:
        named = list(requirements)
        wheels = folder.with_suffix(".wheels")
        if sha256 is not None:
            shutil.rmtree(wheels, ignore_errors=True)
            hashed = _hashed(folder, requirements[0], sha256)
            _pip("download", "--no-deps", "--dest", str(wheels), *hashed)
            (named[0],) = map(str, wheels.iterdir())
        # All at once: pip does not add to the folder of a package that is there.
        _pip("install", "--no-deps", "--no-compile", "--target", str(folder), *named)
        shutil.rmtree(wheels, ignore_errors=True)

    return _made(name, (requirements, sha256), fill)


def fetched_source(requirement: str, sha256: str) -> Path:
    """Return the unpacked folder of one source distribution, its tests included if it has any.

    Args:
        requirement: pinned, as pip takes it.
        sha256: of the archive.

    Raises:
        pytest.skip.Exception: the package index did not answer; in CI that is a failure.
    """

    def fill(folder: Path) -> None:
        hashed = _hashed(folder, requirement, sha256)
        _pip("download", "--no-deps", "--no-binary", ":all:", "--dest", str(folder), *hashed)
        (archive,) = folder.glob("*.tar.gz")
        with tarfile.open(archive) as opened:
            # Python before 3.11.4 has no filters, and no such argument.
            opened.extraction_filter = getattr(tarfile, "data_filter", None)
            opened.extractall(folder)
        archive.unlink()

    (source,) = _made(requirement.partition("=")[0], (requirement, sha256), fill).iterdir()
    return source


def _made(name: str, of: object, fill: Callable[[Path], None]) -> Path:
    digest = hashlib.sha256(repr(of).encode()).hexdigest()[:12]
    folder = cached_folder() / "published" / f"{name}-{digest}-py{RELEASE}"
    folder.parent.mkdir(parents=True, exist_ok=True)
    with alone(folder.with_suffix(".lock")):
        if not folder.exists():
            making = folder.with_suffix(".making")
            shutil.rmtree(making, ignore_errors=True)
            making.mkdir()
            fill(making)
            making.rename(folder)
    return folder


def _hashed(folder: Path, requirement: str, sha256: str) -> tuple[str, ...]:
    """Return the words that make pip take the one file with this hash and no other."""
    listed = folder.with_suffix(".txt")
    listed.write_text(f"{requirement} --hash=sha256:{sha256}\n", encoding="utf-8")
    return ("--require-hashes", "--requirement", str(listed))


def _pip(command: str, *words: str) -> None:
    from devtools import environment, shell

    pip = [str(reference_python()), "-m", "pip", command, "--quiet", *words]
    done = shell.fetch(pip, env=environment.PIP_SETTINGS)
    if not done.returncode:
        return
    message = f"pip {command} {' '.join(words)} failed:\n{shell.tail(done.stdout)}"
    if WRONG_HASH in done.stdout:
        pytest.fail(message, pytrace=False)
    # Without a network nothing can be said.
    missing(f"not fetched from the package index; {message}")
