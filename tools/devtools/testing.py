"""Runs pytest: for all packages together, or for each package in a separate venv."""

from __future__ import annotations

import json
import shlex
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from devtools import checks, clients, environment, servers
from devtools.shell import ROOT, Failure, announce, run

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

# For each package: the packages it stands on, the extra and the servers that its own tests use.
_ALONE: dict[str, tuple[tuple[str, ...], str, tuple[str, ...]]] = {
    "core": ((), "", ()),
    "plugins/sqlite": (("core",), "[aiosqlite]", ()),
    "plugins/postgresql": (("core",), "[psycopg]", ("postgresql",)),
    "plugins/mysql": (("core",), "[pymysql]", ("mariadb",)),
    "plugins/mssql": (("core",), "", ()),
    "plugins/oracle": (("core",), "[oracledb]", ()),
    "plugins/alembic": (("core",), "", ()),
}
_ALONE_NEEDS = ("greenlet", "hypothesis", "pytest")
_TESTS_FAILED = 1
_NOTHING_COLLECTED = 5
#: More do not fail by chance.
_MOST_AGAIN = 10
#: More at once, whatever the number of cores, and the servers are what all wait for.
_MOST_WORKERS = 8
#: A test that hangs ends its worker instead of the patience of who waits for the run.
_LIMIT = ("-o", "faulthandler_timeout=900", "-o", "faulthandler_exit_on_timeout=true")


#: Releases of Python and of SQLAlchemy that are supported.
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
SQLALCHEMYS = ("2.0", "2.1")


def test(
    venv: Path,
    arguments: Sequence[str],
    *,
    without: Collection[str],
    sqlalchemy: str,
    again: bool,
) -> None:
    """Run the tests of all packages against real servers.

    Args:
        venv: folder of the venv to use.
        arguments: passed on to pytest.
        without: databases to leave out.
        sqlalchemy: the release of SQLAlchemy, one of `SQLALCHEMYS`; empty for the newest.
        again: whether a few tests that fail are run once more, by themselves.

    Raises:
        Failure: a test failed, or a server cannot be had.
    """
    python = checks.developer_venv(venv, *([f"sqlalchemy~={sqlalchemy}.0"] if sqlalchemy else []))
    is_spread = any(word.startswith(("-n", "--numprocesses")) for word in arguments)
    spread = [] if is_spread else ["-n", "auto", "--maxprocesses", str(_MOST_WORKERS)]
    limit = () if "--full" in arguments else _LIMIT
    with servers.running(servers.PRIVATE, without) as urls:
        env = {**urls, "PATH": clients.path()}
        _pytest(python, [*limit, *arguments], env, spread=spread, again=again)


def matrix(folder: Path, arguments: Sequence[str], *, without: Collection[str]) -> None:
    """Run the tests with each installed Python and each version of SQLAlchemy.

    Args:
        folder: where the venvs are created.
        arguments: passed on to pytest.
        without: databases to leave out.

    Raises:
        Failure: tests failed; it names the cells.
    """
    found = {version: shutil.which(f"python{version}") for version in PYTHONS}
    failed = []
    with servers.running(servers.PRIVATE, without) as urls:
        for version, python in found.items():
            if python is None:
                announce(f"\nPython {version}: left out, no python{version} on PATH")
                continue
            for sqlalchemy in SQLALCHEMYS:
                cell = f"Python {version}, SQLAlchemy {sqlalchemy}"
                announce(f"\n{cell}")
                venv = folder / f"python-{version}-sqlalchemy-{sqlalchemy}"
                options = ["--venv", str(venv), "test", "--sqlalchemy", sqlalchemy]
                options += [word for name in without for word in ("--without", name)]
                try:
                    run([python, ROOT / "tools" / "dev.py", *options, *arguments], env=urls)
                except Failure:
                    failed.append(cell)
    if failed:
        raise Failure(f"Failed: {'; '.join(failed)}.")


def test_alone(
    venv: Path,
    folder: Path,
    arguments: Sequence[str],
    *,
    without: Collection[str],
    again: bool,
) -> None:
    """Run each package's own tests with only the package and its dependencies installed.

    Packages are installed from wheels, so that files missing from a wheel are noticed.

    Args:
        venv: folder of the venv to build the wheels with.
        folder: where the venvs of the packages are created.
        arguments: passed on to pytest.
        without: databases to leave out.
        again: whether a few failed tests are retried once, separately.

    Raises:
        Failure: the tests of a package failed; it names them.
    """
    shutil.rmtree(folder, ignore_errors=True)
    wheels = environment.build_wheels(environment.make(venv, []), folder / "wheels")
    databases = sorted({name for _, _, needed in _ALONE.values() for name in needed})
    failed = []
    with servers.running(databases, without) as urls:
        for package, (stands_on, extra, needed) in _ALONE.items():
            announce(f"\n{package} alone")
            named = [str(wheels[name]) for name in stands_on] + [f"{wheels[package]}{extra}"]
            home = folder / package.replace("/", "-")
            own_urls = {
                name: url for name, url in urls.items() if name in map(servers.variable, needed)
            }
            try:
                python = environment.make(home, [*_ALONE_NEEDS, *named])
                _pytest(python, [f"{package}/tests", *arguments], own_urls, again=again)
            except Failure as exc:
                # A selection by arguments may leave a package without a test.
                if not arguments or exc.status != _NOTHING_COLLECTED:
                    failed.append(package)
    if failed:
        raise Failure(f"Failed alone: {', '.join(failed)}.")
    announce("\nEach package passes its tests alone.")


def _pytest(
    python: Path,
    words: Sequence[str],
    env: Mapping[str, str],
    *,
    spread: Sequence[str] = (),
    again: bool = False,
) -> None:
    """Run pytest; `spread` are arguments that are only passed when all tests are run."""
    with TemporaryDirectory() as cache:
        kept = ("-o", f"cache_dir={cache}") if again else ()

        def start(*more: str) -> None:
            shown_as = shlex.join(["pytest", *more, *words])
            run([python, "-m", "pytest", *kept, *more, *words], env=env, shown_as=shown_as)

        try:
            start(*spread)
        except Failure as exc:
            failed = _failed(Path(cache)) if exc.status == _TESTS_FAILED else []
            if not 0 < len(failed) <= _MOST_AGAIN:
                raise
            # What fails by itself too is a fault; the rest is for somebody to look at.
            announce(f"\nonce more, by themselves: {len(failed)} that failed")
            start("--last-failed", "--last-failed-no-failures=none")
            for name in failed:
                announce(f"passed only when run again: {name}")


def _failed(cache: Path) -> list[str]:
    """Return the ids of the failed tests, from pytest's cache folder."""
    noted = cache / "v" / "cache" / "lastfailed"
    return sorted(json.loads(noted.read_text(encoding="utf-8"))) if noted.exists() else []
