"""Unpacks Debian packages without installing them, in the same way for root and other users.

The system is not changed: apt works on separate lists, packages are unpacked into the cache
folder, and no package script runs, so no system service is started.
"""

from __future__ import annotations

import hashlib
import re
import shutil
from pathlib import Path

from devtools.shell import Failure, alone, announce, attempt, cache_folder, insist, tail

_TO_INSTALL = re.compile(r"^Inst (\S+) (?:\[[^]]*\] )?\((\S+)", re.MULTILINE)


def is_available() -> bool:
    """Return whether this system has the tools of Debian."""
    return all(shutil.which(program) for program in ("apt-get", "apt-cache", "dpkg"))


def unpack(*packages: str, with_dependencies: bool = True) -> Path:
    """Unpack packages and missing dependencies, or return the folder if they are unpacked already.

    Args:
        packages: names of Debian packages.
        with_dependencies: False for packages whose files are used on their own.

    Returns:
        The root folder, with `usr/bin` and so on below it.

    Raises:
        Failure: apt cannot provide the packages.
    """
    target = cache_folder() / "debian" / _label(packages)
    # Workers of one run of the tests, and several runs, may want it at once.
    with alone(target.with_suffix(".lock")):
        if not target.is_dir():
            # A list that could not be updated is told by a warning alone: all is done again.
            insist(lambda: _fill(target, packages, with_dependencies=with_dependencies))
    return target


def _fill(target: Path, packages: tuple[str, ...], *, with_dependencies: bool) -> None:
    announce(f"fetching the Debian package{'s' if len(packages) > 1 else ''} {' '.join(packages)}")
    options = _own_lists(target.with_suffix(".apt"))
    _apt(["apt-get", *options, "update", "-qq"])
    wanted = _choose(packages, options) if with_dependencies else list(packages)
    archives = target.with_suffix(".archives")
    shutil.rmtree(archives, ignore_errors=True)
    archives.mkdir(parents=True)
    _apt(["apt-get", *options, "download", "-qq", *wanted], cwd=archives)

    # Only a complete folder bears the final name: a run that was interrupted leaves no half of one.
    partial = target.with_suffix(".partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir()
    for archive in sorted(archives.glob("*.deb")):
        _apt(["dpkg", "-x", str(archive), str(partial)])
    partial.rename(target)
    shutil.rmtree(archives)
    shutil.rmtree(target.with_suffix(".apt"))


def library_path(root: Path) -> str:
    """Give the value of LD_LIBRARY_PATH that lets programs below an unpacked root start."""
    patterns = ("lib/*-linux-gnu*", "usr/lib/*-linux-gnu*", "lib", "usr/lib")
    folders = [folder for pattern in patterns for folder in sorted(root.glob(pattern))]
    return ":".join(str(folder) for folder in folders if folder.is_dir())


def missing(simulation: str) -> list[str]:
    """Read what apt would install.

    Args:
        simulation: output of `apt-get install --simulate`.

    Returns:
        `name=version` of each package, in the order of installation.
    """
    return [f"{name}={version}" for name, version in _TO_INSTALL.findall(simulation)]


def _label(packages: tuple[str, ...]) -> str:
    release = attempt(["dpkg", "--print-architecture"]).stdout + _read_release()
    return (
        f"{packages[0]}-{hashlib.sha256((release + ' '.join(packages)).encode()).hexdigest()[:8]}"
    )


def _read_release() -> str:
    release = Path("/etc/os-release")
    return release.read_text(encoding="utf-8") if release.exists() else ""


def _own_lists(state: Path) -> list[str]:
    for folder in ("state/lists/partial", "cache/archives/partial", "log"):
        (state / folder).mkdir(parents=True, exist_ok=True)
    settings = {
        "Dir::State": state / "state",
        "Dir::State::status": "/var/lib/dpkg/status",
        "Dir::Cache": state / "cache",
        "Dir::Log": state / "log",
        # The user _apt may not enter the folder of somebody else.
        "APT::Sandbox::User": "root",
        "Acquire::Retries": 5,
    }
    return [word for key, value in settings.items() for word in ("-o", f"{key}={value}")]


def _choose(packages: tuple[str, ...], options: list[str]) -> list[str]:
    command = ["apt-get", *options, "install", "--simulate", "--no-install-recommends", *packages]
    # Where all are installed, what is wanted is their files all the same.
    return missing(_apt(command)) or list(packages)


def _apt(command: list[str], *, cwd: Path | None = None) -> str:
    done = attempt(command, cwd=cwd, env={"LC_ALL": "C", "DEBIAN_FRONTEND": "noninteractive"})
    if done.returncode:
        raise Failure(f"{' '.join(command[:1] + command[-4:])} failed:\n{tail(done.stdout)}")
    return done.stdout
