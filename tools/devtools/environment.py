"""Creates virtual environments with Python alone: uv, python3-venv and pip are not required.

A venv has a stamp file with what was installed, so that the second run starts immediately.
"""

from __future__ import annotations

import hashlib
import re
import shlex
import shutil
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from devtools import debian
from devtools.shell import ROOT, Failure, attempt, fetch, insist, run, tail

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

PACKAGES = (
    "core",
    "plugins/sqlite",
    "plugins/postgresql",
    "plugins/mysql",
    "plugins/mssql",
    "plugins/oracle",
    "plugins/alembic",
)

#: With patience for a slow index.
PIP_SETTINGS = {"PIP_DEFAULT_TIMEOUT": "60", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
_OLDEST_PIP = 23
#: A requirement that says the version itself.
_PINNED = re.compile(r"^([\w.-]+)(?:\[[^]]*\])?(?:==|~=)")
_STAMP = "idiolect-dev.stamp"


def make(folder: Path, requirements: Sequence[str], *, packages: Sequence[str] = ()) -> Path:
    """Create a venv with the requirements, or reuse one.

    Versions are those of `uv.lock`, so that new releases change nothing; a pinned requirement takes
    precedence.

    Args:
        folder: the venv.
        requirements: in pip's syntax.
        packages: folders of this project to install editable, with extras: `core[postgresql]`.

    Returns:
        The venv's Python.

    Raises:
        Failure: no venv can be created here, or pip failed.
    """
    python = folder / "bin" / "python"
    editable = [word for package in packages for word in ("--editable", f"{ROOT}/{package}")]
    named = [word for package in packages for word in ("--editable", package)]
    stamp = folder / _STAMP
    constraints = locked(pinned(requirements))
    wanted = _digest(python, [*requirements, *packages, *constraints])
    held = stamp.read_text(encoding="utf-8").split() if stamp.exists() else []
    if wanted in held and python.exists():
        return python
    if attempt([python, "-m", "pip", "--version"]).returncode:
        _create(folder)
    if requirements or packages:
        file = folder / "constraints.txt"
        file.write_text("\n".join(constraints), encoding="utf-8")
        words = [str(python), "-m", "pip", "install", "--quiet", "--constraint", str(file)]
        insist(
            lambda: run(
                [*words, *requirements, *editable],
                env=PIP_SETTINGS,
                shown_as=shlex.join(["pip", "install", *requirements, *named]),
            )
        )
    stamp.write_text("\n".join([*held, wanted]), encoding="utf-8")
    return python


def build_wheels(python: Path, folder: Path) -> dict[str, Path]:
    """Build the wheels of this project's packages.

    Args:
        python: a Python that has pip.
        folder: where they are put.

    Returns:
        Package, as in :data:`PACKAGES`, to its wheel.

    Raises:
        Failure: pip failed.
    """
    sources = [f"./{package}" for package in PACKAGES]
    options = ["--quiet", "--no-deps", "--wheel-dir", str(folder)]
    words = [str(python), "-m", "pip", "wheel", *options, *sources]
    shown_as = f"pip wheel {' '.join(sources)}"
    insist(lambda: run(words, env=PIP_SETTINGS, shown_as=shown_as))
    built = {path.name.split("-")[0]: path for path in folder.glob("*.whl")}
    return {package: built[distribution(package).replace("-", "_")] for package in PACKAGES}


def install_wheels(python: Path, folder: Path) -> None:
    """Build this project's packages and install them as users have them: not editable.

    Args:
        python: of the venv that gets them.
        folder: where the wheels are put; emptied first.

    Raises:
        Failure: pip failed.
    """
    shutil.rmtree(folder, ignore_errors=True)
    wheels = [str(wheel) for wheel in build_wheels(python, folder).values()]
    words = [str(python), "-m", "pip", "install", "--quiet"]
    shown_as = "pip install " + " ".join(map(distribution, PACKAGES))
    insist(lambda: run([*words, *wheels], env=PIP_SETTINGS, shown_as=shown_as))
    # Once more, as their version says nothing of a working tree.
    again = [*words, "--force-reinstall", "--no-deps", *wheels]
    insist(lambda: run(again, env=PIP_SETTINGS, shown_as=shown_as))


def pinned(requirements: Sequence[str]) -> list[str]:
    """Return the names of the distributions that requirements pin."""
    return [found[1] for each in requirements if (found := _PINNED.match(each))]


def locked(without: Collection[str] = ()) -> list[str]:
    """Return the versions in `uv.lock` as pip constraints.

    Args:
        without: distributions to omit, with all that depend on them: another version may need
            other versions of theirs.
    """
    packages = tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))["package"]
    return [
        f"{package['name']}=={package['version']}{_marker(package)}"
        for package in packages
        if "registry" in package["source"] and not {*without} & _named(package)
    ]


def _named(package: dict[str, Any]) -> set[str]:
    """Return the names of a distribution and of what it depends on."""
    return {package["name"], *(each["name"] for each in package.get("dependencies", ()))}


def _marker(package: dict[str, Any]) -> str:
    """Say for which Pythons a release is, where the lock file has several of a distribution."""
    markers = package.get("resolution-markers", ())
    return f" ; {' or '.join(f'({marker})' for marker in markers)}" if markers else ""


def group(name: str) -> list[str]:
    """Read a dependency group of the root's pyproject.toml, included groups too.

    Args:
        name: the group, for instance "test".
    """
    groups = _pyproject(ROOT)["dependency-groups"]
    return list(_flatten(groups, name))


def distribution(package: str) -> str:
    """Give the name under which a package of this project is installed.

    Args:
        package: its folder, for instance "plugins/sqlite".
    """
    name: str = _pyproject(ROOT / package)["project"]["name"]
    return name


def _flatten(groups: dict[str, list[Any]], name: str) -> Iterator[str]:
    for entry in groups[name]:
        if isinstance(entry, str):
            yield entry
        else:
            yield from _flatten(groups, entry["include-group"])


def _pyproject(folder: Path) -> dict[str, Any]:
    return tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))


def _digest(python: Path, wanted: list[str]) -> str:
    digest = hashlib.sha256(f"{python} {sys.version} {wanted}".encode())
    for package in PACKAGES:
        digest.update((ROOT / package / "pyproject.toml").read_bytes())
    return digest.hexdigest()


def _create(folder: Path) -> None:
    """Make a venv with pip in it, or give pip to one that lacks it."""
    python = folder / "bin" / "python"
    if attempt([python, "-c", ""]).returncode:
        shutil.rmtree(folder, ignore_errors=True)
        made = attempt([sys.executable, "-m", "venv", "--without-pip", folder])
        if made.returncode:
            raise Failure(f"{sys.executable} cannot make a venv in {folder}:\n{tail(made.stdout)}")
    if not any(way(python) for way in _WAYS_TO_PIP.values()):
        raise Failure(
            f"No way to pip for {sys.executable}: tried {', '.join(_WAYS_TO_PIP)}. "
            "Install pip or venv for this Python (Debian: python3-venv) and run this again."
        )


def _pip_of_ensurepip(python: Path) -> bool:
    # Debian keeps this module in a package of its own, python3-venv.
    return attempt([python, "-m", "ensurepip"]).returncode == 0


def _pip_of_this_python(python: Path) -> bool:
    said = attempt([sys.executable, "-m", "pip", "--version"])
    words = said.stdout.split()
    if said.returncode or not words[1:] or int(words[1].split(".")[0]) < _OLDEST_PIP:
        return False
    words = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", "pip"]
    return fetch(words, env=PIP_SETTINGS).returncode == 0


def _pip_of_uv(python: Path) -> bool:
    return attempt(["uv", "pip", "install", "--quiet", "--python", python, "pip"]).returncode == 0


def _pip_of_debian(python: Path) -> bool:
    wheels = sorted(Path("/usr/share/python-wheels").glob("pip-*.whl"))
    if not wheels and debian.is_available():
        root = debian.unpack("python3-pip-whl", with_dependencies=False)
        wheels = sorted(root.glob("usr/share/python-wheels/pip-*.whl"))
    if not wheels:
        return False
    wheel = wheels[-1]
    done = attempt(
        [python, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps", wheel],
        env={"PYTHONPATH": str(wheel)},
    )
    return done.returncode == 0


_WAYS_TO_PIP = {
    "ensurepip": _pip_of_ensurepip,
    "this Python's pip": _pip_of_this_python,
    "uv": _pip_of_uv,
    "Debian's python3-pip-whl": _pip_of_debian,
}
