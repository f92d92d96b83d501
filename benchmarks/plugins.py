"""What installed plugins cost that are not used, what rules that hooks answered, a new plugin.

A program of its own: `.venv/bin/python benchmarks/plugins.py`, with an interpreter that has
Idiolect and its plugins. Distributions are made in a folder on PYTHONPATH: some serve a dialect
each that no project uses, the others are asked in every context. CPU time of whole commands, in
turns with a folder that is empty; medians count.
"""

from __future__ import annotations

import os
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from locking import ENV

INSTALLED, ROUNDS = 40, 9
COMMANDS = ("--help", "heads", "current", "upgrade heads")
PLUGIN = """
from idiolect.hooks import hookimpl

@hookimpl
def on_version_apply(step):
    pass
"""
REVISION = """
from idiolect import op
revision = "r1"
down_revision = None
def upgrade():
    for number in range({statements}):
        op.execute(f"SELECT {{number}}")
"""
INI = """
[idiolect]
script_location = %(here)s
sqlalchemy.url = sqlite:///%(here)s/data.db
"""
_ENGINE = """
import sqlalchemy as sa

engine = sa.create_engine(context.config.get_main_option("sqlalchemy.url"), poolclass=sa.NullPool)
with engine.connect()"""


def main() -> None:
    """Print a line for each command and kind of plugin, and the calls of hooks."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for group in ("dialects", "plugins"):
            install(root / group, f"idiolect.{group}")
        project = write(root / "project", statements=1)
        run(project, "upgrade heads")
        for words in COMMANDS:
            for group in ("dialects", "plugins"):
                more = added(project, words, root / group) / INSTALLED
                sys.stdout.write(
                    f"{words:<15} each of the group idiolect.{group:<10} {more:6.3f} ms\n"
                )
        for statements in (1, 1_000):
            place = write(root / f"statements{statements}", statements=statements)
            sys.stdout.write(
                f"hooks asked by an upgrade of {statements:5,} statements: {calls(place)}\n"
            )
        sys.stdout.write(f"new-dialect, pip install, pytest: {scaffolding(root):.1f} s\n")


def added(project: Path, words: str, installed: Path) -> float:
    """Return what a command takes more with distributions installed, in milliseconds."""
    empty = project.parent / "empty"
    empty.mkdir(exist_ok=True)
    taken: dict[Path, list[float]] = {empty: [], installed: []}
    for number in range(2 * ROUNDS + 2):
        place = (empty, installed)[number % 2]
        cpu = run(project, words, place)
        if number > 1:  # the first pair writes bytecode
            taken[place].append(cpu)
    return 1000 * (statistics.median(taken[installed]) - statistics.median(taken[empty]))


def run(project: Path, words: str, path: Path | None = None) -> float:
    """Run a command; return its CPU seconds."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(  # noqa: S603 - the program's own command
        [Path(sys.executable).with_name("idiolect"), *words.split()],
        cwd=project,
        env=_environment(path),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=True,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def calls(project: Path) -> int:
    """Return how many hooks an upgrade asks."""
    done = subprocess.run(  # noqa: S603 - the program's own command
        [Path(sys.executable).with_name("idiolect"), "upgrade", "heads"],
        cwd=project,
        env=_environment(None) | {"IDIOLECT_TRACE_HOOKS": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    return len(re.findall(r"^hook .* asks ", done.stderr, re.MULTILINE))


def scaffolding(root: Path) -> float:
    """Return the seconds from nothing to a new dialect's package whose tests have passed."""
    package, site = root / "idiolect-acme", root / "site"
    python = sys.executable
    install = "pip install --quiet --no-deps --disable-pip-version-check --target"
    began = time.perf_counter()
    for words in (
        [Path(python).with_name("idiolect"), "-q", "new-dialect", "acme"],
        [python, "-m", *install.split(), site, package],
        [python, "-m", "pytest", "-q", package / "tests"],
    ):
        subprocess.run(  # noqa: S603 - the program's own commands
            words, cwd=root, env=_environment(site), stdout=subprocess.DEVNULL, check=True
        )
    return time.perf_counter() - began


def _environment(path: Path | None) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return kept | ({} if path is None else {"PYTHONPATH": str(path)})


def install(folder: Path, group: str) -> None:
    """Write distributions with a plugin each."""
    folder.mkdir(parents=True)
    for number in range(INSTALLED):
        module = f"unused_{group.partition('.')[2]}_{number}"
        (folder / f"{module}.py").write_text(PLUGIN, encoding="utf-8")
        metadata = folder / f"{module}-1.0.dist-info"
        metadata.mkdir()
        (metadata / "entry_points.txt").write_text(
            f"[{group}]\n{module} = {module}\n", encoding="utf-8"
        )


def write(folder: Path, *, statements: int) -> Path:
    """Write a project of one revision."""
    (folder / "versions").mkdir(parents=True)
    (folder / "idiolect.ini").write_text(INI, encoding="utf-8")
    env = ENV.replace('\nwith context.config.attributes["engine"].connect()', _ENGINE)
    (folder / "env.py").write_text(env, encoding="utf-8")
    (folder / "versions" / "r1.py").write_text(
        REVISION.format(statements=statements), encoding="utf-8"
    )
    return folder


if __name__ == "__main__":
    main()
