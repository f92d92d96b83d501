"""The installed program on real databases: interrupts, readers that leave, what is loaded."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

SECONDS = 300
SLOW = """
import pathlib
import time
import sqlalchemy as sa
from idiolect import op

revision = {rev!r}
down_revision = {down!r}


def upgrade():
    op.create_table("t_{rev}", sa.Column("id", sa.Integer))
    {begin}
    {wait}


def downgrade():
    op.drop_table("t_{rev}")
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return the folder of a new project on SQLite, as ``init`` creates it."""
    _idiolect(tmp_path, "-q", "init", "migrations")
    _use(tmp_path, "sqlite:///app.db")
    return tmp_path


def _use(project: Path, url: str) -> None:
    ini = project / "idiolect.ini"
    lines = ini.read_text("utf-8").splitlines()
    new = [
        f"sqlalchemy.url = {url.replace('%', '%%')}" if line.startswith("sqlalchemy.url") else line
        for line in lines
    ]
    ini.write_text("\n".join(new), "utf-8")


def _revision(project: Path, rev: str, down: str | None = None, wait: str = "pass") -> None:
    # Another revision would have the signal come too early.
    begin = "pass" if wait == "pass" else 'pathlib.Path("started").touch()'
    text = SLOW.format(rev=rev, down=down, begin=begin, wait=wait)
    (project / "migrations" / "versions" / f"{rev}_.py").write_text(text, "utf-8")


def _idiolect(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "idiolect", *words],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )


def _heed_signals() -> None:
    """Undo that a test run in the background hands down ignored signals."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


def _interrupted(
    folder: Path, words: Sequence[str], sent: signal.Signals = signal.SIGINT
) -> subprocess.CompletedProcess[str]:
    """Run a command and send it a signal once the revision under way has begun."""
    started = folder / "started"
    process = subprocess.Popen(
        [sys.executable, "-m", "idiolect", *words],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=_heed_signals,  # noqa: PLW1509 - no thread runs yet
    )
    deadline = time.monotonic() + SECONDS
    while not started.exists() and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.02)
    time.sleep(0.1)
    process.send_signal(sent)
    try:
        out, err = process.communicate(timeout=SECONDS)
    finally:
        process.kill()
        process.communicate()
    return subprocess.CompletedProcess(list(words), process.returncode, out, err)


def _tables(url: str) -> list[str]:
    from sqlalchemy import NullPool, create_engine, inspect

    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        return sorted(inspect(connection).get_table_names())


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def database(request: pytest.FixtureRequest, project: Path) -> tuple[str, str]:
    """Return the URL of the project's database, and a line that waits in a revision."""
    if request.param == "sqlite":
        return f"sqlite:///{project / 'app.db'}", "time.sleep(3000)"
    url: str = request.getfixturevalue("fresh_postgresql")
    _use(project, url)
    return url, 'op.execute("SELECT pg_sleep(3000)")'


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_interrupt_rolls_back(
    project: Path, database: tuple[str, str], sent: signal.Signals
) -> None:
    """A signal in mid-run ends it as shells expect, without a traceback; nothing of it stays."""
    url, wait = database
    _revision(project, "a111")
    _revision(project, "b222", "a111", wait)

    done = _interrupted(project, ["upgrade", "head"], sent)

    assert 128 + sent == done.returncode, done.stderr
    assert "Traceback" not in done.stderr
    last = done.stderr.splitlines()[-1]
    assert last.startswith(f"Interrupted by {sent.name} in upgrade() of revision 'b222' (")
    assert "what had not been committed was rolled back" in last
    assert [] == _tables(url)


def test_a_second_signal_ends_at_once(project: Path) -> None:
    """A revision that holds on to the first one does not hold up the second."""
    stubborn = (
        "try:\n        pathlib.Path('at work').touch()\n        time.sleep(3000)\n"
        "    except KeyboardInterrupt:\n        pathlib.Path('interrupted').touch()\n"
        "        time.sleep(3000)"
    )
    _revision(project, "a111", wait=stubborn)
    process = subprocess.Popen(
        [sys.executable, "-m", "idiolect", "upgrade", "head"],
        cwd=project,
        stderr=subprocess.DEVNULL,
        preexec_fn=_heed_signals,  # noqa: PLW1509 - no thread runs yet
    )
    try:
        for sign in ("at work", "interrupted"):
            deadline = time.monotonic() + SECONDS
            while not (project / sign).exists():
                assert process.poll() is None
                assert time.monotonic() < deadline
                time.sleep(0.02)
            time.sleep(0.1)
            process.send_signal(signal.SIGINT)
        status = process.wait(timeout=SECONDS)
    finally:
        process.kill()
        process.wait()

    assert -signal.SIGINT == status
    assert [] == _tables(f"sqlite:///{project / 'app.db'}")


def test_interrupted_run_can_be_repeated(project: Path) -> None:
    """The next run starts where the last committed one ended."""
    _revision(project, "a111")
    assert 0 == _idiolect(project, "upgrade", "head").returncode
    _revision(project, "b222", "a111", "time.sleep(3000)")
    _interrupted(project, ["upgrade", "head"])
    at = _idiolect(project, "current").stdout.strip()
    _revision(project, "b222", "a111")

    assert "a111" == at
    assert 0 == _idiolect(project, "upgrade", "head").returncode
    assert "b222 (head)" == _idiolect(project, "current").stdout.strip()


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_run_goes_on_without_a_reader(project: Path, stream: str) -> None:
    """An upgrade completes even if the reader of its output has gone."""
    _revision(project, "a111", None, 'print("x" * 100_000)')
    read, write = os.pipe()
    os.close(read)

    process = subprocess.Popen(
        [sys.executable, "-m", "idiolect", "upgrade", "head"],
        cwd=project,
        stdout=write if stream == "stdout" else subprocess.DEVNULL,
        stderr=write if stream == "stderr" else subprocess.DEVNULL,
    )
    status = process.wait(SECONDS)
    os.close(write)

    assert 0 == status
    assert ["alembic_version", "t_a111"] == _tables(f"sqlite:///{project / 'app.db'}")


@pytest.mark.parametrize(
    "words",
    ["history -v | head -1", "heads | true", "upgrade head --sql | head -1", "--help | true"],
)
def test_pipes_that_end_early(project: Path, words: str) -> None:
    """The first lines are enough for a reader, and the program does not complain."""
    for number in range(100):
        _revision(project, f"a{number:03}", f"a{number - 1:03}" if number else None)

    done = subprocess.run(
        f"set -o pipefail; {sys.executable} -m idiolect {words}",
        cwd=project,
        shell=True,
        executable=shutil.which("bash"),
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    complaints = [line for line in done.stderr.splitlines() if not line.startswith("INFO")]

    assert (0, []) == (done.returncode, complaints)


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ("upgrade head >&-", 0),
        ("upgrade head 2>&-", 0),
        ("current >&- 2>&-", 0),
        ("heads > /dev/full", 1),
        ("upgrade head --sql > /dev/full", 1),
        ("upgrade head 2> /dev/full", 0),
    ],
)
def test_streams_that_take_nothing(project: Path, words: str, status: int) -> None:
    """The command completes; lost output is reported in one line where possible."""
    _revision(project, "a111", None)
    done = subprocess.run(
        f"{sys.executable} -m idiolect {words}",
        cwd=project,
        shell=True,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    complaints = [line for line in done.stderr.splitlines() if not line.startswith("INFO")]

    assert status == done.returncode, done.stderr
    lost = "FAILED: Standard output could not be written completely: No space left on device."
    assert [lost] * status == [line[: len(lost)] for line in complaints]
    if "upgrade" in words and "--sql" not in words:
        assert ["alembic_version", "t_a111"] == _tables(f"sqlite:///{project / 'app.db'}")


def test_console_script(project: Path) -> None:
    """The installed script is the program."""
    script = Path(sys.executable).with_name("idiolect")
    done = subprocess.run([script, "heads"], cwd=project, capture_output=True, check=False)

    assert (0, b"", b"") == (done.returncode, done.stdout, done.stderr)


LOADED = """
import json, sys
from idiolect.cli.main import main
try:
    main(sys.argv[1:], prog="idiolect")
except SystemExit as exc:
    assert not exc.code, exc.code
finally:
    print(json.dumps(sorted(sys.modules)))
"""


@pytest.fixture
def modules(project: Path) -> Callable[..., set[str]]:
    """Return a function that runs a command and returns the imported modules."""
    _revision(project, "a111")

    def run(*words: str) -> set[str]:
        done = subprocess.run(
            [sys.executable, "-c", LOADED, *words],
            cwd=project,
            capture_output=True,
            text=True,
            check=True,
        )
        return set(json.loads(done.stdout.splitlines()[-1]))

    return run


@pytest.fixture
def loaded(modules: Callable[..., set[str]]) -> Callable[..., set[str]]:
    """Return a function that runs a command and returns the imported packages."""
    return lambda *words: {name.partition(".")[0] for name in modules(*words)}


@pytest.mark.parametrize("words", [("current",), ("upgrade", "heads")])
def test_a_run_of_nothing_loads_nothing_for_revisions(
    project: Path, modules: Callable[..., set[str]], words: tuple[str, ...]
) -> None:
    """Modules that only revisions need are not imported if none is due."""
    modules("upgrade", "heads")
    subpackages = (
        "autogenerate",
        "operations",
        "runtime.journal",
        "runtime.lease",
        "hooks.locks",
        "ddl.wording",
    )
    of_sqlite = ("idiolect_sqlite.rebuild", "idiolect_sqlite.render")
    unneeded = (*of_sqlite, *(f"idiolect.{each}" for each in subpackages))

    assert [] == [name for name in modules(*words) if name.startswith(unneeded)]


@pytest.mark.parametrize(
    "words",
    [("--help",), ("heads",), ("history",), ("show", "head"), ("branches",), ("list_templates",)],
)
def test_no_plugin_for_commands_about_files(
    loaded: Callable[..., set[str]], words: tuple[str, ...]
) -> None:
    """With all plugins installed, commands about files load none, nor what databases need."""
    foreign = {"sqlalchemy", "mako", "pluggy", "rich", "idiolect_sqlite", "idiolect_postgresql"}

    assert set() == foreign & loaded(*words)


def test_only_the_plugin_that_is_needed(loaded: Callable[..., set[str]]) -> None:
    """A command on a SQLite file loads SQLite's plugin and no other dialect's."""
    names = loaded("upgrade", "head")

    assert {"idiolect_sqlite"} == {"idiolect_sqlite", "idiolect_postgresql"} & names


def test_a_failed_revision_leaves_nothing(project: Path) -> None:
    """What a revision did before it failed is undone, its tables too."""
    _revision(project, "a111", None, "1 / 0")

    done = _idiolect(project, "upgrade", "head")

    assert 1 == done.returncode
    assert "ZeroDivisionError in upgrade() of revision 'a111'" in done.stderr
    connection = sqlite3.connect(project / "app.db")
    found = connection.execute("SELECT name FROM sqlite_master").fetchall()
    connection.close()
    assert [] == found
